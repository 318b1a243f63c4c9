"""What the doctor tells: one thing that is stuck, in plain words, with its repair if it's safe."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model

from payments.models import Payment, Refund
from rally.kit import money

MOST = 100
LATE = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that waits longer than it should. `act` is the repair, where one is safe."""

    kind: str
    about: Model | None
    reference: str
    what: str
    means: str
    by_itself: str
    repair: str = ""
    act: Callable[[], object] | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    organization_id: int | None = None

    @property
    def object_type(self) -> str:
        """The model's label; empty for what is no row."""
        return self.about._meta.label_lower if self.about else ""

    @property
    def object_id(self) -> str:
        """The row's key as text."""
        return str(self.about.pk) if self.about else ""

    def as_dict(self) -> dict[str, Any]:
        """For `--json`."""
        words = {name: getattr(self, name) for name in ("what", "means", "by_itself", "repair")}
        where = {"object_type": self.object_type, "object_id": self.object_id}
        facts = {"facts": self.facts, "repairable": self.act is not None}
        return {"problem": self.kind, **where, "reference": self.reference, **words, **facts}


def of_hold(rows: Any, path: str, hold_id: int | None) -> Any:
    """The rows of one hold, or all; `path` leads from them to it."""
    return rows if hold_id is None else rows.filter(**{path: hold_id})


def amount(row: Payment | Refund) -> str:
    """In words, with its currency."""
    return money.format(row.amount_minor, row.currency)
