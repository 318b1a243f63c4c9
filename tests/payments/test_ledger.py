"""The ledger balances, and what is posted stays."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum

from accounts.models import AuditEntry
from campaigns.models import DonationEntry
from payments import ledger
from payments.ledger import Account
from payments.models import LedgerEntry, LedgerTransaction
from tests.factories import make_board, make_sale

pytestmark = pytest.mark.django_db


def test_an_unbalanced_posting_is_refused() -> None:
    checkout = make_sale(make_board(), [1])
    known = LedgerEntry.objects.count()
    with pytest.raises(ValueError, match="does not balance"):
        ledger.post(
            reference="odd", kind=LedgerTransaction.Kind.ADJUSTMENT, checkout=checkout,
            amounts={Account.BANK: 100, Account.GIFTS: -99},
        )  # fmt: skip
    assert LedgerEntry.objects.count() == known


def test_a_cash_sale_is_banked_and_given() -> None:
    make_sale(make_board(), [1, 2])
    posted = dict(LedgerEntry.objects.values_list("account").annotate(Sum("amount_minor")))
    assert posted == {"bank": 300, "gifts": -300}


@pytest.mark.parametrize("model", [LedgerEntry, LedgerTransaction, DonationEntry, AuditEntry])
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_rows_that_are_history_can_not_be_changed(model: type, verb: str) -> None:
    make_sale(make_board(), [1])
    AuditEntry.objects.create(door="test", verb="look", object_type="board", object_id="1")
    count = model.objects.count()
    statement = verb.format(model._meta.db_table)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert model.objects.count() == count > 0
