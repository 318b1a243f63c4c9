"""Posts transactions to the double-entry ledger. What is posted stays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from payments.models import Checkout, LedgerEntry, LedgerTransaction

Account = LedgerEntry.Account


@dataclass(frozen=True, slots=True)
class Posting:
    """One balanced transaction: signed minor units by account; zeros are left out."""

    reference: str
    kind: str
    amounts: Mapping[str, int]


def post(*, reference: str, kind: str, checkout: Checkout, amounts: Mapping[str, int]) -> None:
    """Write one transaction (see `post_all`)."""
    post_all(checkout, [Posting(reference, kind, amounts)])


def post_all(checkout: Checkout, postings: Sequence[Posting]) -> None:
    """Write balanced transactions in the checkout's currency, in two statements.

    Raises ValueError when one doesn't sum to zero; unique references make each happen once.
    """
    for posting in postings:
        if sum(posting.amounts.values()):
            raise ValueError(f"{posting.reference} does not balance: {dict(posting.amounts)}")
    made = LedgerTransaction.objects.bulk_create(
        LedgerTransaction(
            reference=posting.reference,
            kind=posting.kind,
            organization_id=checkout.hold.organization_id,
            checkout=checkout,
        )
        for posting in postings
    )
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            transaction=transaction, account=account, currency=checkout.currency,
            amount_minor=amount,
        )
        for transaction, posting in zip(made, postings, strict=True)
        for account, amount in posting.amounts.items()
        if amount
    )  # fmt: skip
