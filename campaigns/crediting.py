"""Whom a gift may be credited to: the teams and fundraisers whose pages are open.

A key such as "t:falcons" or "m:jane-s" names one within a campaign; it stands in links and
forms, and needs no cookie.
"""

import re
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from campaigns.models import Access, Campaign, Donation, Goal, Member, Team
from rally.kit import text
from rally.kit.errors import InvalidInput

KEY = re.compile(r"[tm]:[a-z0-9_-]{1,100}\Z")
OPEN = (Access.PUBLIC, Access.DELISTED)
MOST = 300


@dataclass(frozen=True, slots=True)
class Choice:
    """Somebody to credit, as the public may call them."""

    key: str
    label: str
    goal_id: int


def key_of(owner: Team | Member) -> str:
    """How links and forms call them."""
    return f"{'t' if isinstance(owner, Team) else 'm'}:{owner.slug}"


def called(owner: Team | Member) -> str:
    """What the public may call them; a fundraiser as they chose to be shown."""
    if isinstance(owner, Team):
        return owner.name
    if owner.shown_as == Donation.ShownAs.ANONYMOUS:
        return _("A fundraiser")
    name = owner.person.name or _("A fundraiser")
    return text.initial(name) if owner.shown_as == Donation.ShownAs.INITIAL else name


def owner_of(campaign_id: int, key: str) -> Team | Member | None:
    """Who a key names, if their page is open; None for everybody else."""
    if not KEY.match(key):
        return None
    kind, slug = key.split(":")
    where = {"campaign_id": campaign_id, "slug": slug, "access__in": OPEN, "archived_at": None}
    if kind == "t":
        return Team.objects.filter(**where).select_related("goal").first()
    rows = Member.objects.filter(**where, is_fundraiser=True)
    return rows.select_related("goal", "person", "team").first()


def goal_for(campaign_id: int, key: str) -> Goal:
    """The goal a key names. Raises InvalidInput for one that isn't open (any more)."""
    owner = owner_of(campaign_id, key)
    goal = getattr(owner, "goal", None)
    if goal is None:
        raise InvalidInput(_("Please choose somebody from the list."), field="credit")
    return goal


def campaign_of(goal: Goal) -> int | None:
    """The campaign a goal is in; None for a series."""
    owner = goal.team or goal.member
    return owner.campaign_id if owner is not None else goal.campaign_id


def choices(campaign_id: int) -> list[Choice]:
    """Public teams, then public fundraisers, by name. One query."""
    listed = Q(
        team__campaign_id=campaign_id, team__access=Access.PUBLIC, team__archived_at=None
    ) | Q(
        member__campaign_id=campaign_id, member__access=Access.PUBLIC, member__archived_at=None,
        member__is_fundraiser=True,
    )  # fmt: skip
    rows = Goal.objects.filter(listed).select_related("team", "member__person")
    owners = [(goal.team or goal.member, goal) for goal in rows.order_by("pk")[:MOST]]
    found = [
        (isinstance(owner, Member), called(owner), Choice(key_of(owner), called(owner), goal.pk))
        for owner, goal in owners
        if owner is not None and owner.slug and not _is_nameless(owner)
    ]
    return [choice for _kind, _label, choice in sorted(found, key=lambda row: row[:2])]


def _is_nameless(owner: Team | Member) -> bool:
    return isinstance(owner, Member) and owner.shown_as == Donation.ShownAs.ANONYMOUS


def leaders(campaign: Campaign, kind: str, most: int) -> list[tuple[Team | Member, int]]:
    """Public teams or fundraisers with what they raised (minor units), the most first."""
    rows = Goal.objects.filter(kind=kind).select_related("team", "member__person")
    if kind == Goal.Kind.TEAM:
        rows = rows.filter(team__campaign=campaign, team__access=Access.PUBLIC,
                           team__archived_at=None)  # fmt: skip
    else:
        rows = rows.filter(
            member__campaign=campaign, member__access=Access.PUBLIC, member__archived_at=None,
            member__is_fundraiser=True,
        ).exclude(member__slug="")  # fmt: skip
    found = rows.order_by("-raised_minor", "pk")[:most]
    # A goal of these kinds has one of the two.
    return [(goal.team or goal.member, goal.raised_minor) for goal in found]  # type: ignore[misc]
