"""Counts which cells of the late-payment table were met: what money says, what claims are.

It watches `settlement.apply` and changes nothing: the facts are looked up before it runs.
"""

from collections import Counter

from boards.models import Claim
from boards.states import Phase
from payments import settlement
from payments.facts import Session
from payments.models import Attempt, Checkout, Payment

TABLE = (
    "paid, all live here",
    "paid, released and free",
    "paid, some taken by others",
    "paid, none available",
    "amount differs",
    "currency differs",
    "unpaid, live",
    "expired, live",
    "expired, another attempt open",
    "expired, already sold",
)
seen: Counter[str] = Counter()


def watch() -> None:
    """Count from now on."""
    original = settlement.apply

    def apply(attempt: Attempt, session: Session) -> str:
        cell = _cell(attempt, session)
        if cell:
            seen[cell] += 1
        return original(attempt, session)

    settlement.apply = apply


def _cell(attempt: Attempt, session: Session) -> str:
    problem = settlement.mismatch(attempt, session)
    if problem:
        return f"{problem} differs"
    if session.is_paid:
        done = Payment.objects.filter(attempt=attempt, status=Payment.Status.PAID).exists()
        return "" if done else "paid, " + _claims(attempt)
    if session.is_processing:
        return "unpaid, live" if _claims(attempt) == "all live here" else ""
    return _expired(attempt) if session.status == "expired" else ""


def _claims(attempt: Attempt) -> str:
    """Whether the tiles of this order are its own, free, or somebody else's."""
    lines = list(attempt.checkout.lines.select_related("claim"))
    gone = [line.claim for line in lines if line.claim and line.claim.ended_at is not None]
    if not gone:
        return "all live here"
    taken = Claim.objects.filter(
        tile_id__in=[claim.tile_id for claim in gone], ended_at=None
    ).count()
    if not taken:
        return "released and free"
    return "none available" if taken == len(lines) else "some taken by others"


def _expired(attempt: Attempt) -> str:
    checkout = Checkout.objects.select_related("hold").get(pk=attempt.checkout_id)
    if checkout.hold.phase == Phase.SOLD:
        return "expired, already sold"
    others = Attempt.objects.filter(
        checkout__hold=checkout.hold_id, status__in=Attempt.UNRESOLVED
    ).exclude(pk=attempt.pk)
    if others.exists():
        return "expired, another attempt open"
    live = checkout.hold.claims.filter(ended_at=None).exists()
    return "expired, live" if live and checkout.hold.phase == Phase.PAYING else ""
