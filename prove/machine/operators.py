"""What time, the worker, staff and death do."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from accounts.actors import SYSTEM
from boards import holds
from boards.models import Claim
from campaigns.models import Donation
from payments import reconciliation, refunds, repaying, tasks
from payments.models import Dispute, Line, Refund
from prove.machine.base import Base
from rally.dispatch import outbox
from rally.kit import failpoints
from rally.kit.errors import DomainError

POINTS = (
    "hold_paying", "hold_sold", "session_noted", "session_expired", "before_settle_commit",
    "refund_marked", "refund_created", "attempt_written", "before_create_session",
    "after_create_session", "before_event_processed",
)  # fmt: skip
SECONDS = (1, 30, 120, 290, 600, 960, 1_860, 2_200, 86_400, 3 * 86_400)


class Operators(Base):
    """Rules of the installation."""

    @rule(seconds=st.sampled_from(SECONDS))
    def tick(self, seconds: int) -> None:
        """Time passes."""
        self.advance(seconds)

    @rule()
    def sweep(self) -> None:
        """What the worker does every minute."""
        self.act(tasks.sweep_events)
        self.act(holds.expire_due)

    @rule()
    def reconcile(self) -> None:
        """What it does every five."""
        self.act(reconciliation.run)

    @precondition(lambda self: self.has("payments_payment", "paid"))
    @rule()
    def mail(self) -> None:
        """What it tells the world."""
        self.act(outbox.drain)

    @precondition(lambda self: not failpoints.armed)
    @rule(point=st.sampled_from(POINTS))
    def crash(self, point: str) -> None:
        """The next time anybody comes by here, the process dies."""
        failpoints.armed = point

    @precondition(lambda self: self.has("payments_payment", "paid"))
    @rule(index=st.integers(0, 5), amount=st.sampled_from([None, None, 1, 50, 151, 100_000]))
    def refund(self, index: int, amount: int | None) -> None:
        """Staff owe a gift back, whole or in part; never while it is disputed (I20)."""
        gifts = list(Donation.objects.exclude(status="pending").order_by("pk"))
        if not gifts:
            return
        gift = gifts[index % len(gifts)]
        locked = Dispute.objects.filter(
            payment__checkout__lines__donation=gift, is_open=True, is_charge_refundable=False
        ).exists()
        done = self.act(lambda: refunds.request(gift=gift, by=SYSTEM, amount_minor=amount))
        assert not (done and locked), "refunded while the bank decides"

    @precondition(lambda self: self.has("payments_payment", "paid"))
    @rule(index=st.integers(0, 9), reopen=st.booleans())
    def refund_tile(self, index: int, reopen: bool) -> None:
        """Staff pay one tile back: the others of the order stay sold."""
        lines = list(
            Line.objects.exclude(claim=None).select_related("claim", "donation").order_by("pk")
        )
        if not lines:
            return
        line = lines[index % len(lines)]
        assert line.claim is not None
        numbers = [line.claim.number]
        # By claim: a closed order and the one that came after it name the same ones.
        mine = {o.claim_id for o in lines if o.donation_id == line.donation_id and o.claim
                and o.claim.number in numbers}  # fmt: skip
        before = self._live_claims()
        self.act(
            lambda: refunds.request(gift=line.donation, by=SYSTEM, numbers=numbers, reopen=reopen)
        )
        live = self._live_claims()
        assert before - live <= mine, "refunding one tile freed another"

    def _live_claims(self) -> set[int]:
        return set(Claim.objects.filter(ended_at=None).values_list("pk", flat=True))

    @precondition(lambda self: self.has("payments_refund", "failed"))
    @rule(index=st.integers(0, 5))
    def try_again(self, index: int) -> None:
        """Staff try a failed refund once more."""
        failed = list(Refund.objects.filter(status=Refund.Status.FAILED).order_by("pk"))
        if failed:
            self.act(lambda: repaying.retry(failed[index % len(failed)]))

    @precondition(lambda self: self.has("payments_refund", "due"))
    @rule(index=st.integers(0, 5))
    def pay_twice_at_once(self, index: int) -> None:
        """The sweep and the button send the same refund."""
        due = list(Refund.objects.filter(status=Refund.Status.DUE, not_before=None).order_by("pk"))
        if not due:
            return
        refund = due[index % len(due)]
        stale = Refund.objects.select_related("payment", "account").get(pk=refund.pk)
        for row in (refund, stale):
            try:
                self.act(lambda row=row: repaying.pay(row))
            except DomainError:
                continue
