"""The demo's logins. Passwords are derived from the installation's key, so they can be shown
again and only their hashes are stored."""

from allauth.account.models import EmailAddress
from django.conf import settings

from accounts import tokens
from accounts.actors import Actor
from accounts.models import Membership, Organization, PersonalToken, User
from accounts.models.organizations import Role
from rally import keys
from rally.kit import ids

LOGINS = ("staff", "organizer", "supporter", "outsider")


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
