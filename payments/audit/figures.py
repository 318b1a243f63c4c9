"""What the health check shows of the money: few numbers, cheap to read."""

import datetime as dt

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from payments.models import Reconciliation, StaffTask, StripeEvent

# Per organization and currency: what the campaigns show, less the gifts that never passed the
# ledger, against the gifts of the ledger; and what the ledger as a whole is out of balance.
DRIFT = """
    WITH shown AS (
        SELECT c.organization_id, c.currency, sum(g.raised_minor) AS amount
        FROM campaigns_goal g JOIN campaigns_campaign c ON c.id = g.campaign_id
        GROUP BY c.organization_id, c.currency),
    outside AS (
        SELECT c.organization_id, c.currency, sum(e.amount_minor) AS amount
        FROM campaigns_donationentry e JOIN campaigns_donation d ON d.id = e.donation_id
        JOIN campaigns_campaign c ON c.id = d.campaign_id
        WHERE NOT EXISTS (SELECT 1 FROM payments_line l WHERE l.donation_id = d.id)
        GROUP BY c.organization_id, c.currency),
    booked AS (
        SELECT t.organization_id, e.currency, sum(e.amount_minor) AS amount
        FROM payments_ledgertransaction t JOIN payments_ledgerentry e ON e.transaction_id = t.id
        WHERE e.account = 'gifts' GROUP BY t.organization_id, e.currency),
    parts AS (
        SELECT organization_id, currency, amount FROM shown
        UNION ALL SELECT organization_id, currency, -amount FROM outside
        UNION ALL SELECT organization_id, currency, amount FROM booked),
    off AS (
        SELECT abs(sum(amount)) AS amount FROM parts GROUP BY organization_id, currency
        UNION ALL SELECT abs(sum(amount_minor)) FROM payments_ledgerentry GROUP BY currency)
    SELECT coalesce(sum(amount), 0) FROM off"""


def drift() -> int:
    """By how many minor units, over all currencies, ledger and totals differ. Should be 0."""
    with connection.cursor() as cursor:
        cursor.execute(DRIFT)
        return int(cursor.fetchone()[0])


def last_reconciled() -> tuple[dt.datetime | None, int | None]:
    """When Stripe was last compared with, and the drift found then; Nones before the first."""
    row = Reconciliation.objects.order_by("-pk").values_list("at", "drift_minor").first()
    return row if row is not None else (None, None)


def parked_events() -> int:
    """Events that had no effect and that nobody has decided about yet."""
    done = StaffTask.objects.filter(
        Q(key=OuterRef("event_id")) | Q(key=OuterRef("object_id")), resolved_at__isnull=False
    ).exclude(key="")
    parked = StripeEvent.objects.exclude(parked="").exclude(type__startswith="test_helpers.")
    return parked.filter(~Exists(done)).count()
