"""What covering the processing fee costs, to the cent, and how it is split.

Stripe's fee is taken from the whole charge, the cover included, so the gross is
`ceil((net + fixed) / (1 - rate))`. Rounded up, it is never short and at most one unit over.
Source: Stripe's "Passing the Stripe fee on to customers".
"""

from collections.abc import Sequence
from decimal import ROUND_CEILING, Decimal

from django.conf import settings

from rally.kit import money


def cover(net_minor: int, currency: str) -> int:
    """What must be added to `net_minor` so that the net arrives, in minor units."""
    rate = Decimal(settings.RALLY_FEE_PERCENT) / 100
    fixed = Decimal(settings.RALLY_FEE_FIXED) * money.whole_unit(currency)
    step = money.step(currency)
    gross = (Decimal(net_minor) + fixed) / (1 - rate)
    whole = (gross / step).to_integral_value(ROUND_CEILING) * step
    return int(whole) - net_minor


def split(total: int, weights: Sequence[int]) -> list[int]:
    """`total` in whole parts proportional to `weights`, by largest remainder; sums exactly."""
    whole = sum(weights)
    if not whole:
        return [0 for _ in weights]
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for index in by_remainder[: total - sum(parts)]:
        parts[index] += 1
    return parts
