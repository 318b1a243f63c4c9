"""After a storm: drain, then compare everything with everything."""

import time
from dataclasses import asdict
from typing import Any

from boards import holds
from payments import reconciliation, tasks
from payments.audit import running
from payments.models import Attempt, StripeEvent
from prove import invariants, truth
from prove.machine.ages import age
from prove.stripe import Stripe
from prove.town.buyers import Sales
from rally.dispatch import outbox


def drain(rounds: int = 2, pause: int = 400) -> None:
    """What the worker does every minute and every five, so many times."""
    for _ in range(rounds):
        age(pause)
        holds.expire_due()
        tasks.sweep_events()
        reconciliation.run()
        outbox.drain(10_000)


def compare(stripe: Stripe) -> dict[str, Any]:
    """The promises, as figures."""
    wrong = [f"{name}: {rows[:5]}" for name, rows in invariants.broken(settled=True)]
    wrong += [f"audit {f.check}: {f.facts}" for f in running.run().findings[:20]]
    failed = StripeEvent.objects.exclude(error="").filter(processed_at=None)
    wrong += [f"event {event.type}: {event.error}" for event in failed[:10]]
    balance = asdict(truth.compare(stripe))
    words = balance.pop("words")
    return balance | {"wrong_states": len(wrong) + len(words), "wrong": wrong + words}


class Watch:
    """How long after its payment each sale is known here."""

    def __init__(self, sales: Sales) -> None:
        self.sales, self.known = sales, dict[str, float]()

    def look(self) -> int:
        """Note what became known since the last look; how much is still unknown."""
        with self.sales.guard:
            open_ones = [one for one in self.sales.paid if one not in self.known]
        done = Attempt.objects.filter(
            session_id__in=open_ones, status=Attempt.Status.COMPLETE
        ).values_list("session_id", flat=True)
        for session in done:
            self.known[session] = time.monotonic() - self.sales.paid[session]
        return len(open_ones) - len(done)

    def p99(self) -> float:
        """Of those known so far, in seconds."""
        times = sorted(self.known.values())
        return round(times[min(len(times) - 1, int(len(times) * 0.99))], 2) if times else 0.0
