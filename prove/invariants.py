"""What must hold after every step, as queries of our own that must find nothing.

Beside `manage audit`, which is the product's: a mistake in one is seen by the other. The ids
are those of the promise table in docs/proof.md.
"""

from collections.abc import Iterator

from django.db import connection

SOLD_LINES = """
SELECT l.id, l.claim_id, l.kind, l.amount_minor + l.fee_share_minor - coalesce((
        SELECT sum(rl.amount_minor + rl.fee_share_minor) FROM payments_refundline rl
        JOIN payments_refund r ON r.id = rl.refund_id
        WHERE rl.line_id = l.id AND r.status <> 'canceled'), 0) AS left_minor,
    p.id AS payment_id
FROM payments_line l JOIN payments_payment p ON p.checkout_id = l.checkout_id
WHERE p.status = 'paid'"""

QUERIES: dict[str, str] = {
    "I1 two live claims on a tile": """
SELECT tile_id FROM boards_claim WHERE ended_at IS NULL GROUP BY tile_id HAVING count(*) > 1""",
    "I2 sold without a payment": """
SELECT c.id FROM boards_claim c JOIN boards_hold h ON h.id = c.hold_id
WHERE c.ended_at IS NULL AND h.phase = 'sold' AND h.kind = 'basket' AND NOT EXISTS (
    SELECT 1 FROM payments_line l JOIN payments_payment p ON p.checkout_id = l.checkout_id
    WHERE l.claim_id = c.id AND p.status = 'paid')""",
    "I2 two payments for one claim": f"""
SELECT claim_id FROM ({SOLD_LINES}) s WHERE claim_id IS NOT NULL AND left_minor > 0
GROUP BY claim_id HAVING count(*) > 1""",
    "I2 paid for nothing": f"""
SELECT s.id FROM ({SOLD_LINES}) s JOIN boards_claim c ON c.id = s.claim_id
JOIN boards_hold h ON h.id = c.hold_id
WHERE s.kind = 'tile' AND s.left_minor > 0 AND (c.ended_at IS NOT NULL OR h.phase <> 'sold')
AND NOT EXISTS (SELECT 1 FROM payments_refund r
    WHERE r.payment_id = s.payment_id AND r.reason = 'dashboard')""",
    "I4 order, lines and payment differ": """
SELECT c.id FROM payments_checkout c JOIN payments_payment p ON p.checkout_id = c.id
WHERE p.status = 'paid' AND (p.amount_minor <> c.total_minor OR c.total_minor <> (
    SELECT sum(l.amount_minor + l.fee_share_minor) FROM payments_line l
    WHERE l.checkout_id = c.id))""",
    "I4 two payments for one order": """
SELECT checkout_id FROM payments_payment WHERE status = 'paid'
GROUP BY checkout_id HAVING count(*) > 1""",
    "I4 refunds and payment differ": """
SELECT p.id FROM payments_payment p WHERE p.refunded_minor <> coalesce((
        SELECT sum(amount_minor) FROM payments_refund r
        WHERE r.payment_id = p.id AND r.status = 'succeeded'), 0)
    OR p.refunding_minor <> coalesce((
        SELECT sum(amount_minor) FROM payments_refund r
        WHERE r.payment_id = p.id AND r.status IN ('due', 'sent', 'failed')), 0)""",
    "I4 debt and ledger differ": """
SELECT p.id FROM payments_payment p WHERE p.status = 'paid' AND p.refunding_minor <> -coalesce((
    SELECT sum(e.amount_minor) FROM payments_ledgerentry e
    JOIN payments_ledgertransaction t ON t.id = e.transaction_id
    WHERE t.checkout_id = p.checkout_id AND e.account = 'refund_due'), 0)""",
    "I5 unbalanced": """
SELECT transaction_id FROM payments_ledgerentry GROUP BY transaction_id, currency
HAVING sum(amount_minor) <> 0""",
    "I6 refunded more than paid": """
SELECT s.id FROM payments_payment s WHERE s.refunded_minor + s.refunding_minor > s.amount_minor
    OR s.refunded_minor < 0 OR s.refunding_minor < 0""",
    "I6 line refunded more than paid": f"SELECT id FROM ({SOLD_LINES}) s WHERE left_minor < 0",
    "I11 two open attempts of a hold": """
SELECT c.hold_id FROM payments_attempt a JOIN payments_checkout c ON c.id = a.checkout_id
WHERE a.status IN ('created', 'open') GROUP BY c.hold_id HAVING count(*) > 1""",
    "I11 paying without an attempt": """
SELECT h.id FROM boards_hold h WHERE h.phase = 'paying' AND NOT EXISTS (
    SELECT 1 FROM payments_attempt a JOIN payments_checkout c ON c.id = a.checkout_id
    WHERE c.hold_id = h.id AND a.status IN ('created', 'open'))""",
    "I15 currencies differ": """
SELECT c.id FROM payments_checkout c JOIN payments_payment p ON p.checkout_id = c.id
WHERE p.currency <> c.currency""",
    "I17 goal and entries differ": """
SELECT g.id FROM campaigns_goal g WHERE g.raised_minor < 0 OR g.raised_minor <> coalesce((
    SELECT sum(e.amount_minor) FROM campaigns_donationentry e WHERE e.goal_id = g.id), 0)""",
    "I17 gifts and ledger differ": """
SELECT o.id FROM accounts_organization o WHERE coalesce((
    SELECT sum(e.amount_minor) FROM campaigns_donationentry e
    JOIN campaigns_donation d ON d.id = e.donation_id
    JOIN campaigns_campaign c ON c.id = d.campaign_id
    WHERE c.organization_id = o.id), 0) <> -coalesce((
    SELECT sum(e.amount_minor) FROM payments_ledgerentry e
    JOIN payments_ledgertransaction t ON t.id = e.transaction_id
    WHERE t.organization_id = o.id AND e.account = 'gifts'), 0)""",
    "I20 dispute money and ledger differ": """
SELECT d.id FROM payments_dispute d JOIN payments_payment p ON p.id = d.payment_id
WHERE d.status <> 'lost' AND d.withdrawn_minor <> coalesce((
    SELECT sum(e.amount_minor) FROM payments_ledgerentry e
    JOIN payments_ledgertransaction t ON t.id = e.transaction_id
    WHERE t.checkout_id = p.checkout_id AND e.account = 'disputed'), 0)""",
}

# Only after everything has healed and been worked off.
SETTLED: dict[str, str] = {
    "I24 event never processed": "SELECT id FROM payments_stripeevent WHERE processed_at IS NULL",
    "I24 attempt never resolved": """
SELECT id FROM payments_attempt WHERE status IN ('created', 'open')""",
    "I24 hold stuck in payment": """
SELECT id FROM boards_hold WHERE phase IN ('paying', 'processing')""",
    "I24 payment stuck": "SELECT id FROM payments_payment WHERE status = 'processing'",
    "I24 refund never sent": "SELECT id FROM payments_refund WHERE status = 'due'",
    "I24 refund without an answer": """
SELECT id FROM payments_refund WHERE status = 'sent'""",
    "I24 failed refund that nobody looks at": """
SELECT r.id FROM payments_refund r WHERE r.status = 'failed' AND NOT EXISTS (
    SELECT 1 FROM payments_stafftask t WHERE t.resolved_at IS NULL AND t.kind = 'failed_refund')
""",
    "I24 unallocated money that nobody looks at": """
SELECT t.checkout_id FROM payments_ledgerentry e
JOIN payments_ledgertransaction t ON t.id = e.transaction_id
WHERE e.account = 'unallocated' AND t.kind <> 'dispute' AND NOT EXISTS (
    SELECT 1 FROM payments_stafftask s
    WHERE s.kind = 'dashboard_refund' AND s.resolved_at IS NULL)
GROUP BY t.checkout_id HAVING sum(e.amount_minor) <> 0""",
    "I24 outbox": "SELECT id FROM accounts_outboxevent WHERE done_at IS NULL",
}


def broken(*, settled: bool = False) -> Iterator[tuple[str, list[object]]]:
    """Every invariant that is broken now, with the keys of the rows that break it."""
    wanted = {**QUERIES, **SETTLED} if settled else QUERIES
    with connection.cursor() as cursor:
        for name, query in wanted.items():
            cursor.execute(query)
            rows = cursor.fetchall()
            if rows:
                yield name, [row[0] for row in rows]
