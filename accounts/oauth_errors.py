"""Why a program is turned away. `code` is what doors map to their own words and numbers."""

from django.utils.translation import gettext_lazy as _

from rally.kit.errors import DomainError


class TokenRefused(DomainError):
    """An access token that is no good, for whichever reason below."""

    code = "token_unknown"
    sentence = _("This access token isn't known.")


class TokenUnknown(TokenRefused):
    """Never issued, or so long ago that it was forgotten."""


class TokenExpired(TokenRefused):
    """Too old, or superseded by newer ones of the same grant: refresh, and try again."""

    code = "token_expired"
    sentence = _("This access token has expired. Use the refresh token to get a new one.")


class TokenRevoked(TokenRefused):
    """Taken back, by the user, the program or because it leaked."""

    code = "token_revoked"
    sentence = _("This access token was revoked.")


class ConsentRevoked(TokenRevoked):
    """The user took back what they allowed the program."""

    sentence = _("The user has taken this program's access back.")


class UserGone(TokenRefused):
    """The user is disabled, or doesn't belong to the organization any more."""

    code = "token_revoked"
    sentence = _("The user this token acts for is no longer there.")


class ClientDisabled(TokenRefused):
    """Staff switched the program off."""

    code = "client_disabled"
    sentence = _("This program has been switched off.")


class ClientRefused(DomainError):
    """The program's id or secret is wrong; which of the two isn't said."""

    code = "client_refused"
    sentence = _("The client id or the client secret is wrong.")


class ScopeMissing(DomainError):
    """The token is good, and wasn't given for this. `facts["scope"]` names what is needed."""

    code = "insufficient_scope"
    sentence = _("This token was not given for that.")

    def __init__(self, scope: str) -> None:
        super().__init__(scope=scope)


class GrantRefused(DomainError):
    """A code or refresh token that is unknown, used, lapsed, revoked or somebody else's."""

    code = "invalid_grant"
    sentence = _("This code or refresh token can't be used. Start again at the authorize page.")


class RedirectRefused(DomainError):
    """An address that this program may not send people back to."""

    code = "redirect_refused"
    sentence = _("This address isn't registered for the program.")


class NotYours(DomainError):
    """The user doesn't belong to the organization they chose."""

    code = "not_found"
    sentence = _("Choose an organization you belong to.")
