"""Reads `Authorization: Basic` (RFC 7617)."""

import base64
import binascii

from django.http import HttpRequest


def basic(request: HttpRequest) -> tuple[str, str] | None:
    """Name and secret as they are, without escapes; None for an unsound header."""
    scheme, _space, text = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        plain = base64.b64decode(text.strip(), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    name, colon, secret = plain.partition(":")
    return (name, secret) if colon and name else None
