"""A sandbox of its own with very many sold tiles, for trying how everything goes at that size."""

import datetime as dt
from collections.abc import Callable

from django.db import connection, transaction

from accounts.actors import SYSTEM
from accounts.models import Organization
from campaigns import editing, members, teams
from campaigns.editing import Details
from campaigns.members import Newcomer
from campaigns.models import Campaign, Goal, Team
from payments.models import StripeAccount, StripeEvent
from rally.demo import crowd
from rally.demo.crowd import Crowd
from rally.kit import clock

SLUG, TAG = "example-crowd", "crowd"
SIZE = 2000
FUNDRAISERS = 100
MOST_CLAIMS, MOST_PEOPLE = 1_000_000, 1_000_000
# A key that another process took and hasn't written yet must not be ours.
GAP = 100
Tell = Callable[[str], None]


class SeededAlready(Exception):
    """The sandbox is there; it is made once."""


def seed(claims: int, people: int, tell: Tell) -> Organization:
    """At least `claims` sold tiles, given by `people` people, in one transaction.

    Others can read meanwhile and have to wait with writing. Raises SeededAlready.
    """
    if Organization.objects.filter(slug=SLUG).exists():
        raise SeededAlready
    with transaction.atomic():
        _lock()
        organization = Organization.objects.create(
            slug=SLUG, name="Example Crowd", status=Organization.Status.LIVE, livemode=False
        )
        made = _crowd(organization, claims, people)
        tell(f"{people} people")
        _run(crowd.people(made, people))
        said = ""
        for word, statement in crowd.statements(made):
            if word != said:
                tell(word)
            said = word
            _run(statement)
        _reserve_keys()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return organization


def forget_events() -> None:
    """Delete the last one's events: the inbox is the installation's, and knows no organization."""
    StripeEvent.objects.filter(account_id="", event_id__startswith=f"evt_{TAG}").delete()


def _crowd(organization: Organization, claims: int, people: int) -> Crowd:
    campaign, team = _campaign(organization)
    account = StripeAccount.objects.create(organization=organization, livemode=False)
    names = [Newcomer(f"Fundraiser No. {n}") for n in range(1, FUNDRAISERS + 1)]
    added = members.add_all(campaign, names, SYSTEM, team=team)
    keys = [one.goal.pk for one in added]
    if keys != list(range(keys[0], keys[0] + FUNDRAISERS)):
        raise RuntimeError("Somebody else made goals meanwhile; please run it again.")
    orders = max(1, -(-claims // 3))
    above = {table: _highest(table) for table in crowd.NAMED}
    return Crowd(
        orders=orders, boards=(3 * orders - 1) // SIZE + 1, size=SIZE,
        organization=organization.pk, campaign=campaign.pk, account=account.pk,
        campaign_goal=campaign.goal.pk, goals=(keys[0], FUNDRAISERS),
        totals=(campaign.goal.pk, team.goal.pk),
        person=f"{above['accounts_person']} + 1 + (i - 1) % {people}", tag=TAG,
        when=(clock.now() - dt.timedelta(days=1)).isoformat(sep=" "), above=above,
    )  # fmt: skip


def _campaign(organization: Organization) -> tuple[Campaign, Team]:
    """A campaign that runs, and a team for its fundraisers."""
    details = Details(
        title="Very many tiles", goal_minor=100_000_000,
        deadline=clock.now() + dt.timedelta(days=60),
    )  # fmt: skip
    campaign = editing.create(organization=organization, details=details, by=SYSTEM)
    Campaign.objects.filter(pk=campaign.pk).update(
        status=Campaign.Status.ACTIVE, published_at=clock.now() - dt.timedelta(days=2)
    )
    campaign.refresh_from_db()
    team = teams.add(campaign, {"name": "Everybody"}, SYSTEM)
    assert Goal.objects.filter(team=team).exists()
    return campaign, team


def _lock() -> None:
    """Nobody else adds rows while keys are given by hand. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        tables = ", ".join((*crowd.NAMED, "campaigns_goal"))
        _run(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")


def _highest(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
        highest = int(cursor.fetchone()[0])
        if connection.vendor == "postgresql":
            cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [table])
            highest = max(highest, int(cursor.fetchone()[0]))
    return highest + GAP


def _reserve_keys() -> None:
    """The next key that PostgreSQL gives comes after ours; SQLite looks for itself."""
    if connection.vendor != "postgresql":
        return
    for table in crowd.NAMED:
        last = f"(SELECT max(id) FROM {table})"
        _run(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), {last})")


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
