"""The refusals of this dialect: statuses from its documented list, plus 429."""

from django.utils.translation import gettext_lazy as _

from rally.kit.errors import DomainError

# What may be answered; anything else the core says becomes 400 with its sentence.
STATUSES = (200, 204, 400, 401, 403, 404, 405, 429, 500, 503)
DENIED = _("Authorization has been denied for this request.")
CODES = {
    "not_found": 404, "forbidden": 403, "unauthorized": 401, "token_unknown": 401,
    "token_expired": 401, "token_revoked": 401, "rate_limited": 429, "switched_off": 405,
    "payments_unavailable": 503,
}  # fmt: skip


class NotHere(DomainError):
    """No such row, or not one of the caller's: which of the two isn't said."""

    code = "not_found"
    sentence = _("There is no such record.")


class NoToken(DomainError):
    """No bearer was sent, or something else than a bearer."""

    code = "unauthorized"
    sentence = DENIED


class WrongKind(DomainError):
    """An organization's token at a partner's call, or the other way round."""

    code = "forbidden"
    sentence = _("This token is not for these calls.")


class SwitchedOff(DomainError):
    """A call that exists, and is disabled for this partner."""

    code = "switched_off"
    sentence = _("Managing organizations of its own is not enabled for this partner.")


def status_of(error: DomainError) -> int:
    """The HTTP status of a refusal."""
    return CODES.get(error.code, 400)
