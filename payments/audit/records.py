"""Records: each thing of Stripe's once, one currency per order, sound amounts, one receipt."""

from payments.audit.rules import PAID_STATUSES, Check, Engine, Rule
from rally.kit import money

TENFOLD = ", ".join(f"'{code}'" for code in sorted(money.THREE_DECIMALS))
HUNDREDFOLD = ", ".join(f"'{code}'" for code in sorted(money.WHOLE_UNITS_ONLY))


def _once(table: str, column: str, scope: str = "account_id") -> Rule:
    """Each id of Stripe's stands in one row."""
    sql = f"""
        SELECT min(id) AS id, {scope} AS account, {column}, count(*) AS rows_with_it
        FROM {table} WHERE {column} <> '' GROUP BY {scope}, {column} HAVING count(*) > 1"""
    return Rule(table, f"{column} stands in more than one row", sql)


def _same(table: str, one: str, other: str, joins: str, breaks: str = "currencies differ") -> Rule:
    """Two columns agree wherever rows belong together; `x` is the table itself."""
    sql = f"""
        SELECT x.id, {one} AS own, {other} AS other FROM {table} x {joins}
        WHERE {one} <> {other}"""
    return Rule(table, breaks, sql)


def _amounts(table: str, positive: str = "", natural: str = "", signed: str = "") -> Rule:
    """Amounts are whole numbers: above zero, not below it, or of either sign but not zero."""
    bounds = [(positive, "<= 0"), (natural, "< 0"), (signed, "= 0")]
    columns = [(name, bound) for names, bound in bounds for name in names.split()]

    def sql(engine: Engine) -> str:
        wrong = " OR ".join(
            f"{name} {bound} OR {engine.not_whole(name)}" for name, bound in columns
        )
        shown = ", ".join(name for name, _bound in columns)
        return f"SELECT id, {shown} FROM {table} WHERE {wrong}"

    return Rule(table, "an amount that can't be", sql)


def _steps(table: str, column: str) -> Rule:
    sql = f"""
        SELECT id, currency, {column} FROM {table}
        WHERE (currency IN ({TENFOLD}) AND {column} % 10 <> 0)
            OR (currency IN ({HUNDREDFOLD}) AND {column} % 100 <> 0)"""
    return Rule(table, "an amount this currency doesn't have", sql)


RECEIPT_SHARED = """
    SELECT min(d.id) AS id, c.organization_id AS organization, d.receipt_number AS receipt,
        count(DISTINCT l.checkout_id) AS orders
    FROM campaigns_donation d JOIN campaigns_campaign c ON c.id = d.campaign_id
    JOIN payments_line l ON l.donation_id = d.id
    WHERE d.receipt_number IS NOT NULL GROUP BY c.organization_id, d.receipt_number
    HAVING count(DISTINCT l.checkout_id) > 1"""

RECEIPTS = """
    SELECT l.checkout_id AS id, count(DISTINCT d.receipt_number) AS receipts
    FROM payments_line l JOIN campaigns_donation d ON d.id = l.donation_id
    WHERE d.receipt_number IS NOT NULL GROUP BY l.checkout_id
    HAVING count(DISTINCT d.receipt_number) > 1"""

TOLD_TWICE = """
    SELECT min(id) AS id, kind, key, count(*) AS times FROM accounts_outboxevent
    GROUP BY kind, key HAVING count(*) > 1"""

UNTOLD = f"""
    SELECT k.id, k.reference, k.status FROM payments_checkout k
    WHERE k.method = 'stripe' AND k.status IN {PAID_STATUSES} AND NOT EXISTS (
        SELECT 1 FROM accounts_outboxevent o WHERE o.kind = 'gift.paid' AND o.key = k.reference)"""

TOO_EARLY = f"""
    SELECT o.id, o.key FROM accounts_outboxevent o
    WHERE o.kind = 'gift.paid' AND NOT EXISTS (
        SELECT 1 FROM payments_checkout k
        WHERE k.reference = o.key AND k.status IN {PAID_STATUSES})"""

SENT_TWICE = """
    SELECT min(id) AS id, endpoint_id AS endpoint, key, count(*) AS deliveries
    FROM accounts_webhookdelivery GROUP BY endpoint_id, key HAVING count(*) > 1"""

CAMPAIGN = "JOIN campaigns_campaign y ON y.id = x.campaign_id"
ORDER = "JOIN payments_checkout y ON y.id = x.checkout_id"
PAYMENT = "JOIN payments_payment y ON y.id = x.payment_id"
TO_BOARD = "JOIN boards_board y ON y.id = x.board_id JOIN boards_hold h ON h.id = x.hold_id"


def _agreeing() -> tuple[Rule, ...]:
    pairs = [
        ("boards_board", "x.currency", "y.currency", CAMPAIGN),
        ("campaigns_donation", "x.currency", "y.currency", CAMPAIGN),
        ("boards_claim", "h.currency", "y.currency", TO_BOARD),
        ("payments_checkout", "x.currency", "y.currency",
         "JOIN boards_hold y ON y.id = x.hold_id"),
        ("payments_line", "d.currency", "y.currency",
         f"{ORDER} JOIN campaigns_donation d ON d.id = x.donation_id"),
        ("payments_payment", "x.currency", "y.currency", ORDER),
        ("payments_refund", "x.currency", "y.currency", PAYMENT),
        ("payments_dispute", "x.currency", "y.currency", PAYMENT),
        ("payments_ledgerentry", "x.currency", "k.currency",
         "JOIN payments_ledgertransaction t ON t.id = x.transaction_id "
         "JOIN payments_checkout k ON k.id = t.checkout_id"),
    ]  # fmt: skip
    return tuple(_same(*pair) for pair in pairs)


CHECKS = (
    Check("I8", "each thing of Stripe's is written down once", (
        _once("payments_stripeevent", "event_id"),
        _once("payments_attempt", "session_id"),
        _once("payments_payment", "payment_intent"),
        _once("payments_payment", "charge"),
        _once("payments_refund", "refund_id"),
        _once("payments_dispute", "dispute_id"),
    )),
    Check("I15", "an order has one currency, down to its ledger", _agreeing()),
    Check("I16", "amounts are whole, never negative, and payable", (
        _amounts("boards_board", positive="unit_minor"),
        _amounts("boards_tile", positive="price_minor"),
        _amounts("boards_claim", positive="price_minor"),
        _amounts("campaigns_goal", natural="amount_minor"),
        _amounts("campaigns_donation", positive="amount_minor"),
        _amounts("campaigns_donationentry", signed="amount_minor"),
        _amounts("payments_checkout", positive="net_minor total_minor", natural="cover_minor"),
        _amounts("payments_line", positive="amount_minor", natural="fee_share_minor"),
        _amounts("payments_payment", positive="amount_minor",
                 natural="refunded_minor refunding_minor fee_minor"),
        _amounts("payments_refund", positive="amount_minor"),
        _amounts("payments_refundline", natural="amount_minor fee_share_minor"),
        _amounts("payments_dispute", natural="amount_minor withdrawn_minor fee_minor"),
        _amounts("payments_ledgerentry", signed="amount_minor"),
        _steps("payments_payment", "amount_minor"),
    )),
    Check("I21", "receipts, mails and webhooks go out once, after the fact", (
        Rule("campaigns_donation", "a receipt number of several orders", RECEIPT_SHARED),
        Rule("payments_checkout", "an order with several receipt numbers", RECEIPTS),
        Rule("accounts_outboxevent", "told more than once", TOLD_TWICE),
        Rule("payments_checkout", "a paid order nobody was told of", UNTOLD),
        Rule("accounts_outboxevent", "told of an order that isn't paid", TOO_EARLY),
        Rule("accounts_webhookdelivery", "a message goes to an address twice", SENT_TWICE),
    )),
)  # fmt: skip
