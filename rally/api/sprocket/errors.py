"""The refusals of this dialect: a number that programs read, and a sentence for people."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _

from rally.api.sprocket.fields import Table
from rally.kit.errors import DomainError

NO_AUTHORIZATION, EXPIRED, UNKNOWN_TOKEN, NO_SCOPE, BAD_CLIENT, NO_RIGHT = range(10000, 10006)
HTTPS_NEEDED = 10006
MISSING, WRONG_TYPE, OUT_OF_RANGE, NOT_SUPPORTED, UNREADABLE, MEDIA_TYPE = range(20001, 20007)
NOT_FOUND, CONFLICT = 30001, 30002
RATE_LIMITED, INTERNAL = 40001, 50000

# code: (HTTP status, what it means); the documents are made of this, too.
MEANING: dict[int, tuple[int, Any]] = {
    NO_AUTHORIZATION: (401, _("Authorization is missing, or of a kind that isn't taken here.")),
    EXPIRED: (401, _("The access token has expired. Refresh it, then try again.")),
    UNKNOWN_TOKEN: (401, _("The access token isn't known, or was revoked.")),
    NO_SCOPE: (403, _("The access token wasn't granted the scope that this call needs.")),
    BAD_CLIENT: (401, _("The client's id or secret is wrong.")),
    NO_RIGHT: (403, _("This user may not do that here.")),
    HTTPS_NEEDED: (
        403,
        _("Use https. What was sent over plain http should be regarded as known to others."),
    ),
    MISSING: (400, _("Something that is required is missing.")),
    WRONG_TYPE: (400, _("A value has the wrong type.")),
    OUT_OF_RANGE: (400, _("A value can't be used here.")),
    NOT_SUPPORTED: (400, _("This filter or sort isn't supported.")),
    UNREADABLE: (400, _("The body can't be read.")),
    MEDIA_TYPE: (415, _("Ask for application/json or application/xml.")),
    NOT_FOUND: (404, _("There is no such record.")),
    CONFLICT: (409, _("This conflicts with what is there already.")),
    RATE_LIMITED: (429, _("Too many calls. Please wait a moment.")),
    INTERNAL: (500, _("Something went wrong on our side.")),
}
# What the core calls it: what this dialect calls it.
CODES = {
    "invalid_request": OUT_OF_RANGE, "amount_too_small": OUT_OF_RANGE,
    "unauthorized": NO_AUTHORIZATION, "forbidden": NO_RIGHT, "not_found": NOT_FOUND,
    "conflict": CONFLICT, "idempotency_mismatch": CONFLICT, "idempotency_in_progress": CONFLICT,
    "token_expired": EXPIRED, "token_unknown": UNKNOWN_TOKEN, "token_revoked": UNKNOWN_TOKEN,
    "client_disabled": UNKNOWN_TOKEN, "client_refused": BAD_CLIENT,
    "insufficient_scope": NO_SCOPE, "rate_limited": RATE_LIMITED, "too_large": UNREADABLE,
    "refund_locked": CONFLICT,
}  # fmt: skip
STATUS = {"too_large": 413, "idempotency_mismatch": 422}


class Refusal(DomainError):
    """A refusal of this door itself. `field` names what it is about."""

    code = "sprocket"

    def __init__(self, number: int, sentence: str = "", *, field: str = "") -> None:
        self.number = number
        self.status = MEANING[number][0]
        super().__init__(sentence or str(MEANING[number][1]), **({"field": field} if field else {}))


def number_of(error: DomainError) -> tuple[int, int]:
    """HTTP status and errorCode of any refusal; one nobody thought of is a plain 400."""
    if isinstance(error, Refusal):
        return error.status, error.number
    number = CODES.get(error.code, OUT_OF_RANGE)
    return STATUS.get(error.code, MEANING[number][0]), number


def body(status: int, number: int, sentence: str, field: str = "") -> dict[str, Any]:
    """`{"errorCode", "errorMessage", "httpStatus"}`, and `errors` where a field is to blame."""
    told: dict[str, Any] = {"errorCode": number, "errorMessage": sentence, "httpStatus": status}
    if field:
        told["errors"] = [{"field": field, "message": sentence}]
    return told


def of(error: DomainError, table: Table) -> dict[str, Any]:
    """The body of a refusal of one such object."""
    status, number = number_of(error)
    return body(status, number, str(error), field_of(error, table))


def insecure() -> dict[str, Any]:
    """What a call over plain http is told in production."""
    status, sentence = MEANING[HTTPS_NEEDED]
    return body(status, HTTPS_NEEDED, str(sentence))


def plain(request: HttpRequest, status: int, number: int, sentence: str) -> JsonResponse:
    """The same for what never reaches a view."""
    return JsonResponse(body(status, number, sentence), status=status)


# What the core's verbs call a field, where the dialect calls it something else.
FIELDS = {
    "page_title": "Campaign_Name", "page_header": "Fundraising_Page_Header",
    "page_html": "Fundraising_Page_Html", "goal": "Goal_Amount", "team": "Team_Id",
    "line_1": "Address_1", "line_2": "Address_2", "story": "Description", "title": "Title",
    "deadline": "Date",
}  # fmt: skip


def wire_name(field: str) -> str:
    """A field as the dialect writes it: first_name is First_Name."""
    if not field or field != field.lower() or "." in field:
        return field
    return FIELDS.get(field) or "_".join(part.capitalize() for part in field.split("_"))


def field_of(error: DomainError, table: Table | None = None) -> str:
    """The field a refusal is about, as the dialect writes it; empty for none.

    With the table of what was sent it is named by its place there: Donation.Payment.Paid_At.
    """
    field = str(error.facts.get("field", ""))
    if isinstance(error, Refusal):
        return field
    name = wire_name(field)
    return name if table is None else _place(name, table) or name


def _place(name: str, table: Table) -> str:
    """Where a body has a field of that name; the outermost counts."""
    sent = [one for one in table.fields if one.writable]
    if any(one.name == name for one in sent):
        return f"{table.name}.{name}"
    within = (
        (one.name, place) for one in sent if one.of is not None
        if (place := _place(name, one.of))
    )  # fmt: skip
    part, place = next(within, ("", ""))
    return f"{table.name}.{part}.{place.partition('.')[2]}" if place else ""
