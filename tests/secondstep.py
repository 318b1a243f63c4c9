"""Staff who have passed the second step, and the codes that an authenticator app would show."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client
from playwright.sync_api import Page

from accounts.models import User

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP_SECONDS = 30


def enroll(user: User) -> None:
    """Give a login an authenticator app with SECRET, unless it has one."""
    if not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists():
        TOTP.activate(user, SECRET)


def enter(client: Client, user: User) -> None:
    """Sign in as after password and code."""
    enroll(user)
    client.force_login(user)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time()},
        {"method": "mfa", "type": "totp", "at": time.time()},
    ]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def take(page: Page, secret: str = SECRET) -> None:
    """Type a code in a browser; another one that is good now if a test before used this one."""
    page.wait_for_url("**/accounts/2fa/authenticate/")
    here = page.url
    for steps in (0, 1, -1):
        page.get_by_label("Code").fill(code(secret, steps))
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_load_state()
        if page.url != here:
            return
    raise AssertionError(page.locator("main").inner_text())


def code(secret: str = SECRET, steps: int = 0) -> str:
    """What the app shows now, or some steps of 30 seconds from now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // STEP_SECONDS + steps))
