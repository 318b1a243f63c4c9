"""The states of a hold and the moves between them, drawn once.

    browsing --start paying--> paying --bank is working--> processing --confirmed--> sold
       |  ^                     |  |                           |                      |
       |  +--attempt is dead----+  +--confirmed--> sold        |                      |
       v                        v                              v                      v
    released, expired        expired, released                lost                returned

`browsing` ends by owner, clock or staff. `paying` and `processing` end only by what the
payment provider says, never by our clock. A late payment may take any of the ends to
`sold` if its tiles are still free, and sells a hold that is browsed again.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """Why tiles are taken; each kind has its own clock and moves."""

    BASKET = "basket", _("basket")
    BLOCK = "block", _("blocked by staff")
    COMP = "comp", _("given away")
    PROMISE = "promise", _("promised or paid offline")
    OFFER = "offer", _("offered to somebody")
    SPONSOR = "sponsor", _("sponsor")


class Phase(models.TextChoices):
    """How far a hold has come."""

    BROWSING = "browsing", _("browsing")
    PAYING = "paying", _("paying")
    PROCESSING = "processing", _("processing")
    SOLD = "sold", _("sold")
    RELEASED = "released", _("released")
    EXPIRED = "expired", _("expired")
    LOST = "lost", _("lost")
    RETURNED = "returned", _("returned")


LIVE = frozenset({Phase.BROWSING, Phase.PAYING, Phase.PROCESSING})
ENDED = frozenset({Phase.RELEASED, Phase.EXPIRED, Phase.LOST, Phase.RETURNED})

_BASKET = {
    Phase.BROWSING: {Phase.PAYING, Phase.SOLD, Phase.RELEASED, Phase.EXPIRED},
    Phase.PAYING: {
        Phase.BROWSING, Phase.PROCESSING, Phase.SOLD, Phase.RELEASED, Phase.EXPIRED, Phase.LOST,
    },
    Phase.PROCESSING: {Phase.SOLD, Phase.LOST, Phase.RELEASED},
    Phase.SOLD: {Phase.RETURNED},
    Phase.EXPIRED: {Phase.SOLD, Phase.LOST},
    Phase.RELEASED: {Phase.SOLD, Phase.LOST},
    Phase.LOST: {Phase.SOLD},
    Phase.RETURNED: {Phase.SOLD, Phase.LOST},
}  # fmt: skip
_STAFF = {Phase.SOLD: {Phase.RETURNED, Phase.RELEASED}, Phase.BROWSING: {Phase.RELEASED}}
_PROMISE = {
    Phase.BROWSING: {Phase.SOLD, Phase.RELEASED, Phase.EXPIRED},
    Phase.SOLD: {Phase.RETURNED},
}

MOVES: dict[Kind, dict[Phase, set[Phase]]] = {
    Kind.BASKET: _BASKET,
    Kind.BLOCK: _STAFF,
    Kind.COMP: _STAFF,
    Kind.SPONSOR: _STAFF,
    Kind.PROMISE: _PROMISE,
    Kind.OFFER: _PROMISE,
}


def may_move(kind: str, old: str, new: str) -> bool:
    """Whether a hold of this kind may go from one phase to another."""
    return Phase(new) in MOVES[Kind(kind)].get(Phase(old), set())


class Ended(models.TextChoices):
    """Why a claim is over."""

    RELEASED = "released", _("released")
    EXPIRED = "expired", _("expired")
    LOST = "lost", _("lost")
    RETURNED = "returned", _("returned")
    MOVED = "moved", _("moved to another tile")


class PriceModel(models.TextChoices):
    """How a tile's number becomes its price."""

    LADDER = "ladder", _("tile n costs n units")
    MULTIPLIED = "multiplied", _("tile n costs n times a unit")
    FLAT = "flat", _("every tile costs the same")
    BANDS = "bands", _("price by range of numbers")
