"""Posts transactions to the double-entry ledger. What is posted stays."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

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
    """Write balanced transactions in the checkout's currency: one statement, on SQLite two.

    Raises ValueError when one doesn't sum to zero; unique references make each happen once.
    """
    for posting in postings:
        if sum(posting.amounts.values()):
            raise ValueError(f"{posting.reference} does not balance: {dict(posting.amounts)}")
    if connection.vendor == "postgresql":
        _write_at_once(checkout, postings)
    else:
        _write(checkout, postings)


PG_POST = """
WITH made AS (
    INSERT INTO payments_ledgertransaction (reference, kind, organization_id, checkout_id)
    SELECT t.reference, t.kind, %(organization)s, %(checkout)s
    FROM jsonb_to_recordset(%(transactions)s::jsonb) AS t (reference text, kind text)
    RETURNING id, reference)
INSERT INTO payments_ledgerentry (transaction_id, account, currency, amount_minor)
SELECT made.id, e.account, %(currency)s, e.amount
FROM jsonb_to_recordset(%(entries)s::jsonb) AS e (reference text, account text, amount bigint)
JOIN made USING (reference)"""


def _write_at_once(checkout: Checkout, postings: Sequence[Posting]) -> None:
    """The order is locked meanwhile, so a round trip to the database less is time for others."""
    entries = [
        {"reference": posting.reference, "account": account, "amount": amount}
        for posting in postings
        for account, amount in posting.amounts.items()
        if amount
    ]
    values: dict[str, Any] = {
        "organization": checkout.hold.organization_id,
        "checkout": checkout.pk,
        "currency": checkout.currency,
        "transactions": json.dumps([{"reference": p.reference, "kind": p.kind} for p in postings]),
        "entries": json.dumps(entries),
    }
    with connection.cursor() as cursor:
        cursor.execute(PG_POST, values)


def _write(checkout: Checkout, postings: Sequence[Posting]) -> None:
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
