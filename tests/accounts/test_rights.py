"""The table of roles, every role against every act, everywhere and in a part."""

import pytest

from accounts import rights
from accounts.actors import SYSTEM, Actor
from accounts.models import Membership
from accounts.models.organizations import Role
from accounts.rights import Right
from campaigns.models import Campaign
from tests.factories import make_campaign, make_organization, make_team, make_user

pytestmark = pytest.mark.django_db
# As people agreed on it: one line per act, in the order owner admin team_admin moderator viewer.
TABLE = {
    Right.OWN: "x....",
    Right.RUN_ORGANIZATION: "xx...",
    Right.RUN_CAMPAIGNS: "xxx..",
    Right.SEE_MONEY: "xxx..",
    Right.SEE_CONTACTS: "xx...",
    Right.REFUND: "xx...",
    Right.MODERATE: "xxxx.",
    Right.SEE_TOTALS: "xxx.x",
}
CELLS = [
    (right, role, marks[column] == "x")
    for right, marks in TABLE.items()
    for column, role in enumerate(Role)
]


def member(role: str, **limit: object) -> tuple[Actor, int]:
    campaign = limit.get("campaign")
    home = campaign.organization if isinstance(campaign, Campaign) else make_organization()
    team = limit.get("team")
    home = team.campaign.organization if team else home
    user = make_user()
    Membership.objects.create(organization=home, user=user, role=role, **limit)
    return Actor(user, "page"), home.pk


def test_the_table_names_every_right() -> None:
    assert set(TABLE) == set(Right) == set(rights.MAY)


@pytest.mark.parametrize(("right", "role", "allowed"), CELLS)
def test_each_role_and_act(right: Right, role: Role, allowed: bool) -> None:
    by, home = member(role)
    assert rights.may(by, right, home) is allowed
    assert not rights.may(by, right, make_organization().pk)


@pytest.mark.parametrize("right", list(Right))
def test_a_role_in_one_campaign_reaches_that_campaign_alone(right: Right) -> None:
    ours = make_campaign()
    other = make_campaign(ours.organization)
    by, home = member(Role.TEAM_ADMIN, campaign=ours)
    allowed = Role.TEAM_ADMIN in rights.MAY[right]
    assert rights.may(by, right, home, ours.pk) is allowed
    assert not rights.may(by, right, home, other.pk)
    assert not rights.may(by, right, home)
    assert list(rights.seen(by, Campaign.objects.all())) == [ours]
    assert bool(rights.seen(by, Campaign.objects.all(), right)) is allowed


def test_a_role_in_one_team_shows_its_campaign_and_rules_the_team_alone() -> None:
    ours = make_campaign()
    make_campaign(ours.organization)
    team = make_team(ours)
    by, home = member(Role.TEAM_ADMIN, team=team)
    assert list(rights.seen(by, Campaign.objects.all())) == [ours]
    assert not rights.seen(by, Campaign.objects.all(), Right.RUN_CAMPAIGNS)
    assert rights.may(by, Right.RUN_CAMPAIGNS, home, ours.pk, team.pk)
    assert not rights.may(by, Right.RUN_CAMPAIGNS, home, ours.pk)
    assert not rights.may(by, Right.RUN_CAMPAIGNS, home, ours.pk, make_team(ours).pk)


@pytest.mark.parametrize("scopes", [None, frozenset({"tiles_read"}), rights.ACTING_SCOPES])
@pytest.mark.parametrize("is_staff", [False, True])
@pytest.mark.parametrize("role", list(Role))
def test_asking_within_a_statement_answers_as_asking_before_it(
    role: Role, is_staff: bool, scopes: frozenset[str] | None
) -> None:
    ours = make_campaign()
    limits = ({"campaign": ours}, {"campaign": make_campaign(ours.organization)},
              {"team": make_team(ours)}, {})  # fmt: skip
    for limit in limits:
        user = make_user(is_staff=is_staff)
        Membership.objects.create(organization=ours.organization, user=user, role=role, **limit)
        for door, home in (("api", None), ("api", make_organization().pk), ("page", None)):
            by = Actor(user, door, scopes, home)
            seen = set(rights.seen(by, Campaign.objects.all()))
            for right in Right:
                allowed = {one for one in seen if required(by, right, one)}
                assert set(rights.reached(by, right, Campaign.objects.all())) == allowed


def required(by: Actor, right: Right, campaign: Campaign) -> bool:
    try:
        rights.require(by, right, campaign.organization_id, campaign.pk)
    except rights.Forbidden:
        return False
    return True


def test_contacts_are_seen_by_team_admins_where_the_campaign_allows_it() -> None:
    campaign = make_campaign()
    for role, without, allowed in (
        (Role.ADMIN, True, True),
        (Role.TEAM_ADMIN, False, True),
        (Role.MODERATOR, False, False),
        (Role.VIEWER, False, False),
    ):
        by, home = member(role, campaign=campaign)
        assert rights.may_see_contacts(by, home, campaign.pk, False) is without
        assert rights.may_see_contacts(by, home, campaign.pk, True) is allowed


def test_staff_rights_open_the_admin_and_no_organizers_page() -> None:
    staff, home = make_user(is_staff=True), make_organization().pk
    assert rights.may(Actor(staff, "admin"), Right.OWN, home)
    assert not rights.may(Actor(staff, "page"), Right.SEE_TOTALS, home)
    assert rights.may(SYSTEM, Right.OWN, home)
    assert not rights.may(Actor(None, "page"), Right.SEE_TOTALS, home)


def test_a_closed_account_may_nothing() -> None:
    by, home = member(Role.OWNER)
    assert by.user is not None
    by.user.is_active = False
    assert not rights.may(by, Right.SEE_TOTALS, home)
    staff = make_user(is_staff=True, is_active=False)
    assert not rights.may(Actor(staff, "admin"), Right.OWN, home)


def test_archived_organizations_are_not_listed(django_assert_num_queries) -> None:
    by, home = member(Role.VIEWER)
    assert [one.pk for one in rights.organizations(by)] == [home]
    rights.organizations(by).update(archived_at="2026-01-01T00:00:00Z")
    assert not rights.organizations(by)
