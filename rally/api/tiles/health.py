"""GET /api/healthz: can this installation serve, take money and do its background work?"""

import json
import logging
import time
from pathlib import Path
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, JsonResponse
from redis.exceptions import RedisError

from payments.audit import figures
from payments.models import StripeEvent
from rally import __version__
from rally.api.tiles.reading import read_only
from rally.kit import clock, heartbeat

logger = logging.getLogger(__name__)
OLDEST_HEARTBEAT_SECONDS = 90
PROBE = "healthz"


@read_only
def healthz(request: HttpRequest) -> JsonResponse:
    """`{"ok", "version", "db", "redis", "checks"}` (contract 2.2); 503 while `ok` is false.

    `redis` means: the configured cache and broker answer, the embedded ones included.
    """
    db = _database()
    stores = _cache() and _broker()
    age = heartbeat.age_seconds() if stores else None
    processes = _processes()
    ok = db and stores and age is not None and age <= OLDEST_HEARTBEAT_SECONDS
    ok = ok and all(state == "running" for state in processes.values())
    checks: dict[str, Any] = {
        "worker_age_s": age,
        "oldest_event_s": _oldest_event() if db else None,
        "processes": processes,
        **(_money() if db else {}),
    }
    body = {"ok": ok, "version": __version__, "db": db, "redis": stores, "checks": checks}
    answer = JsonResponse(body, status=200 if ok else 503)
    answer["Cache-Control"] = "no-store"
    # Whoever asked knows now; asked ten times a second at a start, it would fill the terminal.
    answer._has_been_logged = True  # type: ignore[attr-defined]  # Django's own note
    return answer


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return True
    except (DatabaseError, InterfaceError):
        return False


def _cache() -> bool:
    try:
        mark = str(time.monotonic_ns())
        cache.set(f"{PROBE}:{mark}", mark, 5)
        return cache.get(f"{PROBE}:{mark}") == mark
    except (RedisError, DatabaseError, InterfaceError, OSError):
        return False


def _broker() -> bool:
    """A connection to the broker can be made (the embedded one: its folder can be written)."""
    try:
        with current_app.connection_for_write(transport_options=_impatient()) as link:
            link.ensure_connection(max_retries=1, interval_start=0, timeout=2)
            return True
    except Exception:
        # Any library's error means the same here; the answer says which part is down.
        logger.warning("The broker doesn't answer", exc_info=True)
        return False


def _impatient() -> dict[str, Any]:
    return {**settings.CELERY_BROKER_TRANSPORT_OPTIONS, "max_retries": 1}


def _oldest_event() -> int | None:
    """How long the oldest waiting Stripe event waits, in seconds; 0 when none does."""
    oldest = (
        StripeEvent.objects.filter(processed_at=None)
        .order_by("received_at")
        .values_list("received_at", flat=True)
        .first()
    )
    return 0 if oldest is None else max(0, round((clock.now() - oldest).total_seconds()))


def _money() -> dict[str, Any]:
    """What the last comparison found, and what waits for a person. None of it changes `ok`."""
    at, drift = figures.last_reconciled()
    return {
        "ledger_drift": drift,
        "reconciled_at": at.isoformat() if at else None,
        "parked_events": figures.parked_events(),
    }


def _processes() -> dict[str, str]:
    """What the supervisor says of its children; empty when nobody supervises."""
    path = settings.RALLY_UP_STATE
    if not path:
        return {}
    try:
        children = json.loads(Path(path).read_text())["children"]
        return {name: str(child["state"]) for name, child in children.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
