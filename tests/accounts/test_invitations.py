"""An invitation lets one person in, once, for fourteen days, and its secret isn't stored."""

import datetime as dt

import pytest

from accounts import invitations
from accounts.errors import (
    InvitationExpired,
    InvitationForAnother,
    InvitationRevoked,
    InvitationUsed,
    NoSuchInvitation,
    UnknownRole,
)
from accounts.models import AuditEntry, Invitation, Membership
from accounts.models.organizations import Role
from accounts.rights import Forbidden
from rally.dispatch import outbox
from rally.kit import clock
from rally.kit.errors import InvalidInput
from tests.accounts.people import House, at_page, make_house
from tests.factories import make_campaign, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make_house()


def invite(house: House, role: str = Role.MODERATOR, **more) -> Invitation:
    return invitations.invite(house.organization, house.admin, role, **more)


def test_the_secret_is_found_however_it_is_typed_and_stored_nowhere(house: House) -> None:
    made = invite(house)
    secret = invitations.secret_of(made)
    for typed in (secret, secret.lower(), invitations.spaced(secret), f" {secret} "):
        assert invitations.find(typed) == made
    for wrong in ("", "x", secret[:-1], secret + "A", "\x00", "é" * 16):
        with pytest.raises(NoSuchInvitation):
            invitations.find(wrong)
    stored = str(Invitation.objects.filter(pk=made.pk).values().get())
    assert secret not in stored
    assert secret not in str(list(AuditEntry.objects.values()))


def test_accepting_is_done_once_however_often(house: House) -> None:
    made = invite(house)
    first = invitations.accept(made, house.stranger)
    assert invitations.accept(made, house.stranger) == first
    assert first.role == Role.MODERATOR
    assert AuditEntry.objects.filter(verb="invitation.accepted").count() == 1
    with pytest.raises(InvitationUsed):
        invitations.accept(made, at_page(make_user()))
    Membership.objects.filter(pk=first.pk).delete()
    assert invitations.accept(made, house.stranger) is None
    assert not Membership.objects.filter(user=house.stranger.user).exists()


def test_a_small_role_grows_and_a_big_one_stays(house: House) -> None:
    member = house.add(Role.VIEWER)
    grown = invitations.accept(invite(house, Role.ADMIN), at_page(member.user))
    assert grown.role == Role.ADMIN
    assert invitations.accept(invite(house, Role.VIEWER), house.owner).role == Role.OWNER


def test_late_revoked_or_for_another(house: House) -> None:
    late = invite(house)
    Invitation.objects.filter(pk=late.pk).update(expires_at=clock.now() - dt.timedelta(seconds=1))
    with pytest.raises(InvitationExpired):
        invitations.accept(late, house.stranger)
    revoked = invite(house)
    for _twice in range(2):
        invitations.revoke(revoked, house.owner)
    assert AuditEntry.objects.filter(verb="invitation.revoked").count() == 1
    with pytest.raises(InvitationRevoked):
        invitations.accept(revoked, house.stranger)
    other = invite(house, email="somebody@example.org")
    with pytest.raises(InvitationForAnother):
        invitations.accept(other, house.stranger)
    mine = invite(house, email=house.stranger.user.email.upper())
    assert invitations.accept(mine, house.stranger).role == Role.MODERATOR
    mine.refresh_from_db()
    assert mine.email == "", "an address is kept only as long as it is needed"


def test_it_is_mailed_to_its_address_once(house: House, mailoutbox) -> None:
    made = invite(house, email="new.helper@example.org")
    outbox.drain()
    assert [mail.to for mail in mailoutbox] == [["new.helper@example.org"]]
    assert f"/join/{invitations.secret_of(made)}/" in mailoutbox[0].body
    with pytest.raises(InvalidInput):
        invite(house, email="not an address")


def test_a_role_in_a_part(house: House) -> None:
    campaign = make_campaign(house.organization)
    made = invite(house, Role.TEAM_ADMIN, campaign_id=campaign.pk)
    assert invitations.accept(made, house.stranger).campaign == campaign
    with pytest.raises(UnknownRole):
        invite(house, Role.ADMIN, campaign_id=campaign.pk)


def test_who_may_invite(house: House) -> None:
    with pytest.raises(UnknownRole):
        invite(house, Role.OWNER)
    for actor in (house.stranger, at_page(house.add(Role.TEAM_ADMIN).user)):
        with pytest.raises(Forbidden):
            invitations.invite(house.organization, actor, Role.VIEWER)
        with pytest.raises(Forbidden):
            invitations.revoke(invite(house), actor)


def test_addresses_of_expired_ones_are_forgotten(house: House) -> None:
    made = invite(house, email="somebody@example.org")
    assert invitations.forget_addresses() == 0
    Invitation.objects.filter(pk=made.pk).update(expires_at=clock.now() - dt.timedelta(days=1))
    assert invitations.forget_addresses() == 1
