"""What a process was doing when it died. Each story passes by the fail-points named for it."""

from collections.abc import Callable

from accounts.actors import SYSTEM
from boards.models import Hold
from campaigns.models import Donation
from payments import checkouts, offers, orders, refunds, repaying
from payments.models import Attempt, Payment, Refund
from prove.mutants.stage import Stage
from rally.dispatch import outbox

Story = Callable[[Stage], None]


def buy(on: Stage) -> None:
    """Pick, pay, hear of it, send the receipt."""
    _hold, attempt = on.paying(3, 4)
    on.pay(attempt)
    on.deliver("checkout.session.completed")
    outbox.drain()


def leave(on: Stage) -> None:
    """Go back to the board."""
    hold, _attempt = on.paying(3, 4)
    checkouts.leave(hold=hold)


def come_back(on: Stage) -> None:
    """The result page is quicker than the event."""
    hold, attempt = on.paying(3, 4)
    on.pay(attempt)
    orders.refresh(hold.reference)


def pay_back(on: Stage) -> None:
    """Staff pay one tile back."""
    on.sold(3, 4)
    refunds.request(gift=Donation.objects.get(), by=SYSTEM, numbers=[3])
    repaying.pay_due()


def choose(on: Stage) -> None:
    """Paid too late, one tile gone: the supporter takes another one."""
    hold, attempt = on.paying(3, 4)
    checkouts.leave(hold=hold)
    Hold.objects.filter(pk=hold.pk).update(expires_at=hold.created_at)
    on.reserve(4, buyer=1)
    on.pay(attempt, late=True)
    on.deliver("checkout.session.completed")
    debt = Refund.objects.get()
    line = debt.lines.get().line_id
    offers.choose(offers.link(debt), {line: offers.Choice(offers.TILE, 2)})
    repaying.pay_due()


def dispute(on: Stage) -> None:
    """The bank takes it back."""
    on.sold(3, 4)
    charge = Payment.objects.get().charge
    on.stripe.control("POST", f"charges/{charge}/dispute")
    on.deliver("charge.dispute.created")


POINTS: dict[str, Story] = {
    "reserve_written": buy,
    "reserve_committed": buy,
    "attempt_written": buy,
    "hold_paying": buy,
    "attempt_committed": buy,
    "before_create_session": buy,
    "after_create_session": buy,
    "session_noted": buy,
    "event_kept": buy,
    "hold_sold": buy,
    "before_settle_commit": come_back,
    "before_event_processed": buy,
    "before_expire": leave,
    "session_expired": leave,
    "refund_owed": pay_back,
    "refund_marked": pay_back,
    "refund_created": pay_back,
    "refund_followed": pay_back,
    "offer_written": choose,
    "dispute_followed": dispute,
    "outbox_taken": buy,
    "outbox_done": buy,
}


def sessions_per_attempt(on: Stage) -> int:
    """The most sessions that any attempt has at Stripe."""
    made = [session["client_reference_id"] for session in on.stripe.ledger()["sessions"]]
    known = set(Attempt.objects.values_list("reference", flat=True))
    unknown = [reference for reference in made if reference not in known]
    return 99 if unknown else max((made.count(one) for one in made), default=0)
