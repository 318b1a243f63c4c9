"""I10: nothing goes backwards, except where the promise says so."""

from django.db import connection

# What each state may become between two looks; several moves may lie between them.
MAY: dict[str, dict[str, set[str]]] = {
    "payments_attempt": {
        "created": {"open", "complete", "expired", "dead"},
        "open": {"complete", "expired", "dead"},
        "complete": {"dead"},
        "expired": {"complete", "dead"},
        "dead": {"complete"},
    },
    "payments_checkout": {
        "open": {"paid", "partly_lost", "lost", "closed"},
        "closed": {"paid", "partly_lost", "lost", "open"},
        "lost": {"paid", "partly_lost"},
        "partly_lost": {"paid", "lost"},
        "paid": set(),
    },
    "payments_payment": {"processing": {"paid", "failed"}, "failed": set(), "paid": set()},
    "payments_refund": {
        "due": {"sent", "succeeded", "failed", "canceled"},
        "sent": {"succeeded", "failed", "due", "canceled"},
        # Canceled only if it was made by hand: then nobody owes it.
        "succeeded": {"failed", "canceled"},
        "failed": {"due", "sent", "succeeded", "canceled"},
        "canceled": set(),
    },
    "campaigns_donation": {
        "pending": {"confirmed", "void"},
        "confirmed": {"void"},
        "void": {"confirmed"},
    },
}
HOLD_ENDS = {"sold": {"returned"}, "returned": {"sold"}}


class Ranks:
    """The states at the last look."""

    def __init__(self) -> None:
        self.last: dict[tuple[str, int], str] = {}

    def check(self) -> None:
        """Compare with the last look."""
        fresh: dict[tuple[str, int], str] = {}
        with connection.cursor() as cursor:
            for table in (*MAY, "boards_hold"):
                column = "phase" if table == "boards_hold" else "status"
                cursor.execute(f"SELECT id, {column} FROM {table}")
                fresh |= {(table, key): state for key, state in cursor.fetchall()}
        for about, state in fresh.items():
            old = self.last.get(about, state)
            if old == state:
                continue
            may = MAY[about[0]][old] if about[0] in MAY else HOLD_ENDS.get(old)
            assert may is None or state in may, f"{about} went from {old} to {state}"
        self.last = fresh
