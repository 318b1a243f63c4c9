"""A team's and a fundraiser's own page: how far they are, their boards, who gave for them."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from boards.models import Board
from campaigns import crediting
from campaigns.models import Access, Campaign, Goal, Member, Team
from payments import snapshots
from rally.kit import clock, money
from rally.web import base, facts
from rally.web.supporters import campaign as campaigns
from rally.web.supporters import givers, pages, ranking

if TYPE_CHECKING:
    from payments.snapshots import Snapshot


@require_safe
def team(request: HttpRequest, slug: str, who: str) -> HttpResponse:
    """GET /c/{slug}/t/{who}/."""
    return _page(request, slug, f"t:{who}")


@require_safe
def member(request: HttpRequest, slug: str, who: str) -> HttpResponse:
    """GET /c/{slug}/m/{who}/."""
    return _page(request, slug, f"m:{who}")


def _page(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """The page of whoever the key names; 404 where it isn't open, or the campaign isn't."""
    campaign = campaigns.find(slug)
    owner = crediting.owner_of(campaign.pk, key)
    if owner is None:
        raise Http404(_("There is no such page."))
    html = render_to_string("campaign/owner.html", _context(request, campaign, owner, key))
    return pages.answer(request, pages.page(html))


def _context(
    request: HttpRequest, campaign: Campaign, owner: Team | Member, key: str
) -> dict[str, Any]:
    shown = _boards(campaign, owner)
    query = "?" + urlencode({"for": key})
    cards = [campaigns.board_card(snap, query) for snap in shown]
    goals = _goals(owner)
    listed, others = givers.of(campaign, [], goals)
    ours = owner.team if isinstance(owner, Member) and _is_open(owner.team) else None
    return {
        "campaign": campaign,
        "organization": str(campaign.organization),
        "palette": campaign.palette,
        "name": crediting.called(owner),
        "is_team": isinstance(owner, Team),
        "header": owner.goal.page_header,
        "team": {"name": ours.name, "href": ranking.page_of(ours, campaign)} if ours else None,
        "mates": _mates(campaign, owner),
        "unlisted": owner.access != Access.PUBLIC or campaign.unlisted,
        "thermo": _thermometer(campaign, owner, goals),
        "boards": cards,
        "go": next((card["href"] for card in cards if card["is_open"]), ""),
        "people": listed,
        "others": others,
        "notice": campaigns.notice(campaign, shown),
        "link": base.site(request) + ranking.page_of(owner, campaign),
    }


def _is_open(team: Team | None) -> bool:
    return team is not None and team.archived_at is None and team.access == Access.PUBLIC


def _boards(campaign: Campaign, owner: Team | Member) -> "list[Snapshot]":
    """Their own boards; a team's are its fundraisers' as well. Without any, the campaign's."""
    found = Board.objects.filter(campaign=campaign).order_by("position", "pk")
    if isinstance(owner, Team):
        own = found.filter(team=owner) | found.filter(member__team=owner)
    else:
        own = found.filter(member=owner)
    return snapshots.several(own, campaigns.MOST_BOARDS) or campaigns.boards(campaign)


def _goals(owner: Team | Member) -> list[int]:
    """The goals whose gifts are theirs."""
    if isinstance(owner, Member):
        return [owner.goal.pk]
    mates = Goal.objects.filter(member__team=owner).values_list("pk", flat=True)
    return [owner.goal.pk, *mates]


def _mates(campaign: Campaign, owner: Team | Member) -> list[ranking.Ranked]:
    """A team's fundraisers, if the campaign shows who raised how much."""
    if isinstance(owner, Member) or not campaign.lists_fundraisers:
        return []
    found = crediting.leaders(campaign, Goal.Kind.MEMBER, crediting.MOST)
    keys = set(owner.members.values_list("pk", flat=True))
    return [
        ranking.Ranked(crediting.called(one), ranking.page_of(one, campaign),
                       money.format(raised, campaign.currency))
        for one, raised in found
        if one.pk in keys
    ]  # fmt: skip


def _thermometer(campaign: Campaign, owner: Team | Member, goals: list[int]) -> facts.Thermometer:
    return facts.thermometer(
        raised_minor=owner.goal.raised_minor,
        goal_minor=owner.goal.amount_minor,
        currency=campaign.currency,
        supporters=givers.count(campaign, goals),
        deadline=campaign.deadline,
        time_zone=campaign.time_zone,
        now=clock.now(campaign.organization.clock_offset_s),
    )
