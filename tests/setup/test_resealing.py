"""Another secret key: what a former one sealed is opened, and sealed anew on demand."""

import io

import pytest
from allauth.mfa.models import Authenticator
from django.core import signing
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from accounts import invitations, webhooks
from accounts.actors import Actor
from accounts.models import Organization, WebhookEndpoint
from rally.kit import ids, sealed
from rally.web import mfa
from tests import factories
from tests.api.tiles.members import member

pytestmark = pytest.mark.django_db(databases=["default", "cache"])
NEW, OLD = "n" * 60, "o" * 60
EVERYTHING = {"secret": "ABC", "seed": "DEF", "migrated_codes": ["GHI"]}


@pytest.fixture
def organization(settings: Settings) -> Organization:
    """Of an installation whose key is the old one."""
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = OLD, []
    settings.RALLY_ALLOW_LOCAL_WEBHOOKS = True
    return factories.make_organization()


@pytest.fixture
def endpoint(organization: Organization) -> WebhookEndpoint:
    by = Actor(member(organization), "page")
    made = webhooks.add(organization, by, url="http://127.0.0.1:9/", events=["tile.sold"])
    return webhooks.rotate(made, by)


def second_step(**data: object) -> Authenticator:
    box = mfa.MFAAdapter()
    hidden = {name: [box.encrypt(one) for one in value] if isinstance(value, list)
              else box.encrypt(str(value)) for name, value in data.items()}  # fmt: skip
    return Authenticator.objects.create(user=factories.make_user(), type="totp", data=hidden)


def stored() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret, old_secret FROM accounts_webhookendpoint")
        return [one for row in cursor.fetchall() for one in row]


def opened(row: Authenticator) -> dict[str, object]:
    row.refresh_from_db()
    show = mfa.MFAAdapter().decrypt
    return {name: [show(one) for one in value] if isinstance(value, list) else show(value)
            for name, value in row.data.items()}  # fmt: skip


def reseal() -> str:
    out = io.StringIO()
    call_command("reseal", stdout=out)
    return out.getvalue().strip()


def test_a_former_key_still_opens_what_it_sealed(
    endpoint: WebhookEndpoint, settings: Settings
) -> None:
    step, signed = second_step(**EVERYTHING), signing.dumps("x")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, ["another", OLD]
    found = WebhookEndpoint.objects.get()
    assert (found.secret, found.old_secret) == (endpoint.secret, endpoint.old_secret)
    assert found.secret and opened(step) == EVERYTHING and signing.loads(signed) == "x"
    settings.SECRET_KEY_FALLBACKS = []
    assert WebhookEndpoint.objects.get().secret == "" and opened(step) != EVERYTHING


def test_sealing_anew_makes_the_former_key_needless(
    endpoint: WebhookEndpoint, settings: Settings
) -> None:
    step = second_step(**EVERYTHING)
    passkey = Authenticator.objects.create(
        user=step.user, type="webauthn", data={"name": "Key", "secret": "not ours"}
    )
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    before = stored()
    assert reseal() == "Encrypted anew 5, as they were 0, opened by no key 0."
    now = stored()
    assert not set(now) & set(before)
    assert reseal() == "Encrypted anew 0, as they were 5, opened by no key 0."
    assert stored() == now, "again changes nothing"
    settings.SECRET_KEY_FALLBACKS = []
    found = WebhookEndpoint.objects.get()
    assert (found.secret, found.old_secret) == (endpoint.secret, endpoint.old_secret)
    assert opened(step) == EVERYTHING
    passkey.refresh_from_db()
    assert passkey.data == {"name": "Key", "secret": "not ours"}


def test_what_no_key_opens_is_left_as_it_is_and_said(
    endpoint: WebhookEndpoint, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    step, before = second_step(**EVERYTHING), stored()
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, ["another"]
    with pytest.raises(SystemExit) as why:
        call_command("reseal")
    assert why.value.code == 1
    assert capsys.readouterr().out == "Encrypted anew 0, as they were 0, opened by no key 5.\n"
    assert stored() == before
    settings.SECRET_KEY_FALLBACKS = [OLD]
    assert opened(step) == EVERYTHING


def test_an_invitation_s_link_stays_the_one_that_was_mailed(
    organization: Organization, settings: Settings
) -> None:
    made = invitations.invite(organization, Actor(member(organization), "page"), "viewer")
    link = invitations.secret_of(made)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = NEW, [OLD]
    made.refresh_from_db()
    assert invitations.secret_of(made) == link and ids.digest(link) == made.token_hash
    settings.SECRET_KEY_FALLBACKS = []
    assert invitations.secret_of(made) != link


def test_keys_of_two_purposes_differ() -> None:
    assert sealed.unseal(mfa.BOX.seal("x")) == ""
