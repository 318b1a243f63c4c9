"""Who calls: the bearer that a token call gave, in the Authorization header and nowhere else."""

from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import machines
from accounts.machines import Machine
from accounts.oauth_errors import TokenRefused
from rally.api.rallyup.calls import Who
from rally.api.rallyup.errors import NoToken, WrongKind
from rally.kit.errors import InvalidInput
from rally.web import base


def machine(request: HttpRequest, who: Who) -> Machine:
    """The machine behind a request. Raises NoToken, TokenRefused, WrongKind, RateLimited.

    A token in the address is refused: addresses are written to logs (RFC 9700, 4.3.2).
    """
    if any(name.lower() == "access_token" for name in request.GET):
        raise InvalidInput(_("Send the token in the Authorization header."))
    kind, _space, token = request.headers.get("Authorization", "").strip().partition(" ")
    token, guesser = token.strip(), f"rallyup {base.client_ip(request)}"
    if kind.lower() != "bearer" or not token:
        raise NoToken
    base.held_off("api_refused", guesser)
    try:
        found = machines.bearer(token)
    except TokenRefused:
        base.limited("api_refused", guesser)
        raise
    base.limited("api", f"token:{token}")
    if (found.partner is None) == (who == Who.PARTNER):
        raise WrongKind
    return found
