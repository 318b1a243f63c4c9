"""States: combinations that no sequence of allowed moves can reach."""

from boards.states import ENDED, MOVES, Kind
from payments.audit.rules import PAID_STATUSES, Check, Rule
from payments.disputes import CLOSED

ENDED_PHASES = "(" + ", ".join(f"'{phase}'" for phase in sorted(ENDED)) + ")"
CLOSED_WORDS = "(" + ", ".join(f"'{word}'" for word in sorted(CLOSED)) + ")"


def _drawn() -> str:
    """True for a kind and phase that the drawing of `boards.states` knows."""
    parts = []
    for kind in Kind:
        moves = MOVES[kind]
        phases = sorted(set(moves) | {phase for after in moves.values() for phase in after})
        named = ", ".join(f"'{phase}'" for phase in phases)
        parts.append(f"(kind = '{kind}' AND phase IN ({named}))")
    return " OR ".join(parts)


def _live(hold: str) -> str:
    return f"SELECT 1 FROM boards_claim c WHERE c.hold_id = {hold} AND c.ended_at IS NULL"


def _open(hold: str) -> str:
    return f"SELECT 1 FROM payments_checkout k WHERE k.hold_id = {hold} AND k.status = 'open'"


HOLD = "SELECT h.id, h.reference, h.kind, h.phase FROM boards_hold h WHERE"
ATTEMPT = "SELECT a.id, a.status, a.checkout_id AS checkout FROM payments_attempt a"
REFUND = "SELECT r.id, r.reference, r.status, r.reason, r.refund_id FROM payments_refund r WHERE"
PAID = "SELECT 1 FROM payments_payment p WHERE p.checkout_id = k.id AND p.status = 'paid'"

OFF_THE_DRAWING = f"SELECT id, reference, kind, phase FROM boards_hold WHERE NOT ({_drawn()})"
ENDED_WITH_TILES = f"{HOLD} h.phase IN {ENDED_PHASES} AND EXISTS ({_live('h.id')})"
NO_TILES = f"{HOLD} h.phase NOT IN {ENDED_PHASES} AND NOT EXISTS ({_live('h.id')})"
ENDED_WHEN = f"""{HOLD} (h.phase IN {ENDED_PHASES} AND h.ended_at IS NULL)
    OR (h.phase NOT IN {ENDED_PHASES} AND h.ended_at IS NOT NULL)"""
NO_DEADLINE = f"{HOLD} h.phase IN ('browsing', 'paying') AND h.expires_at IS NULL"
NO_ORDER = f"{HOLD} h.phase IN ('paying', 'processing') AND NOT EXISTS ({_open('h.id')})"
NOT_PROCESSING = f"""{HOLD} h.phase = 'processing' AND NOT EXISTS (
    SELECT 1 FROM payments_checkout k JOIN payments_payment p ON p.checkout_id = k.id
    WHERE k.hold_id = h.id AND p.status = 'processing')"""
UNREASONED = """SELECT id, hold_id AS hold, ended FROM boards_claim
    WHERE (ended_at IS NULL AND ended <> '') OR (ended_at IS NOT NULL AND ended = '')"""

# Two sessions of one basket, both payable for a moment: the second order stays open until
# Stripe says what became of its session. Cash that nobody has counted is an open order, too.
OPEN_FOR_NOTHING = """
    SELECT k.id, k.reference, h.phase
    FROM payments_checkout k JOIN boards_hold h ON h.id = k.hold_id
    WHERE k.status = 'open' AND h.phase NOT IN ('paying', 'processing') AND NOT (
        h.phase = 'sold' AND EXISTS (SELECT 1 FROM payments_attempt a
            WHERE a.checkout_id = k.id AND a.status IN ('created', 'open')))
        AND NOT (k.method = 'offline' AND h.kind = 'promise' AND h.phase = 'sold')"""
PAID_BY_NOBODY = f"""
    SELECT k.id, k.reference, k.status, k.method FROM payments_checkout k
    WHERE (k.status IN {PAID_STATUSES} AND k.paid_at IS NULL)
        OR (k.status IN {PAID_STATUSES} AND k.method = 'stripe' AND NOT EXISTS ({PAID}))
        OR (k.status NOT IN {PAID_STATUSES} AND EXISTS ({PAID}))"""
MISATTRIBUTED = """
    SELECT k.id, k.reference, h.organization_id AS hold_organization,
        a.organization_id AS account_organization
    FROM payments_checkout k JOIN boards_hold h ON h.id = k.hold_id
    JOIN payments_stripeaccount a ON a.id = k.account_id
    WHERE a.organization_id <> h.organization_id"""

UNRESOLVED_CLOSED = f"""{ATTEMPT} JOIN payments_checkout k ON k.id = a.checkout_id
    WHERE a.status IN ('created', 'open') AND k.status <> 'open'"""
OPEN_NOWHERE = f"{ATTEMPT} WHERE a.status IN ('open', 'complete') AND a.session_id = ''"
TWO_OPEN = f"""{ATTEMPT} WHERE a.status IN ('created', 'open') AND EXISTS (
    SELECT 1 FROM payments_attempt o WHERE o.checkout_id = a.checkout_id AND o.id < a.id
        AND o.status IN ('created', 'open'))"""
ATTEMPT_AND_PAYMENT = """
    SELECT a.id, a.status, p.id AS payment, p.status AS payment_status
    FROM payments_attempt a LEFT JOIN payments_payment p ON p.attempt_id = a.id
    WHERE (a.status = 'complete') <> (coalesce(p.status, 'none') IN ('processing', 'paid'))"""
PAYMENT_TIME = """
    SELECT id, status, paid_at FROM payments_payment
    WHERE (status = 'paid') <> (paid_at IS NOT NULL)"""
ACCOUNTS = """
    SELECT p.id, p.account_id AS account, k.account_id AS order_account
    FROM payments_payment p JOIN payments_checkout k ON k.id = p.checkout_id
    WHERE p.account_id <> k.account_id OR k.account_id IS NULL"""

DONE_UNSAID = f"{REFUND} r.status = 'succeeded' AND (r.done_at IS NULL OR r.refund_id = '')"
SENT_UNSAID = f"""{REFUND} r.status = 'sent' AND r.reason <> 'dashboard'
    AND (r.sent_at IS NULL OR r.tries = 0)"""
DUE_AND_SENT = f"{REFUND} r.status = 'due' AND r.refund_id <> ''"
DASHBOARD_UNNAMED = f"{REFUND} r.reason = 'dashboard' AND r.refund_id = ''"
REFUND_ACCOUNT = f"""{REFUND} r.account_id <>
    (SELECT p.account_id FROM payments_payment p WHERE p.id = r.payment_id)"""
DISPUTE_WORDS = f"""
    SELECT id, dispute_id, status, is_open FROM payments_dispute
    WHERE is_open = (status IN {CLOSED_WORDS}) OR is_open <> (closed_at IS NULL)"""

# Only gifts that came with an order: pledges and gifts told by other systems count by other rules.
GIFT_STATUS = """
    WITH net AS (
        SELECT donation_id, sum(amount_minor) AS amount FROM campaigns_donationentry
        GROUP BY donation_id)
    SELECT d.id, d.status, n.amount AS counts_for FROM campaigns_donation d
    LEFT JOIN net n ON n.donation_id = d.id
    WHERE ((d.status = 'pending' AND n.amount IS NOT NULL)
            OR (d.status = 'confirmed' AND coalesce(n.amount, 0) <= 0)
            OR (d.status = 'void' AND n.amount <> 0))
        AND EXISTS (SELECT 1 FROM payments_line l WHERE l.donation_id = d.id)"""

CHECKS = (
    Check("I10", "no state is impossible", (
        Rule("boards_hold", "a phase that this kind of hold doesn't have", OFF_THE_DRAWING),
        Rule("boards_hold", "it is over, and still has tiles", ENDED_WITH_TILES),
        Rule("boards_hold", "it has no tiles, and isn't over", NO_TILES),
        Rule("boards_hold", "its end and its phase disagree", ENDED_WHEN),
        Rule("boards_hold", "no deadline", NO_DEADLINE),
        Rule("boards_hold", "being paid without an open order", NO_ORDER),
        Rule("boards_hold", "waiting for a bank that has no payment", NOT_PROCESSING),
        Rule("boards_claim", "ended without a reason, or the reverse", UNREASONED),
        Rule("payments_checkout", "open, though nobody can pay for it", OPEN_FOR_NOTHING),
        Rule("payments_checkout", "its state and its payments disagree", PAID_BY_NOBODY),
        Rule("payments_checkout", "paid to another organization", MISATTRIBUTED),
        Rule("payments_attempt", "unresolved, though its order is closed", UNRESOLVED_CLOSED),
        Rule("payments_attempt", "open without a session", OPEN_NOWHERE),
        Rule("payments_attempt", "a second one open for its order", TWO_OPEN),
        Rule("payments_attempt", "its state and its payment's disagree", ATTEMPT_AND_PAYMENT),
        Rule("payments_payment", "paid without a date, or the reverse", PAYMENT_TIME),
        Rule("payments_payment", "taken by another account than agreed", ACCOUNTS),
        Rule("payments_refund", "succeeded without saying when and how", DONE_UNSAID),
        Rule("payments_refund", "sent without saying when", SENT_UNSAID),
        Rule("payments_refund", "not sent, and yet with an id of Stripe's", DUE_AND_SENT),
        Rule("payments_refund", "made in the dashboard without an id", DASHBOARD_UNNAMED),
        Rule("payments_refund", "sent from another account than paid", REFUND_ACCOUNT),
        Rule("payments_dispute", "its status and being open disagree", DISPUTE_WORDS),
        Rule("campaigns_donation", "its status and its entries disagree", GIFT_STATUS),
    )),
)  # fmt: skip
