"""What Stripe says of a session, a refund or a dispute, as plain facts of ours.

`payments.gateway` asks, and reads the answers by these. Amounts are in minor units, times in UTC,
currencies in capitals; a text that Stripe leaves out is empty.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Session:
    """A Checkout Session as Stripe has it now. Amounts in minor units, times in UTC."""

    id: str
    status: str
    payment_status: str
    amount_minor: int
    currency: str
    livemode: bool
    reference: str
    url: str
    expires_at: dt.datetime
    payment_intent: str = ""
    charge: str = ""
    intent_status: str = ""
    fee_minor: int | None = None

    @property
    def is_paid(self) -> bool:
        """Money was taken (or none was needed)."""
        return self.status == "complete" and self.payment_status != "unpaid"

    @property
    def has_failed(self) -> bool:
        """A delayed payment that the bank refused in the end."""
        return self.is_processing and self.intent_status in {"requires_payment_method", "canceled"}

    @property
    def is_processing(self) -> bool:
        """The donor is done; their bank isn't."""
        return self.status == "complete" and self.payment_status == "unpaid"

    @classmethod
    def read(cls, made: Any) -> Self:
        """The facts of the SDK's object, its payment expanded or not."""
        facts = made.to_dict()
        intent = facts.get("payment_intent") or {}
        if isinstance(intent, str):
            intent = {"id": intent}
        charge = intent.get("latest_charge") or {}
        if isinstance(charge, str):
            charge = {"id": charge}
        balance = charge.get("balance_transaction") or {}
        return cls(
            id=facts["id"], status=facts.get("status") or "",
            payment_status=facts.get("payment_status") or "unpaid",
            amount_minor=facts.get("amount_total") or 0,
            currency=(facts.get("currency") or "").upper(), livemode=bool(facts.get("livemode")),
            reference=facts.get("client_reference_id") or "", url=facts.get("url") or "",
            expires_at=dt.datetime.fromtimestamp(facts["expires_at"], dt.UTC),
            payment_intent=intent.get("id", ""), intent_status=intent.get("status", ""),
            charge=charge.get("id", ""),
            fee_minor=balance.get("fee") if isinstance(balance, dict) else None,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class RefundFacts:
    """A refund as Stripe has it now. `reference` and `tries` are ours; empty if it isn't."""

    id: str
    status: str
    amount_minor: int
    currency: str
    charge: str
    payment_intent: str
    reference: str
    tries: int

    @classmethod
    def read(cls, made: Any) -> Self:
        """The facts of the SDK's object, whoever made the refund."""
        facts = made.to_dict()
        metadata = facts.get("metadata") or {}
        tries = str(metadata.get("refundTry") or "")
        return cls(
            id=facts["id"], status=facts.get("status") or "",
            amount_minor=facts.get("amount") or 0, currency=(facts.get("currency") or "").upper(),
            charge=_id(facts.get("charge")), payment_intent=_id(facts.get("payment_intent")),
            reference=str(metadata.get("refundId") or ""),
            tries=int(tries) if tries.isdigit() else 0,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DisputeFacts:
    """A dispute as Stripe has it now; what it took from the balance, and the fee for it."""

    id: str
    status: str
    reason: str
    amount_minor: int
    currency: str
    livemode: bool
    charge: str
    payment_intent: str
    is_charge_refundable: bool
    withdrawn_minor: int
    fee_minor: int
    evidence_due_by: dt.datetime | None

    @classmethod
    def read(cls, made: Any) -> Self:
        """Stripe lists what a dispute moved: negative amounts were taken, positive given back."""
        facts = made.to_dict()
        moves = facts.get("balance_transactions") or []
        due = (facts.get("evidence_details") or {}).get("due_by")
        return cls(
            id=facts["id"], status=facts.get("status") or "needs_response",
            reason=facts.get("reason") or "", amount_minor=facts.get("amount") or 0,
            currency=(facts.get("currency") or "").upper(), livemode=bool(facts.get("livemode")),
            charge=_id(facts.get("charge")), payment_intent=_id(facts.get("payment_intent")),
            is_charge_refundable=bool(facts.get("is_charge_refundable")),
            withdrawn_minor=-sum(move.get("amount") or 0 for move in moves),
            fee_minor=sum(move.get("fee") or 0 for move in moves),
            evidence_due_by=dt.datetime.fromtimestamp(due, dt.UTC) if due else None,
        )  # fmt: skip


def _id(value: Any) -> str:
    """The id of something that may have come expanded."""
    found = value.get("id") if isinstance(value, dict) else value
    return found if isinstance(found, str) else ""
