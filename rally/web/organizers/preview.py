"""A campaign as a supporter will see it, before anybody does."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.rights import Right
from boards.models import Board, Tile
from campaigns import rules
from campaigns.models import Campaign
from rally.kit import clock
from rally.web import base as web
from rally.web import facts, story, words
from rally.web.organizers import base
from rally.web.organizers.base import Desk

MOST_BOARDS = 40
LARGEST_PICTURE = 400
ACROSS = (5, 7, 8)


def sample(campaign: Campaign, typed: dict[str, Any]) -> dict[str, Any]:
    """The head of the page with what is typed at this moment; the story made harmless."""
    palette = str(typed.get("palette", campaign.palette))
    told = str(typed.get("story", campaign.story))[: rules.LONGEST_STORY]
    return {
        "title": campaign.title,
        "organization": str(campaign.organization),
        "palette": palette if palette in rules.PALETTES else campaign.palette,
        "summary": str(typed.get("summary", campaign.summary))[: rules.LONGEST_SUMMARY],
        "story": story.html(told) if told else "",
    }


@base.campaign_page(Right.SEE_TOTALS)
def preview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET /organize/{code}/c/{slug}/preview/: the public page, with a word above it; the page
    itself, once everybody sees it."""
    campaign = desk.campaign
    assert campaign is not None
    if campaign.status in Campaign.PUBLIC:
        return redirect("supporters:campaign", campaign.slug)
    found = Board.objects.filter(campaign=campaign, archived_at=None).order_by("position", "pk")
    cards = [_card(board, desk) for board in found[:MOST_BOARDS]]
    thermo = facts.thermometer(
        raised_minor=campaign.goal.raised_minor, goal_minor=campaign.goal.amount_minor,
        currency=campaign.currency, supporters=0, deadline=campaign.deadline,
        time_zone=campaign.time_zone, now=clock.now(desk.organization.clock_offset_s),
        tiles_left=sum(card["tiles"] for card in cards),
    )  # fmt: skip
    context = {
        "facts": campaign, "organization": str(desk.organization), "palette": campaign.palette,
        "thermo": thermo, "boards": cards, "go": "", "people": [], "others": "", "notice": "",
        "story": story.html(campaign.story) if campaign.story else "",
        "link": f"{web.site(request)}/c/{campaign.slug}/",
        "back": desk.url("campaign-publish", campaign.slug),
    }  # fmt: skip
    return render(request, "organize/campaign/preview.html", context)


def picture(tiles: int, columns: int) -> SafeString | str:
    """A board in little, with every tile free."""
    if tiles > LARGEST_PICTURE:
        return ""
    across = columns if columns in ACROSS else 10
    corners = (divmod(index, across) for index in range(tiles))
    drawn = "".join(f"M{c + 0.07:.2f} {r + 0.07:.2f}h.86v.86h-.86z" for r, c in corners)
    high = -(-tiles // across)
    return mark_safe(
        f'<svg class="mini" viewBox="0 0 {across} {high}" aria-hidden="true">'
        f'<path class="f" d="{drawn}"/></svg>'
    )


def _card(board: Board, desk: Desk) -> dict[str, Any]:
    rows = Tile.objects.filter(board=board).order_by("number")
    prices = list(rows.values_list("number", "price_minor"))
    free = ngettext("%(n)d tile is free.", "%(n)d tiles are free.", len(prices))
    return {
        "title": board.title, "href": desk.url("board", board.public_id), "tiles": len(prices),
        "label": _("%(board)s, as you see it") % {"board": board.title},
        "picture": picture(len(prices), board.columns), "is_open": False,
        "prices": words.prices(prices, board.currency), "words": free % {"n": len(prices)},
    }  # fmt: skip
