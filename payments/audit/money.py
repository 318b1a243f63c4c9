"""Money: every minor unit that came in is explained, by the rows and by the ledger."""

from payments.audit.rules import GONE, PAID_STATUSES, PROMISED, Check, Rule

OWED = "('due', 'sent', 'failed')"

LINES = f"""{GONE},
    lines AS (
        SELECT l.checkout_id, sum(l.amount_minor) AS gift, sum(l.fee_share_minor) AS fee,
            sum(l.amount_minor + l.fee_share_minor - coalesce(g.gift + g.fee, 0)) AS left_over,
            sum(CASE WHEN l.kind = 'gift' OR (c.ended_at IS NULL AND h.phase = 'sold')
                THEN l.amount_minor + l.fee_share_minor - coalesce(g.gift + g.fee, 0)
                ELSE 0 END) AS kept
        FROM payments_line l LEFT JOIN gone g ON g.line_id = l.id
        LEFT JOIN boards_claim c ON c.id = l.claim_id LEFT JOIN boards_hold h ON h.id = c.hold_id
        GROUP BY l.checkout_id)"""

# A refund made in Stripe's dashboard names no line, so its money is unallocated. Where it paid a
# debt of ours, which was given up then, it stands for tiles that the order has no more.
MOVED = f"""
    paid AS (
        SELECT checkout_id, sum(amount_minor) AS captured, sum(coalesce(fee_minor, 0)) AS fees
        FROM payments_payment WHERE status = 'paid' GROUP BY checkout_id),
    back AS (
        SELECT p.checkout_id,
            sum(CASE WHEN r.status = 'succeeded' THEN r.amount_minor ELSE 0 END) AS refunded,
            sum(CASE WHEN r.status IN {OWED} THEN r.amount_minor ELSE 0 END) AS owed,
            sum(CASE WHEN r.status <> 'canceled' AND NOT EXISTS (
                    SELECT 1 FROM payments_refundline rl WHERE rl.refund_id = r.id)
                THEN -r.amount_minor ELSE 0 END) AS unallocated
        FROM payments_refund r JOIN payments_payment p ON p.id = r.payment_id
        GROUP BY p.checkout_id),
    disputed AS (
        SELECT p.checkout_id, sum(d.withdrawn_minor) AS withdrawn, sum(d.fee_minor) AS fees,
            sum(CASE WHEN d.status = 'lost' THEN d.amount_minor ELSE 0 END) AS lost
        FROM payments_dispute d JOIN payments_payment p ON p.id = d.payment_id
        GROUP BY p.checkout_id),
    books AS (
        SELECT t.checkout_id,
            sum(CASE WHEN e.account IN ('provider', 'bank') THEN e.amount_minor ELSE 0 END)
                AS held,
            sum(CASE WHEN e.account IN ('gifts', 'cover_fees', 'unallocated')
                THEN -e.amount_minor ELSE 0 END) AS ours,
            sum(CASE WHEN e.account = 'refund_due' THEN -e.amount_minor ELSE 0 END) AS owed,
            sum(CASE WHEN e.account = 'disputed' THEN e.amount_minor ELSE 0 END) AS disputed
        FROM payments_ledgertransaction t JOIN payments_ledgerentry e ON e.transaction_id = t.id
        WHERE t.checkout_id IS NOT NULL GROUP BY t.checkout_id)"""

EACH = f"""
    SELECT k.id, k.net_minor, k.cover_minor, coalesce(l.gift, 0) AS line_gifts,
        coalesce(l.fee, 0) AS line_fees,
        CASE WHEN k.method = 'offline' AND k.status IN {PAID_STATUSES} THEN k.total_minor
            ELSE coalesce(p.captured, 0) END AS captured,
        coalesce(p.fees, 0) AS fees, coalesce(l.kept, 0) AS kept,
        coalesce(l.left_over, 0) AS left_over, coalesce(b.refunded, 0) AS refunded,
        coalesce(b.owed, 0) AS owed, coalesce(b.unallocated, 0) AS unallocated,
        coalesce(d.withdrawn, 0) AS withdrawn, coalesce(d.fees, 0) AS dispute_fees,
        coalesce(d.lost, 0) AS lost, coalesce(e.held, 0) AS ledger_held,
        coalesce(e.ours, 0) AS ledger_ours, coalesce(e.owed, 0) AS ledger_owed,
        coalesce(e.disputed, 0) AS ledger_disputed
    FROM payments_checkout k LEFT JOIN lines l ON l.checkout_id = k.id
    LEFT JOIN paid p ON p.checkout_id = k.id LEFT JOIN back b ON b.checkout_id = k.id
    LEFT JOIN disputed d ON d.checkout_id = k.id LEFT JOIN books e ON e.checkout_id = k.id"""

UNEXPLAINED = f"""
    WITH {LINES}, {MOVED}, each_order AS ({EACH})
    SELECT * FROM each_order
    WHERE line_gifts <> net_minor OR line_fees <> cover_minor
        OR (captured <> 0 AND captured <> kept + refunded + owed + unallocated
            + CASE WHEN left_over - kept < -unallocated THEN left_over - kept
                ELSE -unallocated END)
        OR ledger_held <> captured - fees - refunded - withdrawn - dispute_fees
        OR ledger_ours <>
            CASE WHEN captured = 0 THEN 0 ELSE left_over + unallocated - lost END
        OR ledger_owed <> owed OR ledger_disputed <> withdrawn - lost"""

UNBALANCED = """
    SELECT transaction_id AS id, currency, sum(amount_minor) AS off_by
    FROM payments_ledgerentry GROUP BY transaction_id, currency HAVING sum(amount_minor) <> 0"""

# What a goal counts for: itself and every goal above it.
ABOVE = """
    within AS (
        SELECT g.id AS goal_id, coalesce(m.team_id, g.team_id) AS team_id,
            coalesce(m.campaign_id, t.campaign_id, g.campaign_id) AS campaign_id, g.kind,
            g.series_id
        FROM campaigns_goal g LEFT JOIN campaigns_member m ON m.id = g.member_id
        LEFT JOIN campaigns_team t ON t.id = g.team_id),
    above AS (
        SELECT goal_id, goal_id AS above_id FROM within
        UNION ALL
        SELECT w.goal_id, g.id FROM within w JOIN campaigns_goal g ON g.team_id = w.team_id
        WHERE w.kind = 'member'
        UNION ALL
        SELECT w.goal_id, g.id FROM within w JOIN campaigns_goal g ON g.campaign_id = w.campaign_id
        WHERE w.kind IN ('member', 'team')
        UNION ALL
        SELECT w.goal_id, g.id FROM within w JOIN campaigns_campaign c ON c.id = w.campaign_id
        JOIN campaigns_goal g ON g.series_id = c.series_id),
    summed AS (
        SELECT a.above_id AS goal_id, sum(o.amount) AS amount
        FROM own o JOIN above a ON a.goal_id = o.goal_id GROUP BY a.above_id)"""

TOTALS = f"""
    WITH own AS (
        SELECT goal_id, sum(amount_minor) AS amount FROM campaigns_donationentry
        GROUP BY goal_id), {ABOVE}
    SELECT g.id, g.kind, g.raised_minor AS shown, coalesce(s.amount, 0) AS entries
    FROM campaigns_goal g LEFT JOIN summed s ON s.goal_id = g.id
    WHERE g.raised_minor <> coalesce(s.amount, 0)"""

# Money promised by hand; a card order that nobody has paid promises nothing.
PENDING = f"""
    WITH own AS (
        SELECT goal_id, sum(amount_minor) AS amount FROM campaigns_donation
        WHERE status = 'pending' AND NOT is_verified GROUP BY goal_id), {ABOVE}
    SELECT g.id, g.kind, g.pending_minor AS shown, coalesce(s.amount, 0) AS gifts
    FROM campaigns_goal g LEFT JOIN summed s ON s.goal_id = g.id
    WHERE g.pending_minor <> coalesce(s.amount, 0)"""

GIFTS = """
    WITH net AS (
        SELECT donation_id, sum(amount_minor) AS amount FROM campaigns_donationentry
        GROUP BY donation_id),
    given AS (
        SELECT l.checkout_id, sum(n.amount) AS amount
        FROM (SELECT DISTINCT checkout_id, donation_id FROM payments_line) l
        JOIN net n ON n.donation_id = l.donation_id GROUP BY l.checkout_id),
    booked AS (
        SELECT t.checkout_id, -sum(e.amount_minor) AS amount
        FROM payments_ledgertransaction t JOIN payments_ledgerentry e ON e.transaction_id = t.id
        WHERE e.account = 'gifts' AND t.checkout_id IS NOT NULL GROUP BY t.checkout_id)
    SELECT k.id, coalesce(g.amount, 0) AS entries, coalesce(b.amount, 0) AS ledger_gifts
    FROM payments_checkout k LEFT JOIN given g ON g.checkout_id = k.id
    LEFT JOIN booked b ON b.checkout_id = k.id
    WHERE coalesce(g.amount, 0) <> coalesce(b.amount, 0)"""

NAMELESS = """
    SELECT t.id, t.reference, sum(e.amount_minor) AS gifts
    FROM payments_ledgertransaction t JOIN payments_ledgerentry e ON e.transaction_id = t.id
    WHERE t.checkout_id IS NULL AND e.account = 'gifts' GROUP BY t.id, t.reference"""

OVER = f"""
    WITH r AS (
        SELECT payment_id,
            sum(CASE WHEN status = 'succeeded' THEN amount_minor ELSE 0 END) AS done,
            sum(CASE WHEN status IN {OWED} THEN amount_minor ELSE 0 END) AS pending
        FROM payments_refund GROUP BY payment_id)
    SELECT p.id, p.status, p.amount_minor, p.refunded_minor, p.refunding_minor,
        coalesce(r.done, 0) AS succeeded, coalesce(r.pending, 0) AS pending
    FROM payments_payment p LEFT JOIN r ON r.payment_id = p.id
    WHERE p.refunded_minor <> coalesce(r.done, 0) OR p.refunding_minor <> coalesce(r.pending, 0)
        OR coalesce(r.done + r.pending, 0) >
            CASE WHEN p.status = 'paid' THEN p.amount_minor ELSE 0 END"""

OVER_LINE = """
    SELECT l.id, l.checkout_id AS checkout, l.amount_minor, l.fee_share_minor,
        sum(rl.amount_minor) AS refunded_gift, sum(rl.fee_share_minor) AS refunded_fee
    FROM payments_refundline rl JOIN payments_refund r ON r.id = rl.refund_id
    JOIN payments_line l ON l.id = rl.line_id
    WHERE r.status <> 'canceled'
    GROUP BY l.id, l.checkout_id, l.amount_minor, l.fee_share_minor
    HAVING sum(rl.amount_minor) > l.amount_minor OR sum(rl.fee_share_minor) > l.fee_share_minor"""

PARTS = """
    SELECT r.id, r.amount_minor, sum(rl.amount_minor + rl.fee_share_minor) AS parts
    FROM payments_refund r JOIN payments_refundline rl ON rl.refund_id = r.id
    GROUP BY r.id, r.amount_minor
    HAVING sum(rl.amount_minor + rl.fee_share_minor) <> r.amount_minor"""

STRANGE = """
    SELECT rl.id, rl.refund_id AS refund, l.checkout_id AS line_checkout, p.checkout_id AS paid
    FROM payments_refundline rl JOIN payments_refund r ON r.id = rl.refund_id
    JOIN payments_payment p ON p.id = r.payment_id JOIN payments_line l ON l.id = rl.line_id
    WHERE l.checkout_id <> p.checkout_id"""

# Money for a tile comes before the tile: what was put back during a dispute was paid back first.
RESOLD = f"""
    WITH {PROMISED}
    SELECT d.id, l.claim_id AS claim, c.number, c.ended
    FROM payments_dispute d JOIN payments_payment p ON p.id = d.payment_id
    JOIN payments_line l ON l.checkout_id = p.checkout_id JOIN boards_claim c ON c.id = l.claim_id
    LEFT JOIN promised g ON g.line_id = l.id
    WHERE d.is_open AND c.ended_at >= d.opened_at
        AND coalesce(g.amount, 0) < l.amount_minor + l.fee_share_minor"""

# What Stripe itself took for a refundable charge was one; late shares are owed in any case.
UNLOCKED = """
    SELECT d.id, r.id AS refund, r.status AS refund_status, r.amount_minor
    FROM payments_dispute d JOIN payments_refund r ON r.payment_id = d.payment_id
    WHERE d.is_open AND NOT d.is_charge_refundable AND r.created_at >= d.opened_at
        AND r.reason NOT IN ('late', 'dashboard') AND r.refund_id = '' AND r.status <> 'canceled'"""

LOST = """
    WITH d AS (
        SELECT p.checkout_id, min(d.id) AS id,
            sum(CASE WHEN d.status = 'lost' THEN d.amount_minor ELSE 0 END) AS lost
        FROM payments_dispute d JOIN payments_payment p ON p.id = d.payment_id
        GROUP BY p.checkout_id),
    named AS (
        SELECT DISTINCT l.checkout_id, l.donation_id
        FROM d JOIN payments_line l ON l.checkout_id = d.checkout_id),
    counted AS (
        SELECT n.checkout_id, -sum(e.amount_minor) AS gifts
        FROM named n JOIN campaigns_donationentry e ON e.donation_id = n.donation_id
        WHERE e.kind IN ('dispute_lost', 'dispute_won') GROUP BY n.checkout_id),
    booked AS (
        SELECT d.checkout_id,
            sum(CASE WHEN e.account = 'gifts' THEN e.amount_minor ELSE 0 END) AS gifts,
            sum(CASE WHEN e.account IN ('gifts', 'cover_fees', 'unallocated')
                THEN e.amount_minor ELSE 0 END) AS lost
        FROM d JOIN payments_ledgertransaction t ON t.checkout_id = d.checkout_id
        JOIN payments_ledgerentry e ON e.transaction_id = t.id
        WHERE t.kind = 'dispute' GROUP BY d.checkout_id)
    SELECT d.id, d.lost, coalesce(c.gifts, 0) AS totals_reduced,
        coalesce(b.gifts, 0) AS ledger_gifts, coalesce(b.lost, 0) AS ledger_lost
    FROM d LEFT JOIN counted c ON c.checkout_id = d.checkout_id
    LEFT JOIN booked b ON b.checkout_id = d.checkout_id
    WHERE d.lost <> coalesce(b.lost, 0) OR coalesce(c.gifts, 0) <> coalesce(b.gifts, 0)"""

CHECKS = (
    Check("I4", "every minor unit of an order is explained", (
        Rule("payments_checkout", "rows and ledger don't explain the money", UNEXPLAINED),
    )),
    Check("I5", "the ledger balances and is what the totals show", (
        Rule("payments_ledgertransaction", "a transaction doesn't sum to zero", UNBALANCED),
        Rule("campaigns_goal", "the total isn't the sum of its entries", TOTALS),
        Rule("campaigns_goal", "what is promised isn't the sum of its gifts", PENDING),
        Rule("payments_checkout", "gifts counted and gifts booked differ", GIFTS),
        Rule("payments_ledgertransaction", "gifts booked for no order", NAMELESS),
    )),
    Check("I6", "no more is paid back than came in", (
        Rule("payments_payment", "refunds don't fit their payment", OVER),
        Rule("payments_line", "refunds exceed a line", OVER_LINE),
        Rule("payments_refund", "a refund isn't the sum of its parts", PARTS),
        Rule("payments_refundline", "a refund pays back another order's line", STRANGE),
    )),
    Check("I20", "disputed tiles stay, refunds wait, a loss counts once", (
        Rule("payments_dispute", "a tile was freed while its charge is disputed", RESOLD),
        Rule("payments_dispute", "a refund was asked for while the charge is locked", UNLOCKED),
        Rule("payments_dispute", "the loss isn't counted exactly once", LOST),
    )),
)  # fmt: skip
