"""Sandbox organizations follow the simulator's clock, so that time can be watched passing.

Source: Stripe's "Test clocks"; the simulator sends their event when its clock is moved.
"""

from typing import Any

from django.conf import settings

from accounts.models import Organization
from rally.kit import clock

FURTHEST_SECONDS = 400 * 86_400


def follow(found: dict[str, Any], *, livemode: bool) -> str:
    """Set every sandbox's offset to the clock's; answers why not when it is ignored."""
    frozen = found.get("frozen_time")
    if livemode or not settings.STRIPE_API_BASE or type(frozen) is not int:
        return "not a sandbox clock"
    offset = round(frozen - clock.database_now().timestamp())
    if not 0 <= offset <= FURTHEST_SECONDS:
        return "clock out of range"
    Organization.objects.filter(livemode=False, clock_offset_s__lt=offset).update(
        clock_offset_s=offset
    )
    return ""
