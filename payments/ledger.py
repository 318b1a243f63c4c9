"""Posts transactions to the double-entry ledger. What is posted stays."""

from collections.abc import Mapping

from payments.models import Checkout, LedgerEntry, LedgerTransaction

Account = LedgerEntry.Account


def post(*, reference: str, kind: str, checkout: Checkout, amounts: Mapping[str, int]) -> None:
    """Write one balanced transaction in the checkout's currency.

    `amounts` are signed minor units by account; zeros are left out. Raises ValueError when
    they don't sum to zero; the unique reference makes it happen once.
    """
    if sum(amounts.values()):
        raise ValueError(f"{reference} does not balance: {dict(amounts)}")
    transaction = LedgerTransaction.objects.create(
        reference=reference,
        kind=kind,
        organization_id=checkout.hold.organization_id,
        checkout=checkout,
    )
    LedgerEntry.objects.bulk_create(
        LedgerEntry(
            transaction=transaction, account=account, currency=checkout.currency,
            amount_minor=amount,
        )
        for account, amount in amounts.items()
        if amount
    )  # fmt: skip
