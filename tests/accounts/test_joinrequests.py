"""Asking to belong: each request is answered once, by mail, and lapses after 30 days."""

import datetime as dt

import pytest

from accounts import joinrequests
from accounts.errors import (
    AlreadyDecided,
    AlreadyMember,
    OwnRequest,
    ReasonNeeded,
    UnknownRole,
)
from accounts.models import AuditEntry, JoinRequest, Membership
from accounts.models.organizations import Role
from accounts.rights import Forbidden
from rally.dispatch import outbox
from rally.kit import clock
from rally.kit.errors import InvalidInput
from tests.accounts.people import House, at_page, make_house

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return make_house()


def ask(house: House, message: str = "I coach the juniors.") -> JoinRequest:
    return joinrequests.ask(house.organization, house.stranger, message)


def subjects(mailoutbox) -> list[str]:
    outbox.drain()
    return [mail.subject for mail in mailoutbox]


def test_every_owner_and_admin_hears_of_it_once(house: House, mailoutbox) -> None:
    house.add(Role.TEAM_ADMIN)
    first = ask(house)
    assert ask(house, "Again.") == first
    assert len(subjects(mailoutbox)) == 2
    assert {mail.to[0] for mail in mailoutbox} == {house.owner.user.email, house.admin.user.email}
    assert all("I coach the juniors." in mail.body for mail in mailoutbox)
    assert AuditEntry.objects.filter(verb="joinrequest.asked").count() == 1


def test_members_and_nobody_have_nothing_to_ask(house: House) -> None:
    with pytest.raises(AlreadyMember):
        joinrequests.ask(house.organization, house.admin, "Hello")
    with pytest.raises(InvalidInput):
        ask(house, "x" * 1001)


def test_an_admin_lets_somebody_in(house: House, mailoutbox) -> None:
    request = ask(house)
    membership = joinrequests.approve(request, house.admin)
    assert membership.role == Role.TEAM_ADMIN
    assert joinrequests.approve(request, house.owner, Role.ADMIN).role == Role.TEAM_ADMIN
    told = [mail for mail in (outbox.drain(), *mailoutbox)[1:] if "Welcome" in mail.subject]
    assert [mail.to for mail in told] == [[house.stranger.user.email]]
    assert AuditEntry.objects.filter(verb="joinrequest.approved").count() == 1


def test_approving_again_lets_nobody_back_in(house: House) -> None:
    request = ask(house)
    joinrequests.approve(request, house.admin)
    Membership.objects.filter(user=house.stranger.user).delete()
    joinrequests.approve(request, house.admin)
    assert not Membership.objects.filter(user=house.stranger.user).exists()


def test_a_refusal_has_a_reason_that_is_mailed(house: House, mailoutbox) -> None:
    request = ask(house)
    with pytest.raises(ReasonNeeded):
        joinrequests.deny(request, house.admin, " \n ")
    for _twice in range(2):
        joinrequests.deny(request, house.admin, "We don't know you.")
    with pytest.raises(AlreadyDecided):
        joinrequests.approve(request, house.admin)
    bodies = [mail.body for mail in (outbox.drain(), *mailoutbox)[1:] if "down" in mail.subject]
    assert len(bodies) == 1 and "We don't know you." in bodies[0]
    assert joinrequests.ask(house.organization, house.stranger, "Please.").pk != request.pk


def test_who_may_not_decide(house: House) -> None:
    request = ask(house)
    member = house.add(Role.TEAM_ADMIN)
    for actor in (at_page(member.user), make_house().owner):
        with pytest.raises(Forbidden):
            joinrequests.approve(request, actor)
        with pytest.raises(Forbidden):
            joinrequests.deny(request, actor, "No.")
    with pytest.raises(OwnRequest):
        joinrequests.approve(request, house.stranger)
    with pytest.raises(UnknownRole):
        joinrequests.approve(request, house.admin, Role.OWNER)


def test_after_thirty_days_it_ends_by_itself(house: House, mailoutbox) -> None:
    request = ask(house)
    nearly = clock.now() + dt.timedelta(days=29, hours=23)
    assert joinrequests.lapse(now=nearly) == 0
    late = clock.now() + dt.timedelta(days=30, hours=1)
    assert [joinrequests.lapse(now=late) for _twice in range(2)] == [1, 0]
    request.refresh_from_db()
    assert (request.status, request.decided_by) == ("denied", None)
    assert any("turned down" in subject for subject in subjects(mailoutbox))
