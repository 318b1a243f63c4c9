"""The installation's card fees in whole numbers, so that a script adds them up exactly."""

from decimal import Decimal

from django.conf import settings

from rally.kit import money


def rates(currency: str) -> dict[str, int]:
    """`percent` in hundredths of a percent, `fixed` and `step` in minor units of the currency."""
    fixed = Decimal(settings.RALLY_FEE_FIXED) * money.whole_unit(currency)
    percent = Decimal(settings.RALLY_FEE_PERCENT) * 100
    return {"percent": int(percent), "fixed": int(fixed), "step": money.step(currency)}


def kept(net_minor: int, currency: str) -> int:
    """What the card fees take when nobody covers them, by the installation's rates."""
    found = rates(currency)
    return (net_minor * found["percent"] + 5_000) // 10_000 + found["fixed"]
