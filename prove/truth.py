"""What Stripe believes against what we believe: every captured unit has one place (I26).

captured = tiles sold + gifts + refunded + owed - paid out by hand; whatever doesn't fit is
unexplained. Disputed money is an overlay: Stripe's balance and ours must tell the same.
"""

from collections import Counter
from dataclasses import dataclass, field

from django.db import connection

from payments.models import Dispute, LedgerEntry, Payment, Refund
from prove.invariants import SOLD_LINES
from prove.stripe import Json, Stripe

ON_THE_WAY = ("succeeded", "pending", "requires_action")


@dataclass
class Balance:
    """The differences, in minor units, and in words."""

    unexplained_minor: int = 0
    lost_sales: int = 0
    double_sales: int = 0
    words: list[str] = field(default_factory=list)

    def add(self, minor: int, words: str) -> None:
        """Note a difference; nothing when there is none."""
        if minor:
            self.unexplained_minor += abs(minor)
            self.words.append(f"{words}: {minor}")


def compare(stripe: Stripe) -> Balance:
    """Every session that was paid at Stripe, but those that say themselves they aren't ours."""
    balance = Balance()
    charges = {c["payment_intent"]: c for c in stripe.all("charges") if c["status"] == "succeeded"}
    refunds = _sums(stripe.all("refunds"), lambda r: r["status"] in ON_THE_WAY)
    ours = {p.payment_intent: p for p in Payment.objects.filter(status=Payment.Status.PAID)}
    for session in stripe.ledger()["sessions"]:
        intent = session["payment_intent"]
        if session["payment_status"] != "paid" or "impostor" in session["metadata"]:
            continue
        payment = ours.pop(intent, None)
        if payment is None:
            balance.lost_sales += 1
            balance.add(charges[intent]["amount_captured"], f"{session['id']} isn't ours")
            continue
        _one(balance, payment, charges[intent], refunds[intent])
    for payment in ours.values():
        balance.add(payment.amount_minor, f"{payment} was never captured")
    _disputes(balance, stripe)
    balance.double_sales = _double_sales()
    return balance


def _sums(refunds: list[Json], counts: object) -> Counter[str]:
    sums: Counter[str] = Counter()
    for refund in refunds:
        if counts(refund):
            sums[refund["payment_intent"]] += refund["amount"]
    return sums


def _one(balance: Balance, payment: Payment, charge: Json, refunded: int) -> None:
    told = Refund.objects.filter(payment=payment).exclude(refund_id="")
    gone = sum(r.amount_minor for r in told.filter(status__in=["succeeded", "sent"]))
    balance.add(charge["amount_captured"] - payment.amount_minor, f"{payment} captured")
    balance.add(refunded - gone, f"{payment} refunded at Stripe")
    owed = sum(
        r.amount_minor for r in Refund.objects.filter(payment=payment).exclude(status="canceled")
    )
    parked = sum(
        LedgerEntry.objects.filter(transaction__checkout=payment.checkout_id, account="unallocated")
        .exclude(transaction__kind="dispute")
        .values_list("amount_minor", flat=True)
    )
    kept = _kept(payment.pk, parked)
    balance.add(payment.amount_minor - kept - owed + parked, f"{payment} explained")


def _kept(payment_id: int, by_hand: int) -> int:
    """What is left of the lines that have a tile or are plain gifts.

    A refund by hand names no line: it may stand for tiles that the order has no more.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT coalesce(sum(CASE WHEN s.kind = 'gift' OR c.ended_at IS NULL
                THEN s.left_minor END), 0), coalesce(sum(s.left_minor), 0)
            FROM ({SOLD_LINES}) s LEFT JOIN boards_claim c ON c.id = s.claim_id
            WHERE s.payment_id = %s""",
            [payment_id],
        )
        kept, whole = cursor.fetchone()
    return int(kept + min(whole - kept, by_hand))


def _disputes(balance: Balance, stripe: Stripe) -> None:
    ours = {d.dispute_id: d for d in Dispute.objects.all()}
    for found in stripe.all("disputes"):
        taken = -sum(move["amount"] for move in found["balance_transactions"])
        mine = ours.pop(found["id"], None)
        balance.add(taken - (mine.withdrawn_minor if mine else 0), f"{found['id']} withdrawn")
        if mine is None or mine.status != found["status"]:
            balance.words.append(f"{found['id']} is {found['status']}, ours {mine and mine.status}")


def _double_sales() -> int:
    """Tiles with two live claims, and claims that two payments still pay for."""
    count = 0
    with connection.cursor() as cursor:
        for query in (
            "SELECT tile_id FROM boards_claim WHERE ended_at IS NULL"
            " GROUP BY tile_id HAVING count(*) > 1",
            f"SELECT claim_id FROM ({SOLD_LINES}) s WHERE claim_id IS NOT NULL"
            " AND left_minor > 0 GROUP BY claim_id HAVING count(*) > 1",
        ):
            cursor.execute(query)
            count += len(cursor.fetchall())
    return count
