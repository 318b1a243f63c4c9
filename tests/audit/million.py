"""A million claims in a scratch database, and how long their audit takes.

    export DATABASE_URL=... RALLY_VAR=...    a new database that has been migrated
    python manage.py shell -c "from tests.audit import million; million.fill()"
    python manage.py shell -c "from tests.audit import million; million.measure()"

Not part of any test run.
"""

import json
import os
import resource
import time

from django.db import connection, transaction

from campaigns.models import Goal
from payments.audit import figures, running
from payments.models import StripeAccount
from tests import factories

ORDERS = int(os.environ.get("MILLION_ORDERS", 333_334))
BOARDS = 101
SIZE = 10_000


def numbers(most: int) -> str:
    return f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most})"


def insert(table: str, most: int, **columns: str) -> str:
    """One row for each number; columns without a default are given as SQL over `i`."""
    names, values = ", ".join(columns), ", ".join(columns.values())
    return f"INSERT INTO {table} ({names}) {numbers(most)} SELECT {values} FROM n"


# Order i has tiles 3i-2 .. 3i, each at 1,000; one in twenty has 500 of them paid back.
PART = "WHERE i % 20 = 0"
WHEN = "'2026-01-02 03:04:05.678901+00:00'"
GOAL = "3 + (i % 1000)"


def statements() -> list[str]:
    """Everything, from what is pointed at to what points."""
    return [*boards(), *orders(), *payments(), *gifts(), *ledger(ORDERS, PART), *told(), *totals()]


def boards() -> list[str]:
    return [
        insert("boards_board", BOARDS, id="i", public_id="'b' || i", campaign_id="1", goal_id="1",
               title="'b'", position="0", min_num="1", max_num=str(SIZE), columns="10",
               currency="'USD'", price_model="'flat'", unit_minor="1000", bands="'[]'",
               version="0", layout="1", is_open="i > 0", hold_seconds="900", created_at=WHEN,
               modified_at=WHEN),
        insert("boards_tile", BOARDS * SIZE, id="i", board_id=f"(i - 1) / {SIZE} + 1",
               number=f"(i - 1) % {SIZE} + 1", price_minor="1000", sponsor_name="''",
               sponsor_url="''"),
        insert("boards_hold", ORDERS, id="i", reference="'h' || i", organization_id="1",
               currency="'USD'", token_hash="'t' || i", kind="'basket'", phase="'sold'",
               extensions="0", note="''"),
        insert("boards_claim", 3 * ORDERS, id="i", board_id=f"(i - 1) / {SIZE} + 1", tile_id="i",
               number=f"(i - 1) % {SIZE} + 1", hold_id="(i - 1) / 3 + 1", price_minor="1000",
               ended="''"),
        insert("boards_boardchange", 3 * ORDERS, board_id=f"(i - 1) / {SIZE} + 1",
               version=f"(i - 1) % {SIZE} + 1", hold_id="(i - 1) / 3 + 1", numbers="'[1, 2, 3]'"),
        """UPDATE boards_board SET version = (
            SELECT count(*) FROM boards_boardchange c WHERE c.board_id = boards_board.id)""",
    ]  # fmt: skip


def orders() -> list[str]:
    return [
        insert("payments_checkout", ORDERS, id="i", reference="'k' || i", hold_id="i",
               person_id="1", account_id="1", method="'stripe'", status="'paid'",
               currency="'USD'", net_minor="3000", cover_minor="0", total_minor="3000",
               request_digest="''", paid_at=WHEN),
        insert("campaigns_donation", ORDERS, id="i", public_id="'d' || i", campaign_id="1",
               goal_id=GOAL, person_id="1", status="'confirmed'", payment_type="'Credit_Card'",
               amount_minor="3000", currency="'USD'", is_verified="i > 0", is_fulfilled="i > 0",
               display_name="'A supporter'", shown_as="'name'", hide_amount="i < 0",
               message="''", image_url="''", is_corporate="i < 0", do_not_sync="i < 0",
               paid_at=WHEN, receipt_number="i", note="''", void_reason="''", created_at=WHEN,
               modified_at=WHEN),
        insert("payments_line", 3 * ORDERS, id="i", checkout_id="(i - 1) / 3 + 1", kind="'tile'",
               claim_id="i", goal_id="3 + (((i - 1) / 3 + 1) % 1000)",
               donation_id="(i - 1) / 3 + 1", amount_minor="1000", fee_share_minor="0"),
    ]  # fmt: skip


def payments() -> list[str]:
    return [
        insert("payments_attempt", ORDERS, id="i", reference="'a' || i", checkout_id="i",
               account_id="1", key="'key' || i", params="'{}'", status="'complete'",
               session_id="'cs_test_' || i", url="''", expires_at=WHEN, note="''"),
        insert("payments_payment", ORDERS, id="i", checkout_id="i", attempt_id="i",
               account_id="1", payment_intent="'pi_' || i", charge="'ch_' || i",
               status="'paid'", amount_minor="3000", currency="'USD'", fee_minor="117",
               refunded_minor="CASE WHEN i % 20 = 0 THEN 500 ELSE 0 END", refunding_minor="0",
               paid_at=WHEN),
        insert("payments_refund", ORDERS, id="i", reference="'r' || i", payment_id="i",
               account_id="1", status="'succeeded'", reason="'requested'", amount_minor="500",
               currency="'USD'", reopen="i > 0", refund_id="'re_' || i", tries="1",
               choice="''", note="''", request_key="''", sent_at=WHEN, done_at=WHEN) + f" {PART}",
        insert("payments_refundline", ORDERS, refund_id="i", line_id="3 * i", amount_minor="500",
               fee_share_minor="0") + f" {PART}",
    ]  # fmt: skip


def gifts() -> list[str]:
    return [
        insert("campaigns_donationentry", ORDERS, donation_id="i", goal_id=GOAL, kind="'gift'",
               amount_minor="3000", reference="'gift:' || i"),
        insert("campaigns_donationentry", ORDERS, donation_id="i", goal_id=GOAL, kind="'refund'",
               amount_minor="-500", reference="'refund:' || i") + f" {PART}",
    ]  # fmt: skip


def told() -> list[str]:
    return [
        insert("accounts_outboxevent", ORDERS, kind="'gift.paid'", key="'k' || i",
               organization_id="1", facts="'{}'", done_at=WHEN, attempts="1", error="''"),
        insert("payments_stripeevent", ORDERS, event_id="'evt_' || i", account_id="''",
               livemode="i < 0", type="'checkout.session.completed'",
               object_id="'cs_test_' || i", api_version="''", body="'{}'", digest="''",
               processed_at=WHEN, attempts="0", error="''", parked="''"),
    ]  # fmt: skip


def ledger(orders: int, part: str) -> list[str]:
    """Capture, fee, and for some a refund: due and paid."""
    made = []
    kinds = [
        (0, "capture", "", (("provider", 3000), ("gifts", -3000))),
        (1, "fee", "", (("processor_fee", 117), ("provider", -117))),
        (2, "refund_due", part, (("gifts", 500), ("refund_due", -500))),
        (3, "refund", part, (("refund_due", 500), ("provider", -500))),
    ]
    for index, kind, some, sides in kinds:
        key = f"i + {index * orders}"
        made.append(
            insert("payments_ledgertransaction", orders, id=key, reference=f"'{kind}:' || i",
                   kind=f"'{kind}'", organization_id="1", checkout_id="i") + f" {some}"
        )  # fmt: skip
        made += [
            insert("payments_ledgerentry", orders, transaction_id=key, account=f"'{account}'",
                   currency="'USD'", amount_minor=str(amount)) + f" {some}"
            for account, amount in sides
        ]  # fmt: skip
    return made


def totals() -> list[str]:
    return [
        """UPDATE campaigns_goal SET raised_minor = coalesce((SELECT sum(amount_minor)
            FROM campaigns_donationentry e WHERE e.goal_id = campaigns_goal.id), 0)
            WHERE kind = 'member'""",
        """UPDATE campaigns_goal SET raised_minor =
            (SELECT sum(amount_minor) FROM campaigns_donationentry) WHERE kind <> 'member'""",
    ]


def fill() -> None:
    """The few rows by models, the many by SQL."""
    with transaction.atomic():
        campaign = factories.make_campaign()
        team = factories.make_team(campaign)
        for _ in range(1000):
            factories.make_member(campaign, team)
        StripeAccount.objects.create(organization=campaign.organization, livemode=False)
        assert list(Goal.objects.order_by("pk").values_list("pk", flat=True)) == [*range(1, 1003)]
    for statement in statements():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def measure() -> None:
    """Audit once, and say what that took."""
    started = time.monotonic()
    report = running.run()
    seconds = time.monotonic() - started
    drift = figures.drift()
    print(json.dumps(report.as_dict()["findings"][:5], indent=1))
    print("\n".join(line[:150] for line in report.lines()))
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        f"audit {seconds:.1f} s, drift {drift}; this process used "
        f"{used.ru_utime + used.ru_stime:.1f} s and {used.ru_maxrss // 1024} MB"
    )
