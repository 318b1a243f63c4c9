"""What a check is made of: questions in SQL that have no answer while all is well."""

from collections.abc import Callable
from dataclasses import dataclass

CYCLE_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Engine:
    """What the two databases say differently. `cycle` is how long work may wait, in seconds."""

    vendor: str
    cycle: int = CYCLE_SECONDS

    def cycle_ago(self, offset: str = "0") -> str:
        """The instant one cycle ago, by a clock that runs `offset` (SQL, seconds) ahead."""
        if self.vendor == "postgresql":
            return f"(statement_timestamp() + ({offset} - {self.cycle}) * interval '1 second')"
        return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', ({offset} - {self.cycle}) || ' seconds')"

    def not_whole(self, column: str) -> str:
        """True for anything but a whole number or nothing; only SQLite would keep such a thing."""
        if self.vendor == "postgresql":
            return "false"
        return f"typeof({column}) NOT IN ('integer', 'null')"


Text = str | Callable[[Engine], str]


@dataclass(frozen=True, slots=True)
class Rule:
    """One statement that answers the rows of `table` which break it.

    Its first column is the row's id, the others are facts for whoever looks into it.
    """

    table: str
    breaks: str
    sql: Text

    def text(self, engine: Engine) -> str:
        """The statement for this database."""
        return self.sql if isinstance(self.sql, str) else self.sql(engine)


@dataclass(frozen=True, slots=True)
class Check:
    """An invariant by its number in docs/audit.md."""

    id: str
    title: str
    rules: tuple[Rule, ...]


# Parts that several rules share -----------------------------------------------------------------

PAID_STATUSES = "('paid', 'partly_lost', 'lost')"

# What was given up of each line. A debt that the supporter traded for something else came back
# to its line; one that somebody paid by hand in Stripe's dashboard did not.
GONE = """gone AS (
    SELECT rl.line_id, sum(rl.amount_minor) AS gift, sum(rl.fee_share_minor) AS fee
    FROM payments_refundline rl JOIN payments_refund r ON r.id = rl.refund_id
    WHERE r.status <> 'canceled'
    GROUP BY rl.line_id)"""

# What was promised back of each line, also by a debt that somebody then paid by hand.
PROMISED = """promised AS (
    SELECT rl.line_id, sum(rl.amount_minor + rl.fee_share_minor) AS amount
    FROM payments_refundline rl GROUP BY rl.line_id)"""

# Who paid for an order: a payment through Stripe, or cash that somebody vouched for. Cash that
# nobody has counted yet has sold its tiles, too: its order stays open until somebody does.
BACKED = f"""backed AS (
    SELECT checkout_id, count(*) AS payments FROM payments_payment
    WHERE status = 'paid' GROUP BY checkout_id
    UNION ALL
    SELECT id, 1 FROM payments_checkout
    WHERE method = 'offline' AND (status IN {PAID_STATUSES} OR status = 'open'))"""
