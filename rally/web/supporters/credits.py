"""Whom an order may be credited to, and whom the link that led here asked for."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.translation import gettext as _

from campaigns import crediting
from campaigns.models import Goal
from payments.orders import Order
from rally.web.supporters import query as queries


@dataclass(frozen=True, slots=True)
class Credits:
    """The picker: its choices, what none of them means, and the one that is chosen already."""

    campaign_id: int | None = None
    choices: tuple[tuple[str, str], ...] = ()
    otherwise: str = ""
    chosen: str = ""

    def goal(self, key: str) -> Goal | None:
        """The goal behind a choice; None for "nobody in particular"."""
        if not key or self.campaign_id is None:
            return None
        return crediting.goal_for(self.campaign_id, key)


def of(request: HttpRequest, order: Order) -> Credits:
    """What the checkout page offers. Everything comes from the address: no cookie remembers it."""
    if not order.tiles:
        return Credits()
    board = order.tiles[0].board
    found = [(one.key, one.label) for one in crediting.choices(board.campaign_id)]
    wanted = queries.credit(request.POST) or queries.credit(request.GET)
    wanted = request.POST.get("credit", wanted)
    if wanted and wanted not in dict(found):
        # A page that isn't listed is reached by its link all the same.
        owner = crediting.owner_of(board.campaign_id, wanted)
        if owner is None:
            wanted = ""
        else:
            found.append((wanted, crediting.called(owner)))
    return Credits(board.campaign_id, tuple(found), _otherwise(order), wanted)


def _otherwise(order: Order) -> str:
    board = order.tiles[0].board
    if board.member_id is not None or board.team_id is not None:
        return _("As the board says")
    return _("The whole campaign")
