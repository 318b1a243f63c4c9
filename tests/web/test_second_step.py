"""The second step at sign-in: set up, asked for, used once; nobody is staff without it."""

import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from rally.backup.verbs import forget_cached
from rally.web.mfa import why_no_passkeys
from tests import secondstep
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db(databases=["default", "cache"])


@pytest.fixture(autouse=True)
def no_rates(settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    forget_cached()  # ours alone: other processes of this run share the server


def login_of(**fields: Any) -> User:
    user = make_user(**fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def sign_in(client: Client, user: User, then: str = "/organize/"):
    address = f"{reverse('account_login')}?next={then}"
    return client.post(address, {"login": user.email, "password": PASSWORD}, follow=True)


def test_setting_an_app_up_without_javascript(client: Client) -> None:
    user = login_of()
    sign_in(client, user)
    again = client.get(reverse("mfa_activate_totp"), follow=True)
    assert again.request["PATH_INFO"] == reverse("account_reauthenticate")
    page = client.post(
        reverse("account_reauthenticate"),
        {"password": PASSWORD, "next": reverse("mfa_activate_totp")},
        follow=True,
    ).content.decode()
    secret = re.search(r'value="([A-Z2-7]{32})"', page)
    assert secret, page
    wrong = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert "Please look at this again" in wrong.content.decode()
    done = client.post(
        reverse("mfa_activate_totp"), {"code": secondstep.code(secret[1])}, follow=True
    )
    assert done.request["PATH_INFO"] == reverse("mfa_view_recovery_codes")
    assert done.content.decode().count("<li>") >= 10
    stored = Authenticator.objects.get(user=user, type="totp").data["secret"]
    assert secret[1] not in stored, "the secret is encrypted"


def test_signing_in_asks_for_a_code_and_takes_it_once(client: Client) -> None:
    user = login_of()
    secondstep.enroll(user)
    page = sign_in(client, user)
    assert page.request["PATH_INFO"] == reverse("mfa_authenticate")
    assert "_auth_user_id" not in client.session
    code = secondstep.code()
    assert client.post(reverse("mfa_authenticate"), {"code": "123"}).status_code == 200
    client.post(reverse("mfa_authenticate"), {"code": code})
    assert "_auth_user_id" in client.session
    other = Client()
    sign_in(other, user)
    answer = other.post(reverse("mfa_authenticate"), {"code": code})
    assert "_auth_user_id" not in other.session
    assert "Please look at this again" in answer.content.decode()


def test_staff_without_a_second_step_are_led_to_set_one_up(client: Client) -> None:
    staff = login_of(is_staff=True, is_superuser=True)
    page = sign_in(client, staff, "/admin/")
    assert page.request["PATH_INFO"] == reverse("mfa_index")
    assert "need a second step" in page.content.decode()
    assert client.get("/admin/accounts/joinrequest/").status_code == 302


def test_staff_who_set_it_up_after_signing_in_take_it_before_they_enter(client: Client) -> None:
    staff = login_of(is_staff=True, is_superuser=True)
    sign_in(client, staff)
    secondstep.enroll(staff)
    page = client.get("/admin/accounts/user/", follow=True)
    assert page.request["PATH_INFO"] == reverse("mfa_reauthenticate")
    form = {"code": secondstep.code(), "next": "/admin/accounts/user/"}
    page = client.post(reverse("mfa_reauthenticate"), form, follow=True)
    assert page.request["PATH_INFO"] == "/admin/accounts/user/"
    assert page.status_code == 200


def test_taking_the_second_step_away_closes_the_admin(client: Client) -> None:
    staff = login_of(is_staff=True, is_superuser=True)
    secondstep.enter(client, staff)
    assert client.get("/admin/").status_code == 200
    Authenticator.objects.filter(user=staff).delete()
    assert client.get("/admin/").status_code == 302


def test_a_superuser_helps_somebody_who_lost_the_phone(client: Client) -> None:
    staff, lost = login_of(is_staff=True, is_superuser=True), login_of()
    secondstep.enroll(lost)
    secondstep.enter(client, staff)
    act = {"action": "forget_second_step", "_selected_action": [lost.pk]}
    assert "Make sure it" in client.post("/admin/accounts/user/", act).content.decode()
    client.post("/admin/accounts/user/", act | {"confirm": "yes"})
    assert not Authenticator.objects.filter(user=lost).exists()
    assert AuditEntry.objects.get(verb="user.second_step_removed").user == staff


def test_no_staff_page_shows_what_a_second_step_is_made_of(client: Client) -> None:
    secondstep.enter(client, login_of(is_staff=True, is_superuser=True))
    assert client.get("/admin/mfa/authenticator/").status_code == 404


@pytest.mark.parametrize(
    ("host", "secure", "words"),
    [
        ("localhost:8000", False, ""),
        ("localhost", False, ""),
        ("rally.example.org", True, ""),
        ("127.0.0.1:8000", False, "http://localhost:8000"),
        ("[::1]:8000", False, "http://localhost:8000"),
        ("10.0.0.7", True, "addresses of digits"),
        ("rally.example.org", False, "https pages only"),
    ],
)
def test_the_page_says_why_there_are_no_passkeys(
    rf: Any, settings: Any, host: str, secure: bool, words: str
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    said = why_no_passkeys(rf.get("/", headers={"host": host}, secure=secure))
    assert words in said if words else said == ""


@pytest.mark.parametrize(
    "name", ["mfa_index", "mfa_deactivate_totp", "mfa_generate_recovery_codes",
             "mfa_list_webauthn", "mfa_add_webauthn", "mfa_reauthenticate"],
)  # fmt: skip
def test_every_page_is_in_our_design(client: Client, name: str) -> None:
    user = login_of()
    secondstep.enter(client, user)
    session = client.session
    records = session["account_authentication_methods"]
    session["account_authentication_methods"] = [
        {**one, "reauthenticated": True} for one in records
    ]
    session.save()
    answer = client.get(reverse(name))
    html = answer.content.decode()
    assert answer.status_code == 200
    assert 'class="narrow door"' in html
    assert " style=" not in html
