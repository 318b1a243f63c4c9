"""Money and names as people read and hear them on a tile."""

import re
import unicodedata

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rally.kit import money


def tag(minor: int, currency: str) -> str:
    """The short price on a tile: "$12", "$12.50"; whole amounts lose their zeros."""
    text = money.format(minor, currency)
    decimals = money.decimals(currency)
    if not decimals or minor % 10**decimals:
        return text
    return re.sub(rf"[.,]0{{{decimals}}}(?=\D*$)", "", text)


def spoken(minor: int, currency: str) -> str:
    """The price as a screen reader should say it: "12 dollars", else the written form."""
    whole, rest = divmod(minor, 10 ** money.decimals(currency))
    if rest:
        return money.format(minor, currency)
    match currency.upper():
        case "USD" | "CAD" | "AUD" | "NZD" | "SGD" | "HKD":
            return ngettext("%(n)d dollar", "%(n)d dollars", whole) % {"n": whole}
        case "EUR":
            return ngettext("%(n)d euro", "%(n)d euros", whole) % {"n": whole}
        case "GBP":
            return ngettext("%(n)d pound", "%(n)d pounds", whole) % {"n": whole}
        case "JPY":
            return _("%(n)d yen") % {"n": whole}
    return tag(minor, currency)


def initials(name: str | None) -> str:
    """One or two letters for a sold tile; nothing for somebody who stays anonymous."""
    words = [word for word in (name or "").split() if unicodedata.category(word[0])[0] in "LN"]
    if not words:
        return ""
    picked = words[:1] + words[-1:] if len(words) > 1 else words
    return "".join(word[0] for word in picked).upper()


def prices(prices_minor: list[tuple[int, int]], currency: str) -> str:
    """One sentence about what tiles cost, from (number, price) pairs in number order."""
    if not prices_minor:
        return ""
    unit = 10 ** money.decimals(currency)
    amounts = [price for _number, price in prices_minor]
    low, high = tag(min(amounts), currency), tag(max(amounts), currency)
    if low == high:
        return _("Every tile costs %(price)s.") % {"price": low}
    if all(price == number * unit for number, price in prices_minor):
        first, last = prices_minor[0][0], prices_minor[-1][0]
        sentence = _(
            "A tile costs its number: tile %(first)s is %(low)s, tile %(last)s is %(high)s."
        )
        return sentence % {"first": first, "low": low, "last": last, "high": high}
    return _("Tiles cost between %(low)s and %(high)s.") % {"low": low, "high": high}
