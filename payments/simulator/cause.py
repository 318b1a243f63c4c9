"""Who is behind a change, as events tell it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Cause:
    """The API request behind a change; empty when a person or the clock caused it."""

    request_id: str | None = None
    idempotency_key: str | None = None


NOBODY = Cause()
