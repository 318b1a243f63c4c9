"""Reads what a program sends to the token endpoints: a form, whatever it is called.

Programs written for Sprocket send the form without a Content-Type, so the type isn't asked.
Source: RFC 6749 section 3.2 and appendix B.
"""

from urllib.parse import parse_qsl

from django.http import HttpRequest

from rally.api.oauth.errors import OAuthError, invalid_request

LONGEST = 8_192
MOST_FIELDS = 30
# What may never stand in an address: it would be in logs, histories and referrers.
SECRETS = {"client_secret", "code", "refresh_token", "access_token", "token", "code_verifier"}
Form = dict[str, str]


def read(request: HttpRequest) -> Form:
    """The fields, each at most once; an empty one counts as not sent. Raises OAuthError."""
    if SECRETS & request.GET.keys():
        raise invalid_request("Send the parameters in the body of the request, as a form.")
    if _size(request) > LONGEST:
        raise OAuthError(413, "invalid_request", "The body is too large.", 20005)
    body = request.body
    if b"\x00" in body:
        raise invalid_request("The body can't be read.")
    try:
        pairs = parse_qsl(
            body.decode("utf-8").strip(), keep_blank_values=True, errors="strict",
            max_num_fields=MOST_FIELDS,
        )  # fmt: skip
    except ValueError:
        raise invalid_request("The body can't be read.") from None
    return _once(pairs)


def _once(pairs: list[tuple[str, str]]) -> Form:
    fields: Form = {}
    for name, value in pairs:
        if name in fields:
            raise invalid_request("A parameter was sent twice.")
        if "\x00" in value:
            raise invalid_request("A parameter has a character that can't be used.")
        fields[name] = value
    return {name: value for name, value in fields.items() if value}


def _size(request: HttpRequest) -> int:
    """The announced length; nothing larger is ever read. Raises OAuthError."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        raise invalid_request("The length of the body can't be read.") from None


def needed(form: Form, name: str) -> str:
    """A parameter that has to be there. Raises OAuthError."""
    if name not in form:
        raise invalid_request(f"The parameter {name} is missing.")
    return form[name]
