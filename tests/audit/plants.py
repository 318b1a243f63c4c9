"""One row that breaks each rule of each check."""

from collections.abc import Callable

from tests.audit.breaking import Breaker

Plant = tuple[str, str, str, Callable[[Breaker], object]]
LONG_AGO = "2020-01-01 00:00:00+00:00"
NOW = "2099-01-01 00:00:00+00:00"
EVENT, OUTBOX, GIFT = "payments_stripeevent", "accounts_outboxevent", "campaigns_donation"
CLAIM, HOLD, ORDER, LINE = "boards_claim", "boards_hold", "payments_checkout", "payments_line"
ATTEMPT, PAYMENT, REFUND = "payments_attempt", "payments_payment", "payments_refund"
PART, DISPUTE, BOARD, GOAL = "payments_refundline", "payments_dispute", "boards_board", (
    "campaigns_goal"
)  # fmt: skip
ENTRY, BOOKING, SIDE = "campaigns_donationentry", "payments_ledgertransaction", (
    "payments_ledgerentry"
)  # fmt: skip


def _processing_gone(b: Breaker) -> None:
    b.delete(PAYMENT, b.first(PAYMENT, "status = 'processing'"))


def _delivered_twice(b: Breaker) -> None:
    b.lift("accounts_webhookdelivery")
    for key in (1, 2):
        b.run(
            "INSERT INTO accounts_webhookdelivery (id, public_id, endpoint_id, event_id,"
            " message_id, kind, key, body, state, attempts, error, next_at, created_at)"
            f" SELECT {key}, '{key}', 1, 1, 'm', 'tile.sold', 'k', '', 'waiting', 0, '',"
            " created_at, created_at"
            " FROM accounts_outboxevent ORDER BY id LIMIT 1"
        )


def _unasked(b: Breaker) -> None:
    b.delete("payments_stafftask", b.task())


def _version(b: Breaker) -> None:
    b.run(f"UPDATE {BOARD} SET version = version + 1 WHERE id = {b.board}")


PLANTS: tuple[Plant, ...] = (
    ("I1", "boards_tile", "more than one live claim", lambda b: b.copy(CLAIM, b.claim("paid"))),
    ("I1", CLAIM, "names another tile", lambda b: b.set(CLAIM, b.claim("paid"), number=59)),
    ("I2", CLAIM, "without a payment", lambda b: b.set(PAYMENT, b.payment("paid"),
                                                         status="failed")),
    ("I2", CLAIM, "more than one payment", lambda b: b.copy(PAYMENT, b.payment("paid"))),
    ("I2", CLAIM, "given away", lambda b: b.set(HOLD, b.hold("paid"), kind="comp")),
    ("I2", LINE, "another hold", lambda b: b.set(CLAIM, b.claim("paid"), hold_id=b.hold("late"))),
    ("I4", ORDER, "don't explain", lambda b: b.set(PAYMENT, b.payment("paid"), amount_minor=1)),
    ("I4", ORDER, "don't explain", lambda b: b.set(LINE, b.line("paid"), fee_share_minor=0)),
    ("I4", ORDER, "don't explain", lambda b: b.set(CLAIM, b.claim("paid"), ended_at=LONG_AGO)),
    ("I4", ORDER, "don't explain", lambda b: b.set(REFUND, b.refund("pending"), status="canceled")),
    ("I4", ORDER, "don't explain", lambda b: b.set(DISPUTE, b.dispute("disputed lost"),
                                                   withdrawn_minor=0)),
    ("I4", ORDER, "don't explain", lambda b: b.set(
        BOOKING, b.first(BOOKING, "kind = 'capture'"), checkout_id=b.order("paying"))),
    ("I5", BOOKING, "doesn't sum to zero", lambda b: b.copy(SIDE, b.first(SIDE))),
    ("I5", GOAL, "isn't the sum of its entries", lambda b: b.set(GOAL, b.traffic.board.goal_id,
                                                                 raised_minor=1)),
    ("I5", GOAL, "promised isn't the sum", lambda b: b.set(GOAL, b.traffic.board.goal_id,
                                                           pending_minor=1)),
    ("I5", GOAL, "promised isn't the sum", lambda b: b.run(
        f"UPDATE {GOAL} SET pending_minor = pending_minor + 1 WHERE kind = 'campaign'")),
    ("I5", ORDER, "counted and gifts booked", lambda b: b.copy(ENTRY, b.first(ENTRY))),
    ("I5", BOOKING, "for no order", lambda b: b.set(
        BOOKING, b.first(BOOKING, "kind = 'capture'"), checkout_id=None)),
    ("I6", PAYMENT, "don't fit", lambda b: b.set(PAYMENT, b.payment("paid"), refunded_minor=1)),
    ("I6", LINE, "exceed a line", lambda b: b.set(PART, b.first(PART), amount_minor=10**6)),
    ("I6", REFUND, "isn't the sum", lambda b: b.set(PART, b.first(PART), amount_minor=0)),
    ("I6", PART, "another order's", lambda b: b.set(PART, b.first(PART),
                                                    line_id=b.line("paid"))),
    ("I7", LINE, "still sold", lambda b: b.set(REFUND, b.refund("kept"), reopen=True)),
    ("I7", CLAIM, "without being paid back", lambda b: b.set(
        CLAIM, b.claim("paid"), ended_at=LONG_AGO, ended="returned")),
    ("I8", EVENT, "event_id", lambda b: b.copy(EVENT, b.first(EVENT))),
    ("I8", ATTEMPT, "session_id", lambda b: b.copy(ATTEMPT, b.attempt("paid"))),
    ("I8", PAYMENT, "payment_intent", lambda b: b.copy(PAYMENT, b.payment("paid"), charge="")),
    ("I8", PAYMENT, "charge", lambda b: b.copy(PAYMENT, b.payment("paid"), payment_intent="x")),
    ("I8", REFUND, "refund_id", lambda b: b.copy(REFUND, b.refund("refunded"))),
    ("I8", DISPUTE, "dispute_id", lambda b: b.copy(DISPUTE, b.first(DISPUTE))),
    ("I10", HOLD, "doesn't have", lambda b: b.set(HOLD, b.first(HOLD, "kind = 'block'"),
                                                  phase="paying")),
    ("I10", HOLD, "still has tiles", lambda b: b.set(HOLD, b.hold("paid"), phase="expired")),
    ("I10", HOLD, "has no tiles", lambda b: b.set(HOLD, b.hold("refunded"), phase="sold")),
    ("I10", HOLD, "its end", lambda b: b.set(HOLD, b.hold("paid"), ended_at=LONG_AGO)),
    ("I10", HOLD, "no deadline", lambda b: b.set(HOLD, b.hold("paying"), expires_at=None)),
    ("I10", HOLD, "without an open order", lambda b: b.set(ORDER, b.order("paying"),
                                                           status="closed")),
    ("I10", HOLD, "waiting for a bank", _processing_gone),
    ("I10", CLAIM, "without a reason", lambda b: b.set(CLAIM, b.claim("paid"), ended="lost")),
    ("I10", ORDER, "nobody can pay", lambda b: b.set(HOLD, b.hold("paying"), phase="browsing")),
    ("I10", ORDER, "payments disagree", lambda b: b.set(ORDER, b.order("paid"), status="closed")),
    ("I10", ORDER, "payments disagree", lambda b: b.set(ORDER, b.order("paid"), paid_at=None)),
    ("I10", ORDER, "another organization", lambda b: b.run(
        "UPDATE payments_stripeaccount SET organization_id = organization_id - 1")),
    ("I10", ATTEMPT, "unresolved", lambda b: b.set(ATTEMPT, b.attempt("paid"), status="open")),
    ("I10", ATTEMPT, "without a session", lambda b: b.set(ATTEMPT, b.attempt("paying"),
                                                          session_id="")),
    ("I10", ATTEMPT, "a second one", lambda b: b.copy(ATTEMPT, b.attempt("paying"))),
    ("I10", ATTEMPT, "its payment's", lambda b: b.set(ATTEMPT, b.attempt("paid"),
                                                      status="expired")),
    ("I10", PAYMENT, "without a date", lambda b: b.set(PAYMENT, b.payment("paid"), paid_at=None)),
    ("I10", PAYMENT, "another account", lambda b: b.set(PAYMENT, b.payment("paid"),
                                                        account_id=0)),
    ("I10", REFUND, "when and how", lambda b: b.set(REFUND, b.refund("refunded"), done_at=None)),
    ("I10", REFUND, "sent without saying", lambda b: b.set(REFUND, b.refund("pending"),
                                                           sent_at=None)),
    ("I10", REFUND, "not sent, and yet", lambda b: b.set(REFUND, b.refund("late"),
                                                         refund_id="re_x")),
    ("I10", REFUND, "without an id", lambda b: b.set(REFUND, b.refund("dashboard"),
                                                     refund_id="")),
    ("I10", REFUND, "another account", lambda b: b.set(REFUND, b.refund("refunded"),
                                                       account_id=0)),
    ("I10", DISPUTE, "being open", lambda b: b.set(DISPUTE, b.dispute("disputed"), status="won")),
    ("I10", GIFT, "its entries", lambda b: b.set(GIFT, b.gift("paid"), status="void")),
    ("I10", GIFT, "its entries", lambda b: b.set(GIFT, b.gift("refunded"), status="confirmed")),
    ("I10", GIFT, "its entries", lambda b: b.set(GIFT, b.gift("paid"), status="pending")),
    *(
        ("I15", table, "currencies", (lambda b, t=table: b.set(t, b.first(t), currency="EUR")))
        for table in (BOARD, GIFT, ORDER, PAYMENT, REFUND, DISPUTE, SIDE)
    ),
    ("I15", CLAIM, "currencies", lambda b: b.set(HOLD, b.hold("paid"), currency="EUR")),
    ("I15", LINE, "currencies", lambda b: b.set(GIFT, b.gift("paid"), currency="EUR")),
    *(
        ("I16", table, "can't be", (lambda b, t=table, c=column: b.set(t, b.first(t), **{c: -5})))
        for table, column in (
            (BOARD, "unit_minor"), ("boards_tile", "price_minor"), (CLAIM, "price_minor"),
            (GOAL, "amount_minor"), (GIFT, "amount_minor"), (ORDER, "cover_minor"),
            (LINE, "fee_share_minor"), (PAYMENT, "fee_minor"), (REFUND, "amount_minor"),
            (PART, "fee_share_minor"), (DISPUTE, "withdrawn_minor"),
        )
    ),
    *(
        ("I16", table, "can't be", (lambda b, t=table: b.set(t, b.first(t), amount_minor=0)))
        for table in (ENTRY, SIDE)
    ),
    ("I16", PAYMENT, "doesn't have", lambda b: b.set(PAYMENT, b.payment("paid"), currency="ISK",
                                                     amount_minor=3_650)),
    ("I16", PAYMENT, "doesn't have", lambda b: b.set(PAYMENT, b.payment("paid"), currency="KWD",
                                                     amount_minor=3_605)),
    ("I17", BOARD, "don't make the board", lambda b: b.delete(
        "boards_tile", b.first("boards_tile", f"board_id = {b.board} AND number = 50"))),
    ("I17", BOARD, "don't make the board", lambda b: b.copy(CLAIM, b.claim("paid"))),
    ("I17", GOAL, "below zero", lambda b: b.set(GOAL, b.traffic.board.goal_id, raised_minor=-1)),
    ("I17", BOARD, "number of changes", _version),
    ("I20", DISPUTE, "was freed", lambda b: b.set(CLAIM, b.claim("disputed"), ended_at=NOW)),
    ("I20", DISPUTE, "is locked", lambda b: b.copy(
        REFUND, b.refund("late"), payment_id=b.payment("disputed"), reason="requested",
        created_at=NOW)),
    ("I20", DISPUTE, "exactly once", lambda b: b.copy(
        ENTRY, b.first(ENTRY, "kind = 'dispute_lost'"))),
    ("I20", DISPUTE, "exactly once", lambda b: b.set(DISPUTE, b.dispute("disputed won"),
                                                     status="lost")),
    ("I21", GIFT, "several orders", lambda b: b.run(
        "UPDATE campaigns_donation SET receipt_number = 7 WHERE receipt_number IS NOT NULL")),
    ("I21", ORDER, "several receipt", lambda b: b.set(
        GIFT, b.one(f"SELECT max(donation_id) FROM payments_line"
                    f" WHERE checkout_id = {b.order('two boards')}"), receipt_number=999)),
    ("I21", OUTBOX, "more than once", lambda b: b.copy(OUTBOX, b.first(OUTBOX))),
    ("I21", ORDER, "nobody was told", lambda b: b.delete(
        OUTBOX, b.first(OUTBOX, "kind = 'gift.paid'"))),
    ("I21", OUTBOX, "isn't paid", lambda b: b.copy(
        OUTBOX, b.first(OUTBOX, "kind = 'gift.paid'"), key="another")),
    ("I21", "accounts_webhookdelivery", "twice", _delivered_twice),
    ("I24", EVENT, "not acted on", lambda b: b.set(EVENT, b.first(EVENT), processed_at=None,
                                                   received_at=LONG_AGO)),
    ("I24", OUTBOX, "not told", lambda b: b.set(OUTBOX, b.first(OUTBOX), done_at=None,
                                                created_at=LONG_AGO)),
    ("I24", REFUND, "due for more", lambda b: b.set(
        REFUND, b.refund("late"), not_before=LONG_AGO, created_at=LONG_AGO)),
    ("I24", REFUND, "without an answer", lambda b: b.set(REFUND, b.refund("pending"),
                                                         refund_id="", sent_at=LONG_AGO)),
    ("I24", ATTEMPT, "past its end", lambda b: b.set(ATTEMPT, b.attempt("paying"),
                                                     expires_at=LONG_AGO)),
    ("I24", ATTEMPT, "past its end", lambda b: b.set(ATTEMPT, b.attempt("paying"),
                                                     status="created", created_at=LONG_AGO)),
    ("I24", HOLD, "every attempt is dead", lambda b: b.set(ATTEMPT, b.attempt("paying"),
                                                           status="dead")),
    ("I24", EVENT, "never asked", _unasked),
    ("I24", REFUND, "never asked", lambda b: b.delete("payments_stafftask", b.first(
        "payments_stafftask", "kind = 'failed_refund'"))),
)  # fmt: skip
