"""Sandbox organizations follow the simulator's clock, so that time can be watched passing.

Source: Stripe's "Test clocks"; the simulator sends their event when its clock is moved.
"""

import json
import urllib.request
from typing import Any

from django.conf import settings

from accounts import sandbox
from accounts.actors import Actor
from accounts.models import Organization
from payments.errors import PaymentsUnavailable
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


def advance(organization: Organization, by: Actor, *, seconds: int) -> int:
    """Let time pass for a test organization; how far its clock runs ahead now, in seconds.

    The simulator's clock goes along, so that its sessions end when they should; with Stripe's
    own test mode only ours can be moved. Raises Forbidden, LiveOrganization, InvalidInput, and
    PaymentsUnavailable when the simulator doesn't answer.
    """
    sandbox.check_step(organization, by, seconds)
    target = organization.clock_offset_s + seconds
    if settings.STRIPE_API_BASE:
        _advance_simulator(seconds)
    return sandbox.move_clock(organization, by, to=target)


def _advance_simulator(seconds: int) -> None:
    body = json.dumps({"seconds": seconds}).encode()
    url = f"{settings.STRIPE_API_BASE}/_sim/clock/advance"
    call = urllib.request.Request(url, body, method="POST")
    try:
        # The address is the installation's own setting, never a caller's.
        with urllib.request.urlopen(call, timeout=settings.STRIPE_TIMEOUT_SECONDS * 2):
            return
    except OSError:
        raise PaymentsUnavailable from None
