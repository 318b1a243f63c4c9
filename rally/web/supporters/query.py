"""What a visitor asked to see on a board, read leniently from the address.

A public page never refuses an odd query string: what it doesn't understand it leaves out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict

from campaigns import crediting

SHOWS = ("all", "free", "cheap")
BIG = 400
BLOCK = 100


@dataclass(frozen=True, slots=True)
class Query:
    """What the board's address asks for; `find` and `picked` are tile numbers."""

    view: str = "grid"
    show: str = "all"
    block: int = 0
    find: int | None = None
    picked: tuple[int, ...] = ()
    credit: str = ""

    @property
    def cacheable(self) -> bool:
        """Only the few addresses everybody shares are worth keeping."""
        return self.find is None and not self.picked and not self.credit

    def href(self, **changes: Any) -> str:
        """The same view with something changed, as a query string that keeps the picks."""
        other = replace(self, **changes)
        pairs: list[tuple[str, object]] = []
        if other.view != "grid":
            pairs.append(("view", other.view))
        if other.show != "all":
            pairs.append(("show", other.show))
        if other.block:
            pairs.append(("block", other.block))
        pairs += [("tile", number) for number in other.picked]
        if other.credit:
            pairs.append(("for", other.credit))
        return "?" + urlencode(pairs)


def number(text: str | None) -> int | None:
    """A tile number in plain digits, else None."""
    cleaned = (text or "").strip()
    return int(cleaned) if cleaned.isascii() and cleaned.isdigit() and len(cleaned) <= 6 else None


def numbers(texts: list[str]) -> tuple[int, ...]:
    """The tile numbers among `texts`, once each, in the order given."""
    found = (number(text) for text in texts[: settings.RALLY_TILES_PER_HOLD + 1])
    return tuple(dict.fromkeys(value for value in found if value is not None))


def credit(params: QueryDict | Mapping[str, str]) -> str:
    """Whom a link asks to credit: "?m=jane-s" and "?t=falcons" as keys, "for" as it stands."""
    for name, prefix in (("for", ""), ("m", "m:"), ("t", "t:")):
        key = prefix + params.get(name, "")
        if crediting.KEY.match(key):
            return key
    return ""


def read(params: QueryDict | Mapping[str, str]) -> Query:
    """The view that the parameters of a GET or POST ask for."""
    texts = params.getlist("tile") if isinstance(params, QueryDict) else []
    view = params.get("turn") or params.get("view")
    show = params.get("show", "all")
    return Query(
        view="list" if view == "list" else "grid",
        show=show if show in SHOWS else "all",
        block=number(params.get("block")) or 0,
        find=number(params.get("find")),
        picked=numbers(texts),
        credit=credit(params),
    )
