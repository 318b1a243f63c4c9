"""What every rule stands on: acting, crashing, checking after each step, healing at the end."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection
from hypothesis.stateful import RuleBasedStateMachine, invariant

from boards import holds
from boards.models import Claim, Hold
from payments import events, reconciliation, tasks
from payments.audit import running
from payments.models import Attempt, StripeEvent
from prove import invariants, truth
from prove.machine import ranks, readers
from prove.machine.ages import age
from prove.stripe import Json, signed
from prove.world import World
from rally.dispatch import outbox
from rally.kit import failpoints
from rally.kit.errors import DomainError

T = TypeVar("T")
UNSEEN = ("released", "expired", "lost")
TABLES = (
    ("boards_claim", "id, hold_id, tile_id, ended"),
    ("boards_hold", "id, phase"),
    ("payments_checkout", "id, status"),
    ("payments_payment", "id, status, amount_minor, refunded_minor, refunding_minor"),
    ("payments_refund", "id, status, amount_minor"),
    ("payments_dispute", "id, status, withdrawn_minor"),
    ("payments_ledgerentry", "id, account, amount_minor"),
    ("campaigns_goal", "id, raised_minor"),
)


class Crash(BaseException):
    """The process died at a fail-point; everything in memory is lost."""


def _crash() -> None:
    failpoints.armed = ""
    raise Crash


failpoints.die = _crash


class Base(RuleBasedStateMachine):
    """A world, what the machine remembers of it, and what must always hold."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.world.reset()
        self.stripe = self.world.stripe
        self.held: dict[int, str] = {}
        self.pending: list[Json] = []
        self.last_event = ""
        self.ended = 0
        self.ranks = ranks.Ranks()
        self.readers = readers.Readers()
        self.faulty = False
        self.there: Counter[tuple[str, str]] = Counter()

    # Acting -----------------------------------------------------------------------------------
    def act(self, verb: Callable[[], T]) -> T | None:
        """Do it; a refusal is an answer, a crash is survived, anything else is a bug."""
        try:
            return verb()
        except DomainError:
            return None
        except Crash:
            if connection.in_atomic_block:
                raise AssertionError("a crash left a transaction open") from None
            return None

    def has(self, table: str, *states: str) -> bool:
        """Whether there is anything in one of these states: what rules are chosen by."""
        return any(
            count for (name, state), count in self.there.items()
            if name == table and (not states or state in states)
        )  # fmt: skip

    def hold(self, buyer: int) -> Hold | None:
        """The hold this buyer last had, in whatever phase."""
        reference = self.held.get(buyer)
        found = Hold.objects.select_related("organization")
        return found.filter(reference=reference).first() if reference else None

    def attempts(self, **like: Any) -> list[Attempt]:
        """Attempts whose session we know, oldest first."""
        found = Attempt.objects.filter(**like).exclude(session_id="").order_by("pk")
        return list(found.select_related("checkout"))

    def fetch_events(self) -> None:
        """What Stripe would have sent since we last looked."""
        fresh = self.stripe.events_since(self.last_event)
        if fresh:
            self.last_event = fresh[-1]["id"]
            self.pending += [e for e in fresh if not e["type"].startswith("test_helpers")]

    def deliver_body(self, event: Json) -> None:
        """One delivery, and the worker that it wakes."""
        body = json.dumps(event).encode()
        signature = signed(body, settings.STRIPE_WEBHOOK_SECRETS[0])
        kept = self.act(lambda: events.receive(body, signature))
        if kept is not None:
            self.act(lambda: events.process(kept.pk))

    def digest(self) -> str:
        """A fingerprint of everything that is money or a claim."""
        total = hashlib.sha256()
        with connection.cursor() as cursor:
            for table, columns in TABLES:
                cursor.execute(f"SELECT {columns} FROM {table} ORDER BY id")
                total.update(repr(cursor.fetchall()).encode())
        return total.hexdigest()

    def advance(self, seconds: int) -> None:
        """Time passes, for Stripe and for us."""
        self.stripe.control("POST", "clock/advance", seconds=seconds)
        age(seconds)
        fresh = self.stripe.api("GET", "events", limit=1, type="test_helpers.test_clock.ready")
        self.deliver_body(fresh[1]["data"][0])

    # After each step --------------------------------------------------------------------------
    @invariant()
    def nothing_is_wrong(self) -> None:
        """All invariants marked S."""
        found = list(invariants.broken())
        assert not found, found
        errors = StripeEvent.objects.exclude(error="").exclude(
            error__startswith="The payment service"
        )
        failed = list(errors.values_list("type", "error"))
        assert not failed, f"events that fail: {failed}"
        self.ranks.check()
        self.there = Counter((name, state) for (name, _), state in self.ranks.last.items())
        self.readers.check()
        self.nothing_payable_was_released()

    def nothing_payable_was_released(self) -> None:
        """I3, I12: look at Stripe only when a claim has ended since we last looked."""
        ended = Claim.objects.filter(ended__in=UNSEEN).count()
        fresh, self.ended = ended - self.ended, ended
        if not fresh:
            return
        rows = Claim.objects.filter(ended__in=UNSEEN).order_by("-ended_at", "-pk")[:fresh]
        hold_ids = {claim.hold_id for claim in rows}
        references = Attempt.objects.filter(
            checkout__hold__in=hold_ids, checkout__lines__claim__in=[c.pk for c in rows]
        )
        wanted = set(references.values_list("reference", flat=True))
        for session in self.stripe.ledger()["sessions"]:
            if session["client_reference_id"] in wanted and "impostor" not in session["metadata"]:
                assert session["status"] != "open", f"released while {session['id']} is payable"

    # At the end -------------------------------------------------------------------------------
    def heal(self) -> None:
        """Stripe answers again, banks have decided, and the machine runs as it should."""
        failpoints.armed = ""
        self.stripe.control("DELETE", "faults")
        for session in self.stripe.ledger()["sessions"]:
            if session["status"] == "complete" and session["payment_status"] == "unpaid":
                self.stripe.control("POST", f"sessions/{session['id']}/settle")
        self.decide_refunds()

    def decide_refunds(self) -> None:
        """Banks don't leave a refund open for ever."""
        for refund in self.stripe.all("refunds"):
            if refund["status"] in ("pending", "requires_action"):
                self.stripe.control("POST", f"refunds/{refund['id']}/settle")

    def drain(self) -> None:
        """Two rounds of what runs every minute and every five."""
        for _ in range(2):
            holds.expire_due()
            tasks.sweep_events()
            reconciliation.run()
            outbox.drain()
            self.decide_refunds()
            age(60)

    def teardown(self) -> None:
        """Whatever happened: two rounds later every unit has a place, and nothing waits."""
        if not self.last_event and not self.held:
            return
        self.heal()
        self.drain()
        self.advance(49 * 3600)
        self.drain()
        self.nothing_is_wrong()
        found = list(invariants.broken(settled=True))
        assert not found, found
        self.the_audit_agrees()
        balance = truth.compare(self.stripe)
        assert not balance.words and not balance.double_sales, balance
        self.told_again_changes_nothing()

    def the_audit_agrees(self) -> None:
        """The product's own audit finds nothing either."""
        report = running.run()
        assert report.ok, [
            (f.check, f.table, f.id, f.facts) for f in report.findings
        ]  # fmt: skip

    def told_again_changes_nothing(self) -> None:
        """I9: everything Stripe ever said, again, under new names, the other way round."""
        before = self.digest()
        self.last_event = ""
        self.pending = []
        self.fetch_events()
        for number, event in enumerate(reversed(self.pending)):
            if event.get("account"):
                continue
            self.deliver_body(event | {"id": f"evt_again_{number}"})
        assert self.digest() == before, "the same events in another order changed something"
