"""Last year's campaign again: its words, looks and boards; not its people, not its money."""

import datetime as dt
from dataclasses import replace

from accounts.actors import Actor
from accounts.rights import Right, require
from boards import building, layout, planning
from boards.models import Board, Tile
from boards.planning import Plan
from campaigns import editing
from campaigns.models import Campaign
from rally.kit.retries import retrying


def clone(
    campaign: Campaign, by: Actor, *, title: str, deadline: dt.datetime,
    now: dt.datetime | None = None,
) -> Campaign:  # fmt: skip
    """A draft like this campaign, in its organization. Sponsors, blocks and owners stay behind.

    Raises Forbidden and InvalidInput naming the field; then nothing was made.
    """
    require(by, Right.RUN_CAMPAIGNS, campaign.organization_id, campaign.pk)
    details = replace(
        editing.of(campaign), title=title, deadline=deadline, donor_contact_visible=False
    )
    boards = Board.objects.filter(campaign=campaign, archived_at=None).order_by("position", "pk")

    def work() -> Campaign:
        made = editing.create(organization=campaign.organization, details=details, by=by, now=now)
        if made.currency == campaign.currency:
            for board in boards:
                _copy(board, planning.add(made, _plan(board), by))
        building.follow_campaign(made)
        return made

    return retrying(work)


def _plan(board: Board) -> Plan:
    regular = dict(
        layout.prices(
            model=board.price_model, first=board.min_num, last=board.max_num,
            unit_minor=board.unit_minor, bands=board.bands,
        )
    )  # fmt: skip
    tiles = Tile.objects.filter(board=board).values_list("number", "price_minor")
    return Plan(
        title=board.title, first=board.min_num, last=board.max_num,
        price_model=board.price_model, unit_minor=board.unit_minor, bands=board.bands,
        columns=board.columns if board.columns in planning.COLUMNS else 10,
        own_prices={number: price for number, price in tiles if regular.get(number) != price},
    )  # fmt: skip


def _copy(old: Board, new: Board) -> None:
    """The rules of picking that a plan doesn't hold."""
    Board.objects.filter(pk=new.pk).update(
        hold_seconds=old.hold_seconds, most_per_supporter=old.most_per_supporter
    )
