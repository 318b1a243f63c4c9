"""Who raised how much: a campaign's teams and fundraisers, each list only if it's shown."""

from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from campaigns import crediting
from campaigns.models import Campaign, Goal, Member, Team
from rally.kit import money

MOST = 20


class Ranked(NamedTuple):
    """A line of a list."""

    name: str
    href: str
    raised: str


class Ranking(NamedTuple):
    """A list and its heading."""

    anchor: str
    title: str
    rows: tuple[Ranked, ...]


def page_of(owner: Team | Member, campaign: Campaign) -> str:
    """The address of a team's or fundraiser's own page."""
    kind = "team" if isinstance(owner, Team) else "member"
    return reverse(f"supporters:{kind}", args=[campaign.slug, owner.slug])


def of(campaign: Campaign) -> tuple[Ranking, ...]:
    """The lists the organizers show, without those that would be empty. One query each."""
    wanted = [
        ("teams", _("Teams"), Goal.Kind.TEAM, campaign.lists_teams),
        ("fundraisers", _("Fundraisers"), Goal.Kind.MEMBER, campaign.lists_fundraisers),
    ]
    found = [
        Ranking(anchor, title, _rows(campaign, kind)) for anchor, title, kind, on in wanted if on
    ]
    return tuple(ranking for ranking in found if ranking.rows)


def _rows(campaign: Campaign, kind: str) -> tuple[Ranked, ...]:
    return tuple(
        Ranked(crediting.called(owner), page_of(owner, campaign),
               money.format(raised, campaign.currency))
        for owner, raised in crediting.leaders(campaign, kind, MOST)
    )  # fmt: skip
