"""What the simulated Stripe believes, for comparing with what the application believes."""

from __future__ import annotations

from payments.simulator.simulator import Simulator
from payments.simulator.wire import Json

_SESSION = (
    "id", "status", "payment_status", "amount_total", "currency", "client_reference_id",
    "payment_intent", "metadata", "created", "expires_at",
)  # fmt: skip
_SUMS = {
    "captured_cents": (
        "amount_captured", "kind = 'charge' AND json_extract(body, '$.status') = 'succeeded'",
    ),
    "refunded_cents": (
        "amount",
        "kind = 'refund' AND json_extract(body, '$.status') IN ('succeeded', 'pending')",
    ),
    "disputed_cents": ("amount", "kind = 'dispute' AND json_extract(private, '$.withdrawn')"),
}  # fmt: skip


def totals(sim: Simulator) -> Json:
    """Captured, refunded and disputed money, and every session, oldest first."""
    with sim.store.transaction():
        answer: Json = {"by_currency": {}}
        for name, (column, where) in _SUMS.items():
            rows = sim.store.rows(
                f"SELECT json_extract(body, '$.currency'), sum(json_extract(body, '$.{column}'))"
                f" FROM objects WHERE {where} GROUP BY 1"
            )
            answer[name] = sum(amount for _, amount in rows)
            for currency, amount in rows:
                answer["by_currency"].setdefault(currency, dict.fromkeys(_SUMS, 0))[name] = amount
        records = sim.store.select("kind = 'checkout.session'", (), "seq")
        answer["sessions"] = [
            {**{name: record.body[name] for name in _SESSION}, "account": record.account or None}
            for record in records
        ]
        return answer
