"""Loads a page of rows with all that stands in them: a fixed number of statements per list."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Prefetch, QuerySet, Window
from django.db.models.functions import Coalesce, RowNumber

from accounts.models import Address
from campaigns.models import Access, Campaign, Donation, Goal, Member, Series, Team
from rally.api.sprocket import rows
from rally.api.sprocket.fields import PUBLIC, Level, Sight
from rally.api.sprocket.objects.goals import MOST_GIFTS

NEWEST = ("-paid_at", "-pk")
PEOPLE = ("person", "campaign", "team", "goal")
Found = QuerySet[Any] | list[Any]


def plainly(found: QuerySet[Any], sight: Sight) -> list[Any]:
    """Rows that have everything in them."""
    return list(found)


def users(found: QuerySet[Member], sight: Sight) -> list[Member]:
    """With goal, team, addresses where they may be seen, and the goal's newest gifts."""
    loaded = list(_people(found, sight))
    if not sight.plain:
        attach_gifts(loaded, F("goal__member_id"))
    return loaded


def _people(found: QuerySet[Member], sight: Sight) -> QuerySet[Member]:
    found = found.select_related(*PEOPLE)
    return found.prefetch_related(_addresses()) if sight.sees(Level.CONTACTS) else found


def _addresses() -> Prefetch:
    live = Address.objects.filter(archived_at=None).order_by("pk")
    return Prefetch("person__addresses", queryset=live, to_attr="live_addresses")


def _has_goal(owner: Any) -> bool:
    return getattr(owner, "goal", None) is not None


def teams(found: QuerySet[Team], sight: Sight) -> list[Team]:
    """With goal, captains and members as far as the caller may see them."""
    seen = Member.objects.filter(archived_at=None)
    if not sight.sees(Level.ADMIN):
        seen = seen.filter(is_fundraiser=True, access=Access.PUBLIC)
    captains = _people(seen.order_by("pk"), sight if sight.sees(Level.ADMIN) else PUBLIC)
    loaded: list[Team] = list(
        found.select_related("campaign", "goal").prefetch_related(
            Prefetch("captains", queryset=captains, to_attr="seen_captains"),
            Prefetch("members", queryset=seen.order_by("pk"), to_attr="seen_members"),
        )
    )
    if not sight.plain:
        attach_gifts(loaded, Coalesce("goal__team_id", "goal__member__team_id"), _goals(loaded))
    return loaded


def _goals(teams: list[Team]) -> QuerySet[Goal, Any]:
    """The goals of the teams and of their members, each found by its index."""
    keys = [team.pk for team in teams]
    own = Goal.objects.filter(team__in=keys).values("pk")
    return own.union(Goal.objects.filter(member__team__in=keys).values("pk"))


def donations(found: QuerySet[Donation], sight: Sight) -> list[Donation]:
    """With donor and recipient, and the donor's addresses where they may be seen."""
    found = found.select_related("person", "goal")
    if sight.sees(Level.CONTACTS):
        found = found.prefetch_related(_addresses())
    return list(found)


def campaigns(found: QuerySet[Campaign], sight: Sight) -> list[Campaign]:
    """With organization, goal and leaders; a single one gets its newest gifts by `campaign`."""
    loaded = list(found.select_related("organization", "goal", "series"))
    attach_leaders(loaded, "campaign_id", sight)
    return loaded


def campaign(found: Campaign, sight: Sight) -> Campaign:
    """One campaign, with its newest gifts."""
    [loaded] = campaigns(rows.campaigns().filter(pk=found.pk), sight)
    if _has_goal(loaded):
        gifts = rows.shown_gifts().filter(campaign=loaded).order_by(*NEWEST)
        loaded.goal.recent_gifts = list(gifts[:MOST_GIFTS])  # type: ignore[attr-defined]  # for the writer
    return loaded


def series(found: QuerySet[Series], sight: Sight) -> list[Series]:
    """With goal and leaders."""
    loaded = list(found.select_related("organization", "goal"))
    attach_leaders(loaded, "campaign__series_id", sight)
    return loaded


def attach_gifts(owners: list[Any], whose: Any, goals: QuerySet[Goal, Any] | None = None) -> None:
    """Give each owner's goal its newest gifts; `whose` is the owner's key as a gift knows it.

    `goals` finds the gifts instead where no index leads from `whose` to them.

    Owners without a goal are asked for with the others: a page's number of statements doesn't
    depend on who stands in it.
    """
    newest: dict[int, list[Donation]] = {owner.pk: [] for owner in owners}
    narrow = {"whose__in": newest} if goals is None else {"goal__in": goals}
    gifts = rows.shown_gifts().annotate(whose=whose).filter(**narrow)
    for gift in _first(gifts, "whose", NEWEST, MOST_GIFTS):
        newest[gift.whose].append(gift)
    for owner in filter(_has_goal, owners):
        owner.goal.recent_gifts = newest[owner.pk]


def attach_leaders(owners: Iterable[Any], path: str, sight: Sight) -> None:
    """Give campaigns or series their best fundraisers and teams, two statements for each."""
    by_key = {owner.pk: owner for owner in owners}
    for owner in by_key.values():
        owner.fundraiser_leaders, owner.team_leaders = [], []
    if not sight.leaders or not by_key:
        return
    order = ("-goal__raised_minor", "pk")
    shown = {"archived_at": None, "access": Access.PUBLIC, "goal__isnull": False}
    public = {f"{path}__in": by_key, "campaign__archived_at": None,
              "campaign__status__in": Campaign.PUBLIC}  # fmt: skip
    people = Member.objects.filter(is_fundraiser=True, **shown, **public)
    best = _keys(people, path, order, sight.leaders)
    plain = Sight(plain=True)
    for member in users(Member.objects.filter(pk__in=best).order_by(*order), plain):
        by_key[_owner(member, path)].fundraiser_leaders.append(member)
    best = _keys(Team.objects.filter(**shown, **public), path, order, sight.leaders)
    for team in teams(Team.objects.filter(pk__in=best).order_by(*order), plain):
        by_key[_owner(team, path)].team_leaders.append(team)


def _keys(found: QuerySet[Any], path: str, order: tuple[str, ...], most: int) -> list[int]:
    return [
        row.pk for row in _first(found.annotate(whose=F(path)).only("pk"), "whose", order, most)
    ]


def _owner(row: Any, path: str) -> int:
    return row.campaign.series_id if path.endswith("series_id") else row.campaign_id


def _first(found: QuerySet[Any], part: str, order: tuple[str, ...], most: int) -> QuerySet[Any]:
    """The first few rows of each part, in order."""
    place = Window(RowNumber(), partition_by=[F(part)], order_by=list(order))
    return found.annotate(place=place).filter(place__lte=most).order_by(part, "place")
