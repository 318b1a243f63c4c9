"""Roles change hands; an organization never loses its last owner."""

import pytest

from accounts import memberships
from accounts.actors import Actor
from accounts.errors import LastOwner, NotEverywhere, OwnersOnly, UnknownRole
from accounts.models import AuditEntry, Membership
from accounts.models.organizations import Role
from accounts.rights import Forbidden
from rally.dispatch import outbox
from tests.accounts.people import House, at_page, make_house
from tests.factories import make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make_house()


def audits(verb: str) -> int:
    return AuditEntry.objects.filter(verb=verb).count()


def test_an_admin_changes_a_role_once(house: House) -> None:
    member = house.add(Role.VIEWER)
    for _twice in range(2):
        memberships.change_role(member, house.admin, Role.MODERATOR)
    member.refresh_from_db()
    assert member.role == Role.MODERATOR
    assert audits("membership.changed") == 1


def test_admins_neither_make_nor_unmake_owners(house: House) -> None:
    with pytest.raises(Forbidden):
        memberships.change_role(house.add(Role.VIEWER), house.admin, Role.OWNER)
    house.add(Role.OWNER)
    with pytest.raises(OwnersOnly):
        memberships.change_role(house.of(house.owner), house.admin, Role.VIEWER)
    with pytest.raises(OwnersOnly):
        memberships.remove(house.of(house.owner), house.admin)


def test_nobody_else_changes_roles(house: House) -> None:
    member = house.add(Role.VIEWER)
    for actor in (house.stranger, at_page(member.user), at_page(house.add(Role.TEAM_ADMIN).user)):
        with pytest.raises(Forbidden):
            memberships.change_role(member, actor, Role.ADMIN)
        with pytest.raises(Forbidden):
            memberships.remove(house.of(house.admin), actor)
    staff = Actor(house.stranger.user, "admin")
    with pytest.raises(Forbidden):
        memberships.remove(member, staff)


def test_the_last_owner_can_t_vanish(house: House) -> None:
    owner = house.of(house.owner)
    for act in (
        lambda: memberships.remove(owner, house.owner),
        lambda: memberships.leave(house.organization, house.owner),
        lambda: memberships.change_role(owner, house.owner, Role.VIEWER),
    ):
        with pytest.raises(LastOwner):
            act()
    second = house.add(Role.OWNER)
    second.user.is_active = False
    second.user.save()
    with pytest.raises(LastOwner):
        memberships.leave(house.organization, house.owner)
    house.add(Role.OWNER)
    memberships.leave(house.organization, house.owner)
    assert audits("membership.left") == 1


def test_leaving_ends_every_role_here_and_none_elsewhere(house: House) -> None:
    member = house.add(Role.VIEWER)
    campaign = make_campaign(house.organization)
    Membership.objects.create(
        organization=house.organization, user=member.user, role=Role.TEAM_ADMIN, campaign=campaign
    )
    elsewhere = make_house()
    Membership.objects.create(
        organization=elsewhere.organization, user=member.user, role=Role.VIEWER
    )
    memberships.leave(house.organization, at_page(member.user))
    kept = Membership.objects.get(user=member.user)
    assert kept.organization == elsewhere.organization


def test_handing_over_swaps_the_roles_and_tells_both(house: House, mailoutbox) -> None:
    member = house.add(Role.VIEWER)
    with pytest.raises(Forbidden):
        memberships.hand_over(member, house.admin)
    for _twice in range(2):
        try:
            memberships.hand_over(member, house.owner)
        except Forbidden:
            assert _twice == 1, "who handed over is no owner any more"
    assert house.of(at_page(member.user)).role == Role.OWNER
    assert house.of(house.owner).role == Role.ADMIN
    assert audits("organization.handed_over") == 1
    outbox.drain()
    assert {mail.to[0] for mail in mailoutbox} == {member.user.email, house.owner.user.email}
    assert any("You own" in mail.subject for mail in mailoutbox)


def test_big_roles_hold_everywhere_or_not_at_all(house: House) -> None:
    limited = house.add(Role.VIEWER, campaign=make_campaign(house.organization))
    with pytest.raises(NotEverywhere):
        memberships.change_role(limited, house.owner, Role.ADMIN)
    with pytest.raises(NotEverywhere):
        memberships.hand_over(limited, house.owner)
    with pytest.raises(UnknownRole):
        memberships.change_role(limited, house.owner, "king")


def test_taking_out_twice_changes_nothing(house: House) -> None:
    member = house.add(Role.VIEWER)
    for _twice in range(2):
        memberships.remove(member, house.admin)
    assert audits("membership.removed") == 1
