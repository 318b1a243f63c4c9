"""What a program asks of the authorize page, checked in the order that is safe.

Until program and address are known to be good nobody is sent anywhere: those faults get a page.
Every other fault goes back to the program (RFC 6749 section 4.1.2.1).
"""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts import bearers, codes, redirects, scopes
from accounts.models import ApiClient
from accounts.oauth_errors import RedirectRefused

ONCE = (
    "client_id", "redirect_uri", "response_type", "response_mode", "scope", "state",
    "code_challenge", "code_challenge_method",
)  # fmt: skip
SECRETS = ("client_secret", "password", "access_token", "refresh_token")
SECRET_IN_ADDRESS = _(
    "The address contains a secret or a token. Credentials are never accepted as request "
    "parameters: the app has to send them in the Authorization header. Please tell whoever runs "
    "the app, and have the secret replaced."
)


class PageFault(Exception):
    """A fault that is shown to the person, because there is nowhere safe to send them."""


class ProgramFault(Exception):
    """A fault that goes back to the program: the RFC's word and a plain description."""

    def __init__(self, asked: "Asked", error: str, description: str) -> None:
        self.asked, self.error = asked, error
        super().__init__(description)

    @property
    def url(self) -> str:
        """Where to send the person."""
        return self.asked.back(error=self.error, error_description=str(self))


@dataclass(frozen=True, slots=True)
class Asked:
    """A program, the address to go back to, and what it wants."""

    client: ApiClient
    redirect_uri: str
    redirect_named: bool
    state: str | None
    scope: tuple[str, ...] = ()
    challenge: str = ""

    def back(self, **facts: str) -> str:
        """The address with an answer, the state as it came, and who answers (RFC 9207)."""
        if self.state is not None:
            facts["state"] = self.state
        query = urlencode(facts | {"iss": settings.RALLY_BASE_URL})
        return self.redirect_uri + ("&" if urlsplit(self.redirect_uri).query else "?") + query


def read(query: QueryDict) -> Asked:
    """Raises PageFault or ProgramFault."""
    if any(name in query for name in SECRETS):
        raise PageFault(SECRET_IN_ADDRESS)
    if any(len(query.getlist(name)) > 1 for name in ONCE):
        raise PageFault(_("The app sent one of its parameters twice."))
    asked = _who_and_where(query)
    _check_kind(asked, query)
    challenge = _challenge(asked, query)
    try:
        scope = scopes.read(query.get("scope"))
    except scopes.UnknownScope:
        raise ProgramFault(asked, "invalid_scope", "A scope does not exist.") from None
    return Asked(
        asked.client, asked.redirect_uri, asked.redirect_named, asked.state, scope, challenge
    )


def _who_and_where(query: QueryDict) -> Asked:
    client = bearers.client_by_id(query.get("client_id", ""))
    if client is None:
        raise PageFault(_("The app that sent you here isn't registered with us."))
    if client.disabled_at is not None:
        raise PageFault(_("The app that sent you here has been switched off."))
    try:
        uri = redirects.choose(client, query.get("redirect_uri"))
    except RedirectRefused:
        raise PageFault(
            _("The app wants to send you to an address that isn't registered for it.")
        ) from None
    return Asked(client, uri, "redirect_uri" in query, query.get("state"))


def _check_kind(asked: Asked, query: QueryDict) -> None:
    kind = query.get("response_type", "")
    if not kind:
        raise ProgramFault(asked, "invalid_request", "response_type is missing.")
    if kind != "code":
        raise ProgramFault(asked, "unsupported_response_type", "response_type must be code.")
    if query.get("response_mode", "query") != "query":
        raise ProgramFault(asked, "invalid_request", "response_mode must be query.")


def _challenge(asked: Asked, query: QueryDict) -> str:
    """PKCE: S256 alone; a modern program has to use it."""
    challenge = query.get("code_challenge", "")
    if not challenge:
        if codes.needs_challenge(asked.client) or "code_challenge_method" in query:
            raise ProgramFault(asked, "invalid_request", "code_challenge is missing.")
        return ""
    if query.get("code_challenge_method") != codes.METHOD:
        raise ProgramFault(asked, "invalid_request", "code_challenge_method must be S256.")
    if not codes.CHALLENGE.match(challenge):
        raise ProgramFault(asked, "invalid_request", "code_challenge is malformed.")
    return challenge
