"""Very many sold tiles at once, by SQL: what a site looks like after years, in seconds.

Order i has tiles 3i-2 .. 3i, each at ten dollars; one order in twenty has five dollars of it paid
back. Every rule of the audit holds for what is made. Nothing here asks for rights: it is for
scratch databases and sandboxes that are made for it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

PART = "WHERE i % 20 = 0"
PRICE, BACK, FEE = 1000, 500, 117
# Tables whose rows are named by others, and how many rows of them an order or tile makes.
NAMED = (
    "accounts_person", "boards_board", "boards_tile", "boards_hold", "boards_claim",
    "payments_checkout", "campaigns_donation", "payments_line", "payments_attempt",
    "payments_payment", "payments_refund", "payments_ledgertransaction",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Crowd:
    """How many, for whom, and above which keys.

    `goal` and `person` are SQL over the order's number `i`. `above` holds for each table of
    NAMED the key that the first row follows; `tag` makes references unique in the database.
    """

    orders: int
    boards: int
    size: int
    organization: int
    campaign: int
    account: int
    campaign_goal: int
    goals: tuple[int, int]
    totals: tuple[int, ...]
    person: str = "1"
    tag: str = ""
    when: str = "2026-01-02 03:04:05.678901+00:00"
    above: Mapping[str, int] = field(default_factory=dict)

    @property
    def goal(self) -> str:
        """The goal of order `i`: each of the fundraisers' in turn. (first key, how many)"""
        first, count = self.goals
        return f"{first} + (i % {count})"

    def key(self, table: str, number: str = "i") -> str:
        """The key of a table's row by its number."""
        return f"{self.above.get(table, 0)} + {number}"


def insert(table: str, most: int, **columns: str) -> str:
    """One row for each number; columns without a default are given as SQL over `i`."""
    names, values = ", ".join(columns), ", ".join(columns.values())
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {most})"
    return f"INSERT INTO {table} ({names}) {numbers} SELECT {values} FROM n"


def statements(crowd: Crowd) -> Iterator[tuple[str, str]]:
    """A word for what comes, and the statement that makes it; what is pointed at comes first."""
    parts = (
        ("boards", _boards), ("orders", _orders), ("payments", _payments), ("gifts", _gifts),
        ("books", _ledger), ("messages", _told), ("totals", _totals),
    )  # fmt: skip
    for word, part in parts:
        for statement in part(crowd):
            yield word, statement


def people(crowd: Crowd, most: int) -> str:
    """So many supporters, plainly named."""
    return insert(
        "accounts_person", most, id=crowd.key("accounts_person"),
        public_id=f"'{crowd.tag}p' || i", organization_id=str(crowd.organization),
        first_name="'Supporter'", last_name="'No. ' || i", name_key="'supporter no. ' || i",
        email="'supporter' || i || '@example.com'", phone="''", language="'en'",
    )  # fmt: skip


def _board(crowd: Crowd) -> str:
    return crowd.key("boards_board", f"(i - 1) / {crowd.size} + 1")


def _boards(crowd: Crowd) -> list[str]:
    t, when, size, claims = crowd.tag, f"'{crowd.when}'", crowd.size, 3 * crowd.orders
    hold = crowd.key("boards_hold", "(i - 1) / 3 + 1")
    first = crowd.above.get("boards_board", 0)
    return [
        insert("boards_board", crowd.boards, id=crowd.key("boards_board"),
               public_id=f"'{t}b' || i", campaign_id=str(crowd.campaign),
               goal_id=str(crowd.campaign_goal), title="'Board ' || i", position="i", min_num="1",
               max_num=str(size), columns="10", currency="'USD'", price_model="'flat'",
               unit_minor=str(PRICE), bands="'[]'", version="0", layout="1", is_open="i > 0",
               hold_seconds="900", locked_at=when, created_at=when, modified_at=when),
        insert("boards_tile", crowd.boards * size, id=crowd.key("boards_tile"),
               board_id=_board(crowd), number=f"(i - 1) % {size} + 1", price_minor=str(PRICE),
               sponsor_name="''", sponsor_url="''"),
        insert("boards_hold", crowd.orders, id=crowd.key("boards_hold"), reference=f"'{t}h' || i",
               organization_id=str(crowd.organization), currency="'USD'",
               token_hash=f"'{t}t' || i", kind="'basket'", phase="'sold'", extensions="0",
               note="''"),
        insert("boards_claim", claims, id=crowd.key("boards_claim"), board_id=_board(crowd),
               tile_id=crowd.key("boards_tile"), number=f"(i - 1) % {size} + 1", hold_id=hold,
               price_minor=str(PRICE), ended="''"),
        insert("boards_boardchange", claims, board_id=_board(crowd),
               version=f"(i - 1) % {size} + 1", hold_id=hold, numbers="'[1, 2, 3]'"),
        f"""UPDATE boards_board SET version = (
            SELECT count(*) FROM boards_boardchange c WHERE c.board_id = boards_board.id)
            WHERE id > {first} AND id <= {first + crowd.boards}""",
    ]  # fmt: skip


def _orders(crowd: Crowd) -> list[str]:
    t, when, order = crowd.tag, f"'{crowd.when}'", "(i - 1) / 3 + 1"
    first, count = crowd.goals
    return [
        insert("payments_checkout", crowd.orders, id=crowd.key("payments_checkout"),
               reference=f"'{t}k' || i", hold_id=crowd.key("boards_hold"),
               person_id=crowd.person, account_id=str(crowd.account), method="'stripe'",
               status="'paid'", currency="'USD'", net_minor=str(3 * PRICE), cover_minor="0",
               total_minor=str(3 * PRICE), request_digest="''", paid_at=when),
        insert("campaigns_donation", crowd.orders, id=crowd.key("campaigns_donation"),
               public_id=f"'{t}d' || i", campaign_id=str(crowd.campaign), goal_id=crowd.goal,
               person_id=crowd.person, status="'confirmed'", payment_type="'Credit_Card'",
               amount_minor=str(3 * PRICE), currency="'USD'", is_verified="i > 0",
               is_fulfilled="i > 0", display_name="'A supporter'", shown_as="'name'",
               hide_amount="i < 0", message="''", image_url="''", is_corporate="i < 0",
               do_not_sync="i < 0", paid_at=when, receipt_number="i", note="''",
               void_reason="''", request_key="''", shown_key="'a supporter'",
               created_at=when, modified_at=when),
        insert("payments_line", 3 * crowd.orders, id=crowd.key("payments_line"),
               checkout_id=crowd.key("payments_checkout", order), kind="'tile'",
               claim_id=crowd.key("boards_claim"),
               goal_id=f"{first} + (({order}) % {count})",
               donation_id=crowd.key("campaigns_donation", order), amount_minor=str(PRICE),
               fee_share_minor="0"),
    ]  # fmt: skip


def _payments(crowd: Crowd) -> list[str]:
    t, when, account = crowd.tag, f"'{crowd.when}'", str(crowd.account)
    return [
        insert("payments_attempt", crowd.orders, id=crowd.key("payments_attempt"),
               reference=f"'{t}a' || i", checkout_id=crowd.key("payments_checkout"),
               account_id=account, key=f"'{t}key' || i", params="'{}'", status="'complete'",
               session_id=f"'cs_test_{t}' || i", url="''", expires_at=when, note="''"),
        insert("payments_payment", crowd.orders, id=crowd.key("payments_payment"),
               checkout_id=crowd.key("payments_checkout"),
               attempt_id=crowd.key("payments_attempt"), account_id=account,
               payment_intent=f"'pi_{t}' || i", charge=f"'ch_{t}' || i", status="'paid'",
               amount_minor=str(3 * PRICE), currency="'USD'", fee_minor=str(FEE),
               refunded_minor=f"CASE WHEN i % 20 = 0 THEN {BACK} ELSE 0 END",
               refunding_minor="0", paid_at=when),
        insert("payments_refund", crowd.orders, id=crowd.key("payments_refund"),
               reference=f"'{t}r' || i", payment_id=crowd.key("payments_payment"),
               account_id=account, status="'succeeded'", reason="'requested'",
               amount_minor=str(BACK), currency="'USD'", reopen="i > 0",
               refund_id=f"'re_{t}' || i", tries="1", choice="''", note="''", request_key="''",
               sent_at=when, done_at=when) + f" {PART}",
        insert("payments_refundline", crowd.orders, refund_id=crowd.key("payments_refund"),
               line_id=crowd.key("payments_line", "3 * i"), amount_minor=str(BACK),
               fee_share_minor="0") + f" {PART}",
    ]  # fmt: skip


def _gifts(crowd: Crowd) -> list[str]:
    given = {"donation_id": crowd.key("campaigns_donation"), "goal_id": crowd.goal}
    return [
        insert("campaigns_donationentry", crowd.orders, **given, kind="'gift'",
               amount_minor=str(3 * PRICE), reference=f"'gift:{crowd.tag}' || i", at=_at(crowd)),
        insert("campaigns_donationentry", crowd.orders, **given, kind="'refund'",
               amount_minor=str(-BACK), reference=f"'refund:{crowd.tag}' || i", at=_at(crowd))
        + f" {PART}",
    ]  # fmt: skip


def _at(crowd: Crowd) -> str:
    return f"'{crowd.when}'"


def _told(crowd: Crowd) -> list[str]:
    t, when = crowd.tag, _at(crowd)
    return [
        insert("accounts_outboxevent", crowd.orders, kind="'gift.paid'", key=f"'{t}k' || i",
               organization_id=str(crowd.organization), facts="'{}'", done_at=when, attempts="1",
               error="''"),
        insert("payments_stripeevent", crowd.orders, event_id=f"'evt_{t}' || i", account_id="''",
               livemode="i < 0", type="'checkout.session.completed'",
               object_id=f"'cs_test_{t}' || i", api_version="''", body="'{}'", digest="''",
               processed_at=when, attempts="0", error="''", parked="''"),
    ]  # fmt: skip


def _ledger(crowd: Crowd) -> Iterator[str]:
    """Capture, fee, and for some a refund: due and paid."""
    table = "payments_ledgertransaction"
    kinds = (
        (0, "capture", "", (("provider", 3 * PRICE), ("gifts", -3 * PRICE))),
        (1, "fee", "", (("processor_fee", FEE), ("provider", -FEE))),
        (2, "refund_due", PART, (("gifts", BACK), ("refund_due", -BACK))),
        (3, "refund", PART, (("refund_due", BACK), ("provider", -BACK))),
    )
    for index, kind, some, sides in kinds:
        key = crowd.key(table, f"i + {index * crowd.orders}")
        yield insert(table, crowd.orders, id=key, reference=f"'{kind}:{crowd.tag}' || i",
                     kind=f"'{kind}'", organization_id=str(crowd.organization),
                     checkout_id=crowd.key("payments_checkout")) + f" {some}"  # fmt: skip
        for account, amount in sides:
            yield insert("payments_ledgerentry", crowd.orders, transaction_id=key,
                         account=f"'{account}'", currency="'USD'",
                         amount_minor=str(amount)) + f" {some}"  # fmt: skip


def _totals(crowd: Crowd) -> list[str]:
    first, count = crowd.goals
    whole = ", ".join(map(str, crowd.totals))
    return [
        f"""UPDATE campaigns_goal SET raised_minor = coalesce((SELECT sum(amount_minor)
            FROM campaigns_donationentry e WHERE e.goal_id = campaigns_goal.id), 0)
            WHERE id >= {first} AND id < {first + count}""",
        f"""UPDATE campaigns_goal SET raised_minor = (SELECT sum(amount_minor)
            FROM campaigns_donationentry e
            WHERE e.goal_id >= {first} AND e.goal_id < {first + count}) WHERE id IN ({whole})""",
    ]
