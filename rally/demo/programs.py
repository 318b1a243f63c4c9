"""A program of the demo and tokens for it, derived from the installation's key: they can be
printed again, and only their digests are stored."""

import datetime as dt

from django.conf import settings

from accounts import bearers, clients, grants, scopes
from accounts.actors import Actor
from accounts.models import ApiClient, Organization, User
from accounts.oauth_errors import TokenExpired, TokenRefused
from rally import keys
from rally.demo import people
from rally.kit import clock

COMMAND = Actor(None, "command")
REDIRECT = "http://127.0.0.1:8765/oauth2/client_redirect"
EVERYTHING = tuple(scopes.SCOPES)
READS = tuple(name for name, scope in scopes.SCOPES.items() if not scope.writes)
ORDINARY = tuple(name for name in scopes.SCOPES if not name.startswith("admin_"))
GOOD_FOR = dt.timedelta(minutes=10)


def secret(label: str, length: int = 32, prefix: str = "") -> str:
    """The same on every run of one installation."""
    return prefix + keys.derive(settings.SECRET_KEY, f"demo oauth {label}", length)


def client_id() -> str:
    """Ten characters."""
    return secret("client id", 10)


def access(label: str) -> str:
    """The text of an access token: "access", "admin", "read only" or "expired"."""
    return secret(f"{label} token", 43, bearers.ACCESS)


def refresh() -> str:
    """The text of the refresh token, which never changes hands for another."""
    return secret("refresh token", 43, bearers.REFRESH)


def describe() -> dict[str, str]:
    """What a script needs to play the program."""
    return {
        "client_id": client_id(),
        "client_secret": secret("client secret"),
        "redirect_uri": REDIRECT,
        "access_token": access("access"),
        "refresh_token": refresh(),
        "expired_access_token": access("expired"),
        "read_only_access_token": access("read only"),
        "admin_access_token": access("admin"),
    }


def ensure(organization: Organization) -> None:
    """Make the program and its tokens where they are missing, and renew what has lapsed."""
    client = _client()
    admin = User.objects.get(email=people.email("organizer"))
    if grants.live_refresh(client, refresh()) is None:
        grants.forget(refresh())
        grants.issue(client, admin, organization, EVERYTHING, refresh_token=refresh())
    for label, wanted in (("access", ORDINARY), ("read only", READS), ("admin", EVERYTHING)):
        if not _is_good(access(label)):
            grants.forget(access(label))
            grants.issue(client, admin, organization, wanted, access_token=access(label))
    _expired(client, admin, organization)


def _is_good(token: str) -> bool:
    """Whether there is time left to use it."""
    try:
        bearers.bearer(token, clock.database_now() + GOOD_FOR)
    except TokenRefused:
        return False
    return True


def _expired(client: ApiClient, admin: User, organization: Organization) -> None:
    """A token that is told to have expired, and not to be unknown."""
    try:
        bearers.bearer(access("expired"))
    except TokenExpired:
        return
    except TokenRefused:
        grants.forget(access("expired"))
    grants.issue(client, admin, organization, access_token=access("expired"), lifetime=-60)


def _client() -> ApiClient:
    """The program, approved and switched on; made once."""
    client = bearers.client_by_id(client_id())
    if client is None:
        client, _secret = clients.register(
            name="Demo sync", redirect_uris=REDIRECT, by=COMMAND,
            profile=ApiClient.Profile.SPROCKET, client_id=client_id(),
            secret=secret("client secret"),
        )  # fmt: skip
    clients.enable(client, COMMAND)
    clients.approve_prefixes(client, COMMAND)
    return client
