"""Every entrance of an account is there, in our design, and works."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User

pytestmark = pytest.mark.django_db(databases=["default", "cache"])
PASSWORD = "a long enough placeholder 9"
NEW = {"email": "New.Person@Example.com", "password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture(autouse=True)
def no_rates(settings: Any) -> None:
    """All these tests come from one address within a minute."""
    settings.ACCOUNT_RATE_LIMITS = False


def signed_up(client: Client) -> str:
    answer = client.post(reverse("account_signup"), NEW)
    assert answer.status_code == 302
    return re.search(r"^([A-Z0-9-]{6,})$", mail.outbox[-1].body, re.M).group(1)


def confirmed(client: Client) -> User:
    code = signed_up(client)
    client.post(reverse("account_email_verification_sent"), {"code": code})
    return User.objects.get()


@pytest.mark.parametrize(
    "name",
    ["account_login", "account_signup", "account_reset_password", "account_inactive",
     "account_reset_password_done", "account_reset_password_from_key_done"],
)  # fmt: skip
def test_open_entrances(client: Client, name: str) -> None:
    answer = client.get(reverse(name))
    html = answer.content.decode()
    assert answer.status_code == 200
    assert 'class="narrow door"' in html
    assert " style=" not in html
    assert "<script>" not in html


def test_signing_up_with_a_code(client: Client) -> None:
    user = confirmed(client)
    assert user.email == "new.person@example.com"
    assert "_auth_user_id" in client.session


def test_the_code_page(client: Client) -> None:
    signed_up(client)
    html = client.get(reverse("account_email_verification_sent")).content.decode()
    assert "Enter the code we sent" in html
    assert "new.person@example.com" in html
    wrong = client.post(reverse("account_email_verification_sent"), {"code": "WRONG1"})
    assert "Please look at this again" in wrong.content.decode()


@pytest.mark.parametrize(
    "name",
    ["account_logout", "account_change_password", "account_email", "account_reauthenticate"],
)
def test_entrances_for_those_signed_in(client: Client, name: str) -> None:
    confirmed(client)
    answer = client.get(reverse(name), follow=True)
    assert answer.status_code == 200
    assert 'class="narrow door"' in answer.content.decode()


def test_signing_in_and_out(client: Client) -> None:
    confirmed(client)
    assert client.get(reverse("account_logout")).status_code == 200
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session
    wrong = client.post(reverse("account_login"), {"login": NEW["email"], "password": "wrong"})
    assert wrong.status_code == 200
    assert "Please look at this again" in wrong.content.decode()
    client.post(reverse("account_login"), {"login": NEW["email"].upper(), "password": PASSWORD})
    assert "_auth_user_id" in client.session


def test_choosing_a_new_password(client: Client) -> None:
    confirmed(client)
    client.post(reverse("account_logout"))
    client.post(reverse("account_reset_password"), {"email": NEW["email"]})
    link = re.search(r"http://testserver(\S+)", mail.outbox[-1].body).group(1)
    page = client.get(link, follow=True)
    assert "Choose a new password" in page.content.decode()
    fresh = {"password1": PASSWORD + "x", "password2": PASSWORD + "x"}
    assert client.post(page.request["PATH_INFO"], fresh).status_code == 302
    assert client.login(email="new.person@example.com", password=PASSWORD + "x")


def test_a_used_link(client: Client) -> None:
    html = client.get("/accounts/password/reset/key/1-set-password/", follow=True).content.decode()
    assert "This link doesn't work any more" in html


def test_mails_do_not_tell_whether_an_account_exists(client: Client) -> None:
    confirmed(client)
    other = Client()
    again = other.post(reverse("account_signup"), NEW)
    assert again.status_code == 302
    assert "You already have" in mail.outbox[-1].subject
    unknown = other.post(reverse("account_reset_password"), {"email": "no.one@example.com"})
    assert unknown.status_code == 302
    assert "no account" in mail.outbox[-1].body
    assert "Hello from" not in "".join(message.body for message in mail.outbox)


@pytest.mark.parametrize("page", ["login", "signup", "password/reset"])
def test_doors_speak_like_the_other_pages(page: str) -> None:
    client = Client()
    assert "E-mail address" in client.get(f"/accounts/{page}/").content.decode()
    wrong = {"login": "nobody", "email": "nobody", "password": "x", "password1": "x"}
    said = client.post(f"/accounts/{page}/", wrong).content.decode()
    assert "This isn&#x27;t an e-mail address." in said and "valid email" not in said
