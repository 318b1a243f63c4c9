"""The database's clock can't be moved, so what it dated is made older instead."""

import datetime as dt

from django.db.models import F

from accounts.models import OutboxEvent
from payments.models import Attempt, Refund, StripeEvent


def age(seconds: int) -> None:
    """As if this much time had passed for everything that waits."""
    by = dt.timedelta(seconds=seconds)
    Attempt.objects.update(created_at=F("created_at") - by)
    Refund.objects.exclude(sent_at=None).update(sent_at=F("sent_at") - by)
    StripeEvent.objects.filter(processed_at=None).update(next_at=F("next_at") - by)
    OutboxEvent.objects.filter(done_at=None).update(next_at=F("next_at") - by)
