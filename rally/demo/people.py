"""The demo's logins. Passwords are derived from the installation's key, so they can be shown
again and only their hashes are stored."""

from allauth.account.models import EmailAddress
from django.conf import settings

from accounts.models import Membership, Organization, User
from accounts.models.organizations import Role
from rally import keys

LOGINS = ("staff", "organizer", "supporter", "outsider")


def email(login: str) -> str:
    """The address of one of the demo's logins."""
    return f"{login}@example.com"


def password(login: str) -> str:
    """Its password: the same on every run of one installation."""
    return keys.derive(settings.SECRET_KEY, f"demo login {login}", length=20)


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
