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


def application(total_minor: int, currency: str) -> int:
    """This installation's own fee on a charge of a connected account, rounded down."""
    step = money.step(currency)
    share = Decimal(total_minor) * Decimal(settings.RALLY_APPLICATION_FEE_PERCENT) / 100
    return int(share // step) * step


def split(total: int, weights: Sequence[int], step: int = 1) -> list[int]:
    """`total` in whole parts proportional to `weights`, by largest remainder; sums exactly.

    Every part is a multiple of `step`, so that it can be paid back by itself; what `total` has
    beyond one goes to the first of the greatest parts.
    """
    whole = sum(weights)
    if not whole:
        return [0 for _ in weights]
    steps, rest = divmod(total, step)
    parts = [steps * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(steps * weights[i] % whole), i))
    for index in by_remainder[: steps - sum(parts)]:
        parts[index] += 1
    parts = [part * step for part in parts]
    if rest:
        parts[parts.index(max(parts))] += rest
    return parts
