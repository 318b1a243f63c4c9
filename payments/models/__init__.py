"""Orders, attempts to pay them, and the money that moved."""

from payments.models.accounts import StripeAccount
from payments.models.checkouts import Attempt, Checkout, Line
from payments.models.closings import Closing
from payments.models.events import AuditRun, Reconciliation, StaffTask, StripeEvent
from payments.models.ledger import LedgerEntry, LedgerTransaction
from payments.models.money import Dispute, Payment, Refund, RefundLine

__all__ = [
    "Attempt",
    "AuditRun",
    "Checkout",
    "Closing",
    "Dispute",
    "LedgerEntry",
    "LedgerTransaction",
    "Line",
    "Payment",
    "Reconciliation",
    "Refund",
    "RefundLine",
    "StaffTask",
    "StripeAccount",
    "StripeEvent",
]
