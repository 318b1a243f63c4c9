"""Who a token is, asked afresh on every call."""

import datetime as dt

import pytest

from accounts import bearers, clients, consents, grants, scopes
from accounts.actors import SYSTEM
from accounts.models import ApiAccessToken, ApiClient, ApiConsent, ApiRefreshToken, Membership, User
from accounts.oauth_errors import (
    ClientDisabled,
    ClientRefused,
    ConsentRevoked,
    NotYours,
    ScopeMissing,
    TokenExpired,
    TokenRevoked,
    TokenUnknown,
    UserGone,
)
from rally.kit import clock
from tests.factories import make_client, make_organization, make_person, make_user

pytestmark = pytest.mark.django_db


class World:
    """A program, an admin of an organization, and what the admin allowed."""

    def __init__(self) -> None:
        self.organization = make_organization()
        self.user = make_user()
        self.membership = Membership.objects.create(
            organization=self.organization, user=self.user, role="admin"
        )
        self.client, self.secret = make_client()
        self.issued = grants.issue(self.client, self.user, self.organization, scopes.DEFAULT)
        self.token = self.issued.access_token


@pytest.fixture
def world() -> World:
    return World()


def test_a_token_tells_who_for_what_and_where(world, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        who = bearers.bearer(world.token)
        assert (who.client, who.user, who.organization) == (
            world.client, world.user, world.organization,
        )  # fmt: skip
    assert who.scopes == {"profile", "campaigns", "donations"}
    assert who.kind == "oauth"
    assert who.actor.user == world.user and who.actor.scopes == who.scopes
    who.require("profile", "donations")
    with pytest.raises(ScopeMissing) as why:
        who.require("profile", "admin_read")
    assert why.value.facts == {"scope": "admin_read"}


def test_tokens_need_no_escapes_and_are_kept_as_digests(world) -> None:
    for text, prefix in ((world.token, "rla_"), (world.issued.refresh_token, "rlr_")):
        assert text.startswith(prefix) and len(text) <= 64
        assert text.replace("_", "").isalnum() and text.isascii()
        for model in (ApiAccessToken, ApiRefreshToken, ApiClient, ApiConsent):
            assert text not in str(list(model.objects.values()))
    assert world.secret not in str(list(ApiClient.objects.values()))


def test_half_an_hour_later_it_has_expired(world) -> None:
    later = clock.now() + dt.timedelta(seconds=1_795)
    assert bearers.bearer(world.token, later)
    with pytest.raises(TokenExpired):
        bearers.bearer(world.token, later + dt.timedelta(seconds=10))


@pytest.mark.parametrize(
    "text", ["", "rla_", "rlr_" + "x" * 43, "nonsense", "rla_\x00", "rla_é", "rla_" + "x" * 10_000]
)
def test_other_texts_are_unknown(world, text) -> None:
    with pytest.raises(TokenUnknown):
        bearers.bearer(text)


def test_a_disabled_program_has_no_tokens_and_no_secret(world) -> None:
    clients.disable(world.client, SYSTEM)
    with pytest.raises(ClientDisabled):
        bearers.bearer(world.token)
    with pytest.raises(ClientDisabled):
        bearers.client_by_secret(world.client.client_id, world.secret)
    clients.enable(world.client, SYSTEM)
    assert bearers.bearer(world.token)


def test_a_disabled_user_ends_their_tokens(world) -> None:
    User.objects.filter(pk=world.user.pk).update(is_active=False)
    with pytest.raises(UserGone):
        bearers.bearer(world.token)


@pytest.mark.parametrize("gave", [False, True], ids=["a stranger now", "still a supporter"])
def test_a_user_who_left_the_organization_ends_their_tokens(world, gave) -> None:
    if gave:
        make_person(world.organization, user=world.user)
    world.membership.delete()
    with pytest.raises(UserGone):
        bearers.bearer(world.token)


def test_a_supporter_without_a_role_has_tokens_until_archived(world) -> None:
    user = make_user()
    person = make_person(world.organization, user=user)
    token = grants.issue(world.client, user, world.organization).access_token
    assert bearers.bearer(token).user == user
    person.archived_at = clock.now()
    person.save()
    with pytest.raises(UserGone):
        bearers.bearer(token)


def test_a_taken_back_consent_ends_its_tokens_for_good(world) -> None:
    consent = ApiConsent.objects.get()
    consents.revoke(consent, world.user)
    with pytest.raises(TokenRevoked):
        bearers.bearer(world.token)
    fresh = grants.issue(world.client, world.user, world.organization).access_token
    assert bearers.bearer(fresh)
    with pytest.raises(TokenRevoked):
        bearers.bearer(world.token)


def test_a_consent_taken_back_by_hand_is_enough(world) -> None:
    ApiConsent.objects.update(revoked_at=clock.now())
    with pytest.raises(ConsentRevoked):
        bearers.bearer(world.token)


def test_an_archived_organization_ends_its_tokens(world) -> None:
    world.organization.archived_at = clock.now()
    world.organization.save()
    with pytest.raises(UserGone):
        bearers.bearer(world.token)


def test_nobody_consents_for_an_organization_they_are_not_in(world) -> None:
    with pytest.raises(NotYours):
        grants.issue(world.client, world.user, make_organization())


def test_a_program_of_one_organization_works_for_that_one(world) -> None:
    other = make_organization()
    Membership.objects.create(organization=other, user=world.user, role="viewer")
    assert set(consents.choices(world.client, world.user)) == {world.organization, other}
    bound, _secret = make_client(organization=other)
    assert list(consents.choices(bound, world.user)) == [other]


@pytest.mark.parametrize("wrong", ["", "wrong", "\x00", "é" * 9])
def test_a_wrong_secret_and_a_wrong_id_answer_the_same(world, wrong) -> None:
    assert bearers.client_by_secret(world.client.client_id, world.secret) == world.client
    for pair in ((world.client.client_id, wrong), (wrong, world.secret)):
        with pytest.raises(ClientRefused):
            bearers.client_by_secret(*pair)


def test_a_public_program_has_no_secret_that_could_be_guessed() -> None:
    client, secret = make_client(profile="modern", confidential=False)
    assert secret == ""
    for guess in ("", "-" * 64):
        with pytest.raises(ClientRefused):
            bearers.client_by_secret(client.client_id, guess)
