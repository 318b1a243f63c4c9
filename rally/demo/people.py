"""The demo's logins. Passwords are derived from the installation's key, so they can be shown
again and only their hashes are stored."""

from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings

from accounts import joinrequests, tokens
from accounts.actors import Actor
from accounts.models import JoinRequest, Membership, Organization, PersonalToken, User
from accounts.models.organizations import Role
from rally import keys
from rally.kit import ids

LOGINS = ("staff", "organizer", "supporter", "outsider")
REQUEST = "I coach the juniors on Tuesdays and would like to help with the boards."


def email(login: str) -> str:
    """The address of one of the demo's logins."""
    return f"{login}@example.com"


def password(login: str) -> str:
    """Its password: the same on every run of one installation."""
    return keys.derive(settings.SECRET_KEY, f"demo login {login}", length=20)


def token() -> str:
    """The organizer's personal token: the same on every run of one installation."""
    return tokens.PREFIX + keys.derive(settings.SECRET_KEY, "demo token organizer", length=32)


def ensure_token() -> None:
    """Make the organizer's token, if it isn't there or was revoked by a visitor."""
    digest = ids.digest(token())
    known = PersonalToken.objects.filter(digest=digest)
    if known.filter(revoked_at=None).exists():
        return
    if known.update(revoked_at=None):
        return
    organizer = User.objects.get(email=email("organizer"))
    tokens.make(
        Actor(organizer, "command"), name="Demo script", scopes=tokens.SCOPES, secret=token()
    )


def totp_secret() -> str:
    """The demo staff's authenticator secret in base32, for any program that makes codes."""
    return keys.derive(settings.SECRET_KEY, "demo totp staff", length=32).upper()


def second_step() -> None:
    """Give the demo's staff the authenticator app whose secret we print."""
    staff = User.objects.get(email=email("staff"))
    known = Authenticator.objects.filter(user=staff, type=Authenticator.Type.TOTP)
    found = known.first()
    if found is not None and get_adapter().decrypt(found.data["secret"]) == totp_secret():
        return
    known.delete()
    TOTP.activate(staff, totp_secret())


def join_request(organization: Organization) -> None:
    """The supporter asks to join, once: approve or refuse it in the admin."""
    asker = User.objects.get(email=email("supporter"))
    if not JoinRequest.objects.filter(organization=organization, user=asker).exists():
        joinrequests.ask(organization, Actor(asker, "command"), REQUEST)


def ensure(organization: Organization, elsewhere: Organization) -> None:
    """Make the logins that are missing, with verified addresses and their roles."""
    for login in LOGINS:
        user = User.objects.filter(email=email(login)).first()
        if user is None:
            staff = login == "staff"
            user = User.objects.create_user(
                email(login), password(login), name=f"Demo {login}", is_staff=staff,
                is_superuser=staff,
            )  # fmt: skip
        elif not user.check_password(password(login)):
            user.set_password(password(login))
            user.save()
        EmailAddress.objects.get_or_create(
            user=user, email=user.email, defaults={"verified": True, "primary": True}
        )
        home = {"organizer": organization, "outsider": elsewhere}.get(login)
        if home is not None:
            Membership.objects.get_or_create(
                organization=home, user=user, campaign=None, team=None,
                defaults={"role": Role.OWNER},
            )  # fmt: skip
    ensure_token()
    second_step()
    join_request(organization)
