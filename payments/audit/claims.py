"""Tiles: never sold twice, never sold for nothing, never counted wrong."""

from payments.audit.rules import BACKED, GONE, PROMISED, Check, Rule

TWICE = """
    SELECT tile_id AS id, min(board_id) AS board, min(number) AS number, count(*) AS live_claims
    FROM boards_claim WHERE ended_at IS NULL GROUP BY tile_id HAVING count(*) > 1"""

MISNAMED = """
    SELECT c.id, c.tile_id AS tile, c.number AS claim_number, t.number AS tile_number,
        c.board_id AS claim_board, t.board_id AS tile_board
    FROM boards_claim c JOIN boards_tile t ON t.id = c.tile_id
    WHERE t.number <> c.number OR t.board_id <> c.board_id"""

UNPAID = f"""
    WITH {BACKED}
    SELECT c.id, h.kind, c.tile_id AS tile, c.hold_id AS hold
    FROM boards_claim c JOIN boards_hold h ON h.id = c.hold_id
    WHERE c.ended_at IS NULL AND h.phase = 'sold' AND h.kind IN ('basket', 'promise', 'offer')
        AND NOT EXISTS (
            SELECT 1 FROM payments_line l JOIN backed b ON b.checkout_id = l.checkout_id
            WHERE l.claim_id = c.id)"""

GIVEN_AWAY = f"""
    WITH {BACKED}
    SELECT c.id, h.kind, c.tile_id AS tile, l.checkout_id AS checkout
    FROM boards_hold h JOIN boards_claim c ON c.hold_id = h.id
    JOIN payments_line l ON l.claim_id = c.id JOIN backed b ON b.checkout_id = l.checkout_id
    WHERE h.kind IN ('block', 'comp') AND c.ended_at IS NULL"""

# A tile may be in two orders of one basket, when both were paid; one of them was paid back.
PAID_TWICE = f"""
    WITH {GONE}, {BACKED},
    several AS (
        SELECT claim_id FROM payments_line WHERE claim_id IS NOT NULL
        GROUP BY claim_id HAVING count(*) > 1
        UNION
        SELECT l.claim_id FROM payments_line l JOIN (
            SELECT checkout_id FROM backed GROUP BY checkout_id HAVING sum(payments) > 1) p
            ON p.checkout_id = l.checkout_id
        WHERE l.claim_id IS NOT NULL)
    SELECT c.id, c.tile_id AS tile, c.hold_id AS hold, sum(b.payments) AS payments
    FROM several s JOIN boards_claim c ON c.id = s.claim_id JOIN boards_hold h ON h.id = c.hold_id
    JOIN payments_line l ON l.claim_id = c.id JOIN backed b ON b.checkout_id = l.checkout_id
    LEFT JOIN gone g ON g.line_id = l.id
    WHERE c.ended_at IS NULL AND h.phase = 'sold'
        AND coalesce(g.gift + g.fee, 0) < l.amount_minor + l.fee_share_minor
    GROUP BY c.id, c.tile_id, c.hold_id HAVING sum(b.payments) > 1"""

ELSEWHERE = """
    SELECT l.id, l.checkout_id AS checkout, k.hold_id AS order_hold, c.hold_id AS claim_hold
    FROM payments_line l JOIN payments_checkout k ON k.id = l.checkout_id
    JOIN boards_claim c ON c.id = l.claim_id
    WHERE c.hold_id <> k.hold_id"""

# The last refund of a line decides: only it could have put the tile back on sale.
REFUNDED_YET_SOLD = f"""
    WITH {GONE},
    settled AS (
        SELECT l.id, l.claim_id, max(rl.refund_id) AS last_refund
        FROM gone g JOIN payments_line l ON l.id = g.line_id
        JOIN payments_refundline rl ON rl.line_id = l.id
        JOIN payments_refund r ON r.id = rl.refund_id
        WHERE l.claim_id IS NOT NULL AND NOT (r.status = 'canceled' AND r.choice <> '')
            AND g.gift + g.fee >= l.amount_minor + l.fee_share_minor
        GROUP BY l.id, l.claim_id)
    SELECT s.id, s.claim_id AS claim, s.last_refund AS refund
    FROM settled s JOIN boards_claim c ON c.id = s.claim_id
    JOIN boards_hold h ON h.id = c.hold_id JOIN payments_refund r ON r.id = s.last_refund
    WHERE c.ended_at IS NULL AND h.phase = 'sold' AND r.reopen
        AND NOT EXISTS (
            SELECT 1 FROM payments_line other LEFT JOIN gone g ON g.line_id = other.id
            WHERE other.claim_id = s.claim_id AND other.id <> s.id
                AND coalesce(g.gift + g.fee, 0) < other.amount_minor + other.fee_share_minor)"""

RETURNED_UNPAID = f"""
    WITH {PROMISED}
    SELECT c.id, c.tile_id AS tile, c.hold_id AS hold
    FROM boards_claim c JOIN boards_hold h ON h.id = c.hold_id
    WHERE c.ended = 'returned' AND h.kind = 'basket'
        AND NOT EXISTS (
            SELECT 1 FROM payments_line l JOIN promised g ON g.line_id = l.id
            WHERE l.claim_id = c.id
                AND g.amount >= l.amount_minor + l.fee_share_minor)"""

COUNTS = """
    WITH tiles AS (
        SELECT board_id, count(*) AS n, min(number) AS low, max(number) AS high
        FROM boards_tile GROUP BY board_id),
    live AS (
        SELECT c.board_id, count(*) AS n, count(DISTINCT c.tile_id) AS taken,
            sum(CASE WHEN h.phase = 'sold' THEN 1 ELSE 0 END) AS sold
        FROM boards_claim c JOIN boards_hold h ON h.id = c.hold_id
        JOIN boards_tile t ON t.id = c.tile_id AND t.board_id = c.board_id
        WHERE c.ended_at IS NULL GROUP BY c.board_id)
    SELECT b.id, b.max_num - b.min_num + 1 AS wanted, coalesce(t.n, 0) AS tiles,
        coalesce(l.sold, 0) AS sold, coalesce(l.n - l.sold, 0) AS held,
        coalesce(t.n, 0) - coalesce(l.taken, 0) AS free
    FROM boards_board b LEFT JOIN tiles t ON t.board_id = b.id
    LEFT JOIN live l ON l.board_id = b.id
    WHERE coalesce(t.n, 0) <> b.max_num - b.min_num + 1
        OR t.low <> b.min_num OR t.high <> b.max_num
        OR coalesce(l.n, 0) + coalesce(t.n, 0) - coalesce(l.taken, 0) <> coalesce(t.n, 0)"""

NEGATIVE = """
    SELECT id, kind, raised_minor, pending_minor FROM campaigns_goal
    WHERE raised_minor < 0 OR pending_minor < 0"""

VERSIONS = """
    WITH noted AS (
        SELECT board_id, count(*) AS n, max(version) AS newest
        FROM boards_boardchange GROUP BY board_id)
    SELECT b.id, b.version, coalesce(c.n, 0) AS changes, coalesce(c.newest, 0) AS newest
    FROM boards_board b LEFT JOIN noted c ON c.board_id = b.id
    WHERE b.version <> coalesce(c.n, 0) OR b.version <> coalesce(c.newest, 0)"""

CHECKS = (
    Check("I1", "a tile has one holder at most", (
        Rule("boards_tile", "more than one live claim on a tile", TWICE),
        Rule("boards_claim", "a claim names another tile than it takes", MISNAMED),
    )),
    Check("I2", "a sold tile has one payment behind it", (
        Rule("boards_claim", "a sold tile without a payment or approval", UNPAID),
        Rule("boards_claim", "a tile given away or blocked, and paid for", GIVEN_AWAY),
        Rule("boards_claim", "a sold tile with more than one payment", PAID_TWICE),
        Rule("payments_line", "an order sells a tile of another hold", ELSEWHERE),
    )),
    Check("I7", "a tile that was paid back is not sold", (
        Rule("payments_line", "paid back in full to be resold, and still sold",
             REFUNDED_YET_SOLD),
        Rule("boards_claim", "put back on sale without being paid back", RETURNED_UNPAID),
    )),
    Check("I17", "every tile is sold, held or free; totals and versions add up", (
        Rule("boards_board", "sold, held and free tiles don't make the board", COUNTS),
        Rule("campaigns_goal", "a total below zero", NEGATIVE),
        Rule("boards_board", "the version is not the number of changes", VERSIONS),
    )),
)  # fmt: skip
