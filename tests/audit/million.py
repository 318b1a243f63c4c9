"""A million claims in a scratch database, and how long their audit takes.

`DATABASE_URL=... RALLY_VAR=... python -m tests.audit.million fill` on a new, migrated database,
then the same without `fill`; not part of any test run. Prints seconds and peak memory.
"""

import json
import os
import resource
import sys
import time

import django

ORDERS = int(os.environ.get("MILLION_ORDERS", 333_334))
BOARDS = 101
SIZE = 10_000


def numbers(most: int) -> str:
    return f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most})"


def insert(table: str, most: int, **columns: str) -> str:
    """One row for each number; columns without a default are given as SQL over `i`."""
    names, values = ", ".join(columns), ", ".join(columns.values())
    return f"INSERT INTO {table} ({names}) {numbers(most)} SELECT {values} FROM n"


def statements() -> list[str]:
    when = "'2026-01-02 03:04:05.678901+00:00'"
    tiles, orders = BOARDS * SIZE, ORDERS
    # Order i has tiles 3i-2 .. 3i, each at 1,000; one in twenty has 500 of them paid back.
    part = "WHERE i % 20 = 0"
    goal = "3 + (i % 1000)"
    return [
        insert("boards_board", BOARDS, id="i", public_id="'b' || i", campaign_id="1", goal_id="1",
               title="'b'", position="0", min_num="1", max_num=str(SIZE), columns="10",
               currency="'USD'", price_model="'flat'", unit_minor="1000", bands="'[]'",
               version="0", layout="1", is_open="i > 0", hold_seconds="900", created_at=when,
               modified_at=when),
        insert("boards_tile", tiles, id="i", board_id=f"(i - 1) / {SIZE} + 1",
               number=f"(i - 1) % {SIZE} + 1", price_minor="1000", sponsor_name="''",
               sponsor_url="''"),
        insert("boards_hold", orders, id="i", reference="'h' || i", organization_id="1",
               currency="'USD'", token_hash="'t' || i", kind="'basket'", phase="'sold'",
               extensions="0", note="''"),
        insert("boards_claim", 3 * orders, id="i", board_id=f"(i - 1) / {SIZE} + 1", tile_id="i",
               number=f"(i - 1) % {SIZE} + 1", hold_id="(i - 1) / 3 + 1", price_minor="1000",
               ended="''"),
        insert("boards_boardchange", 3 * orders, board_id=f"(i - 1) / {SIZE} + 1",
               version=f"(i - 1) % {SIZE} + 1", hold_id="(i - 1) / 3 + 1", numbers="'[1, 2, 3]'"),
        """UPDATE boards_board SET version = (
            SELECT count(*) FROM boards_boardchange c WHERE c.board_id = boards_board.id)""",
        insert("payments_checkout", orders, id="i", reference="'k' || i", hold_id="i",
               person_id="1", account_id="1", method="'stripe'", status="'paid'",
               currency="'USD'", net_minor="3000", cover_minor="0", total_minor="3000",
               request_digest="''", paid_at=when),
        insert("campaigns_donation", orders, id="i", public_id="'d' || i", campaign_id="1",
               goal_id=goal, person_id="1", status="'confirmed'", payment_type="'Credit_Card'",
               amount_minor="3000", currency="'USD'", is_verified="i > 0", is_fulfilled="i > 0",
               display_name="'A supporter'", shown_as="'name'", hide_amount="i < 0",
               message="''", image_url="''", is_corporate="i < 0", do_not_sync="i < 0",
               paid_at=when, receipt_number="i", note="''", void_reason="''", created_at=when,
               modified_at=when),
        insert("payments_line", 3 * orders, id="i", checkout_id="(i - 1) / 3 + 1", kind="'tile'",
               claim_id="i", goal_id="3 + (((i - 1) / 3 + 1) % 1000)",
               donation_id="(i - 1) / 3 + 1", amount_minor="1000", fee_share_minor="0"),
        insert("payments_attempt", orders, id="i", reference="'a' || i", checkout_id="i",
               account_id="1", key="'key' || i", params="'{}'", status="'complete'",
               session_id="'cs_test_' || i", url="''", expires_at=when, note="''"),
        insert("payments_payment", orders, id="i", checkout_id="i", attempt_id="i",
               account_id="1", payment_intent="'pi_' || i", charge="'ch_' || i",
               status="'paid'", amount_minor="3000", currency="'USD'", fee_minor="117",
               refunded_minor="CASE WHEN i % 20 = 0 THEN 500 ELSE 0 END", refunding_minor="0",
               paid_at=when),
        insert("payments_refund", orders, id="i", reference="'r' || i", payment_id="i",
               account_id="1", status="'succeeded'", reason="'requested'", amount_minor="500",
               currency="'USD'", reopen="i > 0", refund_id="'re_' || i", tries="1",
               choice="''", note="''", sent_at=when, done_at=when) + f" {part}",
        insert("payments_refundline", orders, refund_id="i", line_id="3 * i", amount_minor="500",
               fee_share_minor="0") + f" {part}",
        insert("campaigns_donationentry", orders, donation_id="i", goal_id=goal, kind="'gift'",
               amount_minor="3000", reference="'gift:' || i"),
        insert("campaigns_donationentry", orders, donation_id="i", goal_id=goal, kind="'refund'",
               amount_minor="-500", reference="'refund:' || i") + f" {part}",
        *ledger(orders, part),
        insert("accounts_outboxevent", orders, kind="'gift.paid'", key="'k' || i",
               organization_id="1", facts="'{}'", done_at=when, attempts="1", error="''"),
        insert("payments_stripeevent", orders, event_id="'evt_' || i", account_id="''",
               livemode="i < 0", type="'checkout.session.completed'",
               object_id="'cs_test_' || i", api_version="''", body="'{}'", digest="''",
               processed_at=when, attempts="0", error="''", parked="''"),
        *totals(),
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
    from django.db import connection, transaction  # noqa: PLC0415

    from campaigns.models import Goal  # noqa: PLC0415
    from payments.models import StripeAccount  # noqa: PLC0415
    from tests import factories  # noqa: PLC0415

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


def main() -> int:
    from payments.audit import figures, running  # noqa: PLC0415

    if sys.argv[1:] == ["fill"]:
        started = time.monotonic()
        fill()
        print(f"filled in {time.monotonic() - started:.0f} s")
        return 0
    started = time.monotonic()
    report = running.run()
    seconds = time.monotonic() - started
    drifted = time.monotonic()
    drift = figures.drift()
    print(json.dumps(report.as_dict()["findings"][:5], indent=1))
    for line in report.lines():
        print(line[:150])
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        f"audit {seconds:.1f} s, drift {drift} in {time.monotonic() - drifted:.1f} s; "
        f"{used.ru_utime + used.ru_stime:.1f} s of this process, {used.ru_maxrss // 1024} MB"
    )
    return 0 if report.ok else 1


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rally.settings")
    django.setup()
    sys.exit(main())
