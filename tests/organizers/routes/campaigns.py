"""Campaigns, their boards, and money given by hand."""

from tests.organizers.table import ADMINS, READERS, RUNNERS, Row
from tests.organizers.world import World

BOTH = ("GET", "POST")
STEPS = ("currency", "pause", "resume", "extend", "close", "cancel", "clone", "discard")


def campaign(world: World) -> list[str]:
    return [world.ours.code, world.campaign.slug]


def theirs(world: World) -> list[str]:
    return [world.ours.code, world.their_campaign.slug]


def of_campaign(name: str, may=RUNNERS, methods=BOTH, **more) -> Row:
    """A page of a campaign. Who is limited to another one doesn't know of it."""
    return Row(name, may, args=campaign, foreign=theirs, methods=methods,
               hidden=frozenset({"limited"}), **more)  # fmt: skip


def board(world: World, *more: str) -> list[str]:
    return [world.ours.code, world.board.public_id, *more]


def of_board(name: str, *more: str, methods=BOTH) -> Row:
    return Row(
        name, RUNNERS, args=lambda w: board(w, *more), methods=methods,
        foreign=lambda w: [w.ours.code, w.their_board.public_id, *more],
        hidden=frozenset({"limited"}),
    )  # fmt: skip


def of_cash(name: str, may: frozenset[str]) -> Row:
    return Row(
        name, may, args=lambda w: [w.ours.code, w.cash.reference], methods=BOTH,
        foreign=lambda w: [w.ours.code, w.their_cash.reference], hidden=frozenset({"limited"}),
    )  # fmt: skip


ROWS = [
    Row("campaign-new", RUNNERS, methods=BOTH),
    of_campaign("campaign", READERS, methods=("GET",)),
    of_campaign("campaign-preview", READERS, methods=("GET",)),
    of_campaign("campaign-boards"),
    of_campaign("campaign-look"),
    of_campaign("campaign-publish"),
    of_campaign("campaign-settings"),
    of_campaign("board-new"),
    *(of_campaign(f"campaign-{step}") for step in STEPS),
    of_board("board", methods=("GET",)),
    of_board("board-layout"),
    of_board("board-settings"),
    of_board("board-put-away"),
    of_board("board-earlier", methods=("POST",)),
    of_board("board-act", "block"),
    of_cash("cash-confirm", ADMINS),
    of_cash("cash-back", RUNNERS),
]
