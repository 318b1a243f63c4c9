"""What the first page and the page about OAuth tell: the walk-through and its parameters."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rally.web.developers.snippets import Snippet

OAUTH = "/sprocket/auth/oauth2"
CHANGES = (
    ("2026-11-22", _("RateLimit headers; a page for each call, in four languages.")),
    ("2026-11-21", _("Version 2.1: paging, filters, sorting, batches, JSON and XML; OAuth 2.0.")),
)


@dataclass(frozen=True, slots=True)
class Word:
    """One parameter of an OAuth address."""

    key: str
    required: bool
    type: str
    default: str | Promise
    about: str | Promise
    place: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One address of the walk-through: what goes there, what comes back, and how it looks."""

    key: str
    title: str | Promise
    verb: str
    path: str
    auth: str | Promise
    words: str | Promise
    sent: tuple[Word, ...]
    told: tuple[Word, ...]
    example: Snippet


def _curl(path: str, *fields: str) -> str:
    lines = [f'curl --fail-with-body -sS "$RALLY_URL{path}"',
             '  --user "$CLIENT_ID:$CLIENT_SECRET"']  # fmt: skip
    lines += [f'  --data-urlencode "{one}"' for one in fields]
    return " \\\n".join(lines)


BASIC = "ClientSecret"
STEPS = (
    Step(
        "authorize", _("Ask the user"), "GET", f"{OAUTH}/authorize", _("The user, in a browser"),
        _("Send the browser there. The user logs in, chooses the organization and allows or "
          "denies. Without redirect_uri the first registered one is taken."),
        (
            Word("response_type", True, "string", "", _("Always code.")),
            Word("client_id", True, "string", "", _("Your app's id.")),
            Word("redirect_uri", False, "string", _("the first registered"),
                 _("Must begin with one of your registered addresses.")),
            Word("scope", False, "string", "profile campaigns donations",
                 _("What you need, with spaces between.")),
            Word("state", False, "string", "", _("Comes back unchanged; check it.")),
            Word("code_challenge", False, "string", "",
                 _("PKCE; needed by apps without a secret.")),
            Word("code_challenge_method", False, "string", "", _("Always S256.")),
        ),
        (
            Word("code", True, "string", "", _("Good for 10 minutes, once.")),
            Word("scope", True, "string", "", _("What the user allowed.")),
            Word("state", False, "string", "", _("As it was sent.")),
            Word("iss", True, "string", "", _("Who answers: this site (RFC 9207).")),
        ),
        Snippet("bash", "curl",
                'echo "$RALLY_URL/sprocket/auth/oauth2/authorize'
                '?response_type=code&client_id=$CLIENT_ID&state=$RANDOM"'),
    ),
    Step(
        "token", _("Change the code for tokens"), "POST", f"{OAUTH}/token", BASIC,
        _("A form body. Keep both tokens secret. A code that comes twice revokes what it gave."),
        (
            Word("grant_type", True, "string", "", _("Always authorization_code.")),
            Word("code", True, "string", "", _("From the redirect.")),
            Word("redirect_uri", True, "string", "", _("The one used before.")),
            Word("code_verifier", False, "string", "", _("PKCE, if there was a challenge.")),
        ),
        (
            Word("access_token", True, "string", "", _("For the Authorization header.")),
            Word("token_type", True, "string", "", _("Always Bearer.")),
            Word("expires_in", True, "int", "", _("Seconds: 1800.")),
            Word("refresh_token", True, "string", "", _("Good for a year, unless told otherwise.")),
            Word("scope", True, "string", "", _("What the token may do.")),
        ),
        Snippet("bash", "curl", _curl(f"{OAUTH}/token", "grant_type=authorization_code",
                                      "code=$CODE", "redirect_uri=$REDIRECT_URI")),
    ),
    Step(
        "refresh", _("Get a new access token"), "POST", f"{OAUTH}/refresh", BASIC,
        _("After errorCode 10001, refresh once and call again. An app that keeps a secret keeps "
          "its refresh token; others get a new one each time, and the old one ends."),
        (
            Word("grant_type", True, "string", "", _("Always refresh_token.")),
            Word("refresh_token", True, "string", "", _("From the token call.")),
            Word("scope", False, "string", _("what was granted"), _("A part of it.")),
        ),
        (
            Word("access_token", True, "string", "", _("The new one; older ones stay good.")),
            Word("token_type", True, "string", "", _("Always Bearer.")),
            Word("expires_in", True, "int", "", _("Seconds: 1800.")),
        ),
        Snippet("bash", "curl", _curl(f"{OAUTH}/refresh", "grant_type=refresh_token",
                                      "refresh_token=$REFRESH_TOKEN")),
    ),
    Step(
        "revoke", _("Give a token back"), "POST", f"{OAUTH}/revoke", BASIC,
        _("RFC 7009. Users do the same under their apps."),
        (Word("token", True, "string", "", _("Either token; a refresh token ends the grant.")),),
        (),
        Snippet("bash", "curl", _curl(f"{OAUTH}/revoke", "token=$ACCESS_TOKEN")),
    ),
    Step(
        "introspect", _("Look at a token"), "POST", f"{OAUTH}/introspect", BASIC,
        _("RFC 7662, for your own tokens alone."),
        (Word("token", True, "string", "", _("Either token.")),),
        (
            Word("active", True, "boolean", "", _("Whether it can be used now.")),
            Word("client_id", False, "string", "", _("Your app.")),
            Word("scope", False, "string", "", _("What it may do.")),
            Word("sub", False, "string", "", _("The user.")),
            Word("exp", False, "long", "", _("When it ends, unix seconds.")),
        ),
        Snippet("bash", "curl", _curl(f"{OAUTH}/introspect", "token=$ACCESS_TOKEN")),
    ),
)  # fmt: skip
METADATA = "/.well-known/oauth-authorization-server"
