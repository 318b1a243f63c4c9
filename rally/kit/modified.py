"""`modified_at` that moves on every write, bulk updates included.

Django's `auto_now` does not move on `QuerySet.update()`, and Sprocket's "modified" lists would
then miss changes. Models here use this manager, so forgetting it is not possible.
"""

from typing import Any, Self

from django.db import models
from django.db.models.functions import Now

from rally.kit import clock


class ModifiedQuerySet(models.QuerySet):
    """A queryset whose `update()` also sets `modified_at`."""

    def update(self, **values: Any) -> int:
        values.setdefault("modified_at", Now())
        return super().update(**values)


class Modified(models.Model):
    """A row that knows when it was made and last changed (UTC)."""

    created_at = models.DateTimeField(db_default=Now(), editable=False)
    modified_at = models.DateTimeField(db_default=Now(), editable=False)

    objects = models.Manager.from_queryset(ModifiedQuerySet)()

    class Meta:
        abstract = True

    def save(self: Self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            self.modified_at = clock.now()
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "modified_at"}
        super().save(*args, **kwargs)
