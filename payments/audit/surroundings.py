"""What orders depend on and don't show: the worker, the inbox, the outbox, the clocks."""

from collections.abc import Iterator
from functools import partial

from accounts.models import Organization, OutboxEvent
from payments import events
from payments.audit.problem import MOST, Problem
from payments.models import StripeEvent
from rally.kit import heartbeat

MANY_TRIES = 3
LONGEST_SILENCE = 90


def of_installation() -> Iterator[Problem]:
    """What is wrong around all orders."""
    for look in (_worker, _clocks, _events, _outbox):
        yield from look()


def _worker() -> Iterator[Problem]:
    age = heartbeat.age_seconds()
    if age is not None and age <= LONGEST_SILENCE:
        return
    yield Problem(
        "worker_silent", None, "worker",
        "The worker hasn't been heard of." if age is None
        else f"The worker was last heard of {age:.0f} seconds ago.",
        "Sales go on: the web processes settle payments that supporters come back from. Refunds, "
        "receipts and payments nobody comes back from wait.",
        "Everything that waits is done as soon as a worker runs.",
        "Start the worker: ./run starts one, and so does python -m rally.worker.",
        facts={"age_seconds": age},
    )  # fmt: skip


def _clocks() -> Iterator[Problem]:
    for organization in Organization.objects.filter(livemode=True).exclude(clock_offset_s=0)[:MOST]:
        yield Problem(
            "clock_ahead", organization, organization.slug,
            f"A live organization's clock runs {organization.clock_offset_s} seconds ahead.",
            "Holds end and refunds are paid too early.",
            "Nothing: only a sandbox's clock may be moved.",
            "None from here: set the offset to 0 in the database, then run the audit.",
            facts={"clock_offset_s": organization.clock_offset_s},
            organization_id=organization.pk,
        )  # fmt: skip


def _events() -> Iterator[Problem]:
    failing = StripeEvent.objects.filter(processed_at=None, attempts__gte=MANY_TRIES)
    for event in failing.order_by("received_at")[:MOST]:
        yield Problem(
            "event_failing", event, event.event_id,
            f"An event of Stripe's ({event.type}) has failed {event.attempts} times.",
            "What it tells isn't acted on yet. Payments and refunds are also compared object by "
            "object, so most of it is true here already.",
            "It is tried again, every quarter of an hour at the latest.",
            "Try it now.",
            partial(events.process, event.pk),
            {"error": event.error, "type": event.type},
        )  # fmt: skip


def _outbox() -> Iterator[Problem]:
    failing = OutboxEvent.objects.filter(done_at=None, attempts__gte=MANY_TRIES)
    for event in failing.order_by("created_at")[:MOST]:
        yield Problem(
            "outbox_failing", event, event.key,
            f"Telling of {event.kind} has failed {event.attempts} times.",
            "No money waits for it; a receipt or another system's message does.",
            "It is tried again, every hour at the latest. A mail server that refuses is the "
            "usual cause.",
            "None from here: mend what the error names.",
            facts={"error": event.error},
            organization_id=event.organization_id,
        )  # fmt: skip
