"""Nothing waits longer than it should: what a sweep would have done by now is done."""

from payments.audit.rules import Check, Engine, Rule


def _events(engine: Engine) -> str:
    return f"""
        SELECT id, event_id, type, attempts, error, received_at FROM payments_stripeevent
        WHERE processed_at IS NULL AND received_at <= {engine.cycle_ago()}"""


def _outbox(engine: Engine) -> str:
    return f"""
        SELECT id, kind, key, attempts, error, created_at FROM accounts_outboxevent
        WHERE done_at IS NULL AND created_at <= {engine.cycle_ago()}"""


def _due(engine: Engine) -> str:
    return f"""
        SELECT r.id, r.reference, r.amount_minor, r.not_before, r.tries
        FROM payments_refund r JOIN payments_stripeaccount a ON a.id = r.account_id
        JOIN accounts_organization o ON o.id = a.organization_id
        WHERE r.status = 'due' AND r.created_at <= {engine.cycle_ago()} AND (
            r.not_before IS NULL OR r.not_before <= {engine.cycle_ago("o.clock_offset_s")})"""


def _unanswered(engine: Engine) -> str:
    return f"""
        SELECT id, reference, amount_minor, tries, sent_at FROM payments_refund
        WHERE status = 'sent' AND refund_id = '' AND sent_at <= {engine.cycle_ago()}"""


def _overdue(engine: Engine) -> str:
    return f"""
        SELECT t.id, t.reference, t.status, t.expires_at
        FROM payments_attempt t JOIN payments_checkout k ON k.id = t.checkout_id
        JOIN boards_hold h ON h.id = k.hold_id JOIN accounts_organization o
            ON o.id = h.organization_id
        WHERE t.status IN ('created', 'open') AND (
            t.expires_at <= {engine.cycle_ago("o.clock_offset_s")}
            OR (t.status = 'created' AND t.created_at <= {engine.cycle_ago("-240")}))"""


DEAD = """
    SELECT h.id, h.reference, h.expires_at FROM boards_hold h
    WHERE h.phase = 'paying' AND NOT EXISTS (
        SELECT 1 FROM payments_checkout k JOIN payments_attempt a ON a.checkout_id = k.id
        WHERE k.hold_id = h.id AND a.status IN ('created', 'open'))"""

# A task is about the event itself, or about the thing of Stripe's that didn't fit.
PARKED = """
    SELECT e.id, e.event_id, e.type, e.parked FROM payments_stripeevent e
    WHERE e.parked <> '' AND e.type <> 'test_helpers.test_clock.ready' AND NOT EXISTS (
        SELECT 1 FROM payments_stafftask t
        WHERE t.key = e.event_id OR t.key = e.object_id
            OR t.key = e.object_id || ':' || e.parked)
    AND NOT EXISTS (
        SELECT 1 FROM payments_payment p JOIN payments_refund r ON r.payment_id = p.id
        JOIN payments_stafftask t ON t.key = r.refund_id
        WHERE p.charge = e.object_id AND p.charge <> '' AND r.refund_id <> '')"""

FAILED = """
    SELECT r.id, r.reference, r.amount_minor, r.note FROM payments_refund r
    WHERE r.status = 'failed' AND NOT EXISTS (
        SELECT 1 FROM payments_stafftask t WHERE t.kind = 'failed_refund'
            AND t.object_type = 'payments.refund' AND t.object_id = CAST(r.id AS varchar(20)))"""

CHECKS = (
    Check("I24", "nothing waits for ever", (
        Rule("payments_stripeevent", "not acted on for more than a cycle", _events),
        Rule("accounts_outboxevent", "not told for more than a cycle", _outbox),
        Rule("payments_refund", "due for more than a cycle", _due),
        Rule("payments_refund", "sent without an answer for more than a cycle", _unanswered),
        Rule("payments_attempt", "past its end and not resolved", _overdue),
        Rule("boards_hold", "being paid, and every attempt is dead", DEAD),
        Rule("payments_stripeevent", "parked, and staff was never asked", PARKED),
        Rule("payments_refund", "failed, and staff was never asked", FAILED),
    )),
)  # fmt: skip
