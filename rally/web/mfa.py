"""The second step at sign-in: who took it, what may be stored of it, where passkeys work."""

import base64
import ipaddress
import secrets
from typing import Any

from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.core.cache import cache
from django.forms import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.models import User
from rally.kit import ids, sealed

# A code is good for three steps of 30 seconds: the one before and the one after count, too.
CODE_SECONDS = 90
BOX = sealed.Box("rally.mfa", "authenticators")
SECOND_STEPS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class MFAAdapter(DefaultMFAAdapter):
    """Keeps secrets encrypted under the installation's key: a copy of the database lacks them."""

    def encrypt(self, text: str) -> str:
        return BOX.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """The secret; one nobody knows when no key of the installation's opens it."""
        try:
            return BOX.unseal(encrypted_text)
        except InvalidToken:
            return base64.b32encode(secrets.token_bytes(20)).decode()


class Once:
    """Takes a code once, for as long as it would be good."""

    user: User

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]  # of the form it is mixed into
        name = f"mfa-code:{self.user.pk}:{ids.digest(code.strip())}"
        if not cache.add(name, "used", timeout=CODE_SECONDS):
            raise ValidationError(_("This code has been used. Wait for the next one."))
        return code


class OnceAuthenticateForm(Once, AuthenticateForm):
    """At sign-in."""


class OnceReauthenticateForm(Once, ReauthenticateForm):
    """When it is asked for again."""


def enrolled(user: User) -> set[str]:
    """Which second steps this login has set up: "totp", "webauthn"."""
    found = Authenticator.objects.filter(user=user, type__in=SECOND_STEPS)
    return set(found.values_list("type", flat=True))


def passed(request: HttpRequest) -> bool:
    """Whether the second step was taken in this session, by a login that still has one."""
    user = request.user
    if not isinstance(user, User):
        return False
    known: bool | None = getattr(request, "_second_step", None)
    if known is None:
        records: list[dict[str, Any]] = get_authentication_records(request, user)
        known = any(one.get("method") == "mfa" for one in records) and bool(enrolled(user))
        request._second_step = known  # type: ignore[attr-defined]  # our note to ourselves
    return known


def why_no_passkeys(request: HttpRequest) -> str:
    """Why browsers make no passkey at this address; empty where they do.

    Source: W3C Web Authentication: an RP ID is a domain, and pages need a secure context.
    """
    host = request.get_host()
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        pass
    else:
        port = host.rpartition(":")[2]
        local = f"http://localhost:{port}" if port.isdigit() else "http://localhost"
        return _("Browsers make passkeys for names, not for addresses of digits such as %(host)s. "
                 "On this computer open %(local)s instead; elsewhere this site needs a name and "
                 "https.") % {"host": name, "local": local}  # fmt: skip
    if request.is_secure() or name == "localhost" or name.endswith(".localhost"):
        return ""
    return _("Browsers make passkeys on https pages only. This site was opened over http.")
