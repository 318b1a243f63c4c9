"""How often a campaign's public pages were looked at: counted in memory, written now and then.

A write for every view would cost more than the view. What a killed process had not written yet,
half a minute of views at most, is lost: nothing is decided by it.
"""

import logging
import threading
from collections import Counter

from django.conf import settings
from django.db import DatabaseError, connections
from django.db.models import F

from campaigns.models import Campaign

logger = logging.getLogger(__name__)
_guard = threading.Lock()
_counts: Counter[int] = Counter()
_timers: list[threading.Timer] = []


def seen(campaign_id: int) -> None:
    """Somebody looks at the campaign, or at one of its boards."""
    with _guard:
        _counts[campaign_id] += 1
        if not _timers and settings.VIEWS_WRITTEN_AFTER_SECONDS:
            timer = threading.Timer(settings.VIEWS_WRITTEN_AFTER_SECONDS, _write_and_part)
            timer.daemon = True
            timer.start()
            _timers.append(timer)


def write() -> None:
    """Add what was counted to the campaigns; that is no change anybody has to hear of."""
    with _guard:
        counts = dict(_counts)
        _counts.clear()
        _timers.clear()
    for campaign_id, views in counts.items():
        Campaign.objects.filter(pk=campaign_id).update(
            view_count=F("view_count") + views, modified_at=F("modified_at")
        )


def _write_and_part() -> None:
    """In a thread of its own, whose connection nobody else would close."""
    try:
        write()
    except DatabaseError:
        logger.warning("Views could not be written and are lost.", exc_info=True)
    finally:
        connections.close_all()
