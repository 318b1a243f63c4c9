"""`python -m prove.boot prove.mutants.scenarios NAME...`: short plays, one for each seeded bug.

Each passes on the healthy tree. Run beside a mutant, it must fail: that is the catch.
"""

import json
import logging
import sys
import time
import traceback
from datetime import timedelta

import time_machine
from django.utils import timezone

from accounts.actors import SYSTEM
from boards import holds
from boards.errors import TilesTaken
from boards.models import Claim
from boards.states import Phase
from campaigns.models import Donation, Goal
from payments import checkouts, reconciliation, refunds, repaying, tasks
from payments.errors import PaymentsUnavailable, RefundExceeds
from payments.models import Attempt, Dispute, Payment, StaffTask, StripeEvent
from prove import impatience
from prove import world as worlds
from prove.mutants.stage import Stage, phase
from rally.kit import failpoints


class Crash(BaseException):
    """The process died."""


def refused(verb: object, *why: type[Exception]) -> bool:
    """Whether it says no, for one of these reasons."""
    try:
        verb()
    except why:
        return True
    return False


def dies(verb: object, point: str) -> bool:
    """Whether the process dies at this fail-point; what it had in memory is lost."""

    def die() -> None:
        failpoints.armed = ""
        raise Crash

    failpoints.armed, failpoints.die = point, die
    try:
        verb()
    except Crash:
        return True
    return False


def m1(on: Stage) -> None:
    """All of the tiles, or none."""
    on.reserve(3)
    assert refused(lambda: on.reserve(3, 4, buyer=1), TilesTaken)
    assert Claim.objects.filter(ended_at=None).count() == 1


def m2(on: Stage) -> None:
    """Without the conflict clause, or the index behind it, a tile could be held twice."""
    on.reserve(3)
    assert refused(lambda: on.reserve(3, buyer=1), TilesTaken)
    first = Claim.objects.get(ended_at=None)
    twin = Claim(board_id=first.board_id, tile_id=first.tile_id, number=3, hold_id=first.hold_id,
                 price_minor=1)  # fmt: skip
    assert refused(twin.save, Exception), "the index lets a second live claim stand"


def m3(on: Stage) -> None:
    """Paid at Stripe, not yet told: our clock must not give the tile away."""
    hold, attempt = on.paying(3)
    on.pay(attempt)
    on.our_clock(3 * 3600)
    assert holds.expire_due() == 0
    assert refused(lambda: on.reserve(3, buyer=1), TilesTaken)
    assert phase(hold) == Phase.PAYING


def m4(on: Stage) -> None:
    """Leaving after the button was pressed: what Stripe has then decides."""
    hold, attempt = on.paying(3)
    on.pay(attempt)
    checkouts.leave(hold=hold)
    assert phase(hold) == Phase.SOLD


def m5(on: Stage) -> None:
    """An event that failed is done again."""
    hold, attempt = on.paying(3)
    on.pay(attempt)
    on.out("/v1/checkout/*", "500_before")
    assert not on.deliver("checkout.session.completed")
    on.back()
    StripeEvent.objects.update(next_at=timezone.now())
    tasks.sweep_events()
    assert phase(hold) == Phase.SOLD


def m6(on: Stage) -> None:
    """A session of somebody else's that names our order in its metadata buys nothing."""
    hold, attempt = on.paying(3)
    on.impostor(attempt, attempt.checkout.total_minor, checkoutId=attempt.checkout.reference)
    on.deliver("checkout.session.completed")
    assert phase(hold) == Phase.PAYING
    assert StaffTask.objects.filter(kind=StaffTask.Kind.UNMATCHED).exists()


def m7(on: Stage) -> None:
    """One that carries our reference and another amount buys nothing either."""
    hold = on.reserve(3)
    on.out("POST /v1/checkout/sessions", "500_before")
    assert refused(lambda: on.start(hold), PaymentsUnavailable)
    on.back()
    on.impostor(Attempt.objects.get(), 60)
    on.deliver("checkout.session.completed")
    assert phase(hold) == Phase.PAYING and not Payment.objects.exists()
    assert StaffTask.objects.filter(kind=StaffTask.Kind.MISMATCH).exists()


def m8(on: Stage) -> None:
    """An event of another account or mode has no effect, whatever it names."""
    hold, attempt = on.paying(3)
    on.pay(attempt)
    on.deliver("checkout.session.completed", id="evt_x", account="acct_forger")
    on.deliver("checkout.session.completed", id="evt_y", livemode=True)
    assert phase(hold) == Phase.PAYING


def m9(on: Stage) -> None:
    """Complete is not paid."""
    hold, attempt = on.paying(3)
    on.pay(attempt, "processing")
    on.deliver("checkout.session.completed")
    assert phase(hold) == Phase.PROCESSING and not Payment.objects.filter(status="paid").exists()


def m10(on: Stage) -> None:
    """However often an attempt is sent, it is one session."""
    hold = on.reserve(3)
    assert dies(lambda: on.start(hold), "after_create_session")
    on.start(hold)
    assert len(on.stripe.ledger()["sessions"]) == 1


def m11(on: Stage) -> None:
    """Paying one tile back leaves the others sold."""
    hold, _attempt = on.sold(1, 2, 3)
    refunds.request(gift=Donation.objects.get(), by=SYSTEM, numbers=[2])
    live = Claim.objects.filter(hold=hold, ended_at=None).values_list("number", flat=True)
    assert sorted(live) == [1, 3] and phase(hold) == Phase.SOLD


def m12(on: Stage) -> None:
    """What is promised can't be promised again."""
    on.sold(4)
    gift = Donation.objects.get()
    refunds.request(gift=gift, by=SYSTEM, amount_minor=400)
    assert refunds.request(gift=gift, by=SYSTEM).amount_minor == 200
    assert refused(lambda: refunds.request(gift=gift, by=SYSTEM, amount_minor=1), RefundExceeds)
    assert repaying.pay_due() == 2


def m13(on: Stage) -> None:
    """A dispute that was lost can be appealed, and won."""
    on.sold(4)
    charge = Payment.objects.get().charge
    on.stripe.control("POST", f"charges/{charge}/dispute")
    on.deliver("charge.dispute.created")
    found = Dispute.objects.get()
    for status in ("lost", "appeal_under_review", "won"):
        on.stripe.control("POST", f"disputes/{found.dispute_id}/update", status=status)
        wanted = "updated" if status.startswith("appeal") else "closed"
        on.deliver(f"charge.dispute.{wanted}")
    found.refresh_from_db()
    assert (found.status, found.withdrawn_minor) == ("won", 0)
    assert Goal.objects.get().raised_minor == 600


def m14(on: Stage) -> None:
    """A session at Stripe always has a row here that was there before it."""
    hold = on.reserve(3)
    assert dies(lambda: on.start(hold), "after_create_session")
    known = set(Attempt.objects.values_list("reference", flat=True))
    for session in on.stripe.ledger()["sessions"]:
        assert session["client_reference_id"] in known


def m15(on: Stage) -> None:
    """Ten minutes more or less on the app's clock decide nothing."""
    hold = on.reserve(3)
    with time_machine.travel(timezone.now() + timedelta(minutes=20), tick=True):
        assert not holds.has_lapsed(hold)
        assert refused(lambda: on.reserve(3, buyer=1), TilesTaken)


def m16(on: Stage) -> None:
    """The event was answered and lost for ever; the object is still there."""
    on.stripe.control("POST", "delivery")
    hold, attempt = on.paying(3)
    on.pay(attempt)
    while on.stripe.control("GET", "delivery")[1]["pending"]:
        time.sleep(0.05)
    on.our_clock(400)
    reconciliation.run()
    assert phase(hold) == Phase.SOLD


PLAYS = {f"m{n}": globals()[f"m{n}"] for n in range(1, 17)}


def main(names: list[str]) -> int:
    """Run the named plays, or all; a line of JSON on the standard output for each."""
    logging.disable(logging.CRITICAL)
    impatience.shorten(0.0005, 0.001)
    world = worlds.from_environment()
    world.prepare()
    failed = 0
    for name in names or PLAYS:
        try:
            PLAYS[name](Stage(world))
            trouble = ""
        except Exception:
            trouble = traceback.format_exc(limit=-3)
        failed += bool(trouble)
        sys.stdout.write(json.dumps({"name": name, "trouble": trouble}) + "\n")
    return 1 if failed else 0
