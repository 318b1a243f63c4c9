"""Owner tokens: whoever has one owns the hold. Made by us, or by an API's client.

A client may bring its own; it must not be guessable, because the token is all that keeps
somebody else from releasing or paying for the tiles. Only a SHA-256 is ever stored.
"""

import re
import secrets

from boards.errors import BadToken
from rally.kit import ids

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")
URL_SAFE = re.compile(r"[A-Za-z0-9_-]{22,128}\Z")
FEWEST_LETTERS = 6


def new() -> str:
    """A fresh token with 192 bits of randomness."""
    return secrets.token_urlsafe(24)


def check(token: object) -> str:
    """The token itself if it may be used, UUIDs in lower case; raises BadToken."""
    if not isinstance(token, str):
        raise BadToken
    lowered = token.lower()
    if UUID.match(lowered):
        token = lowered
    elif not URL_SAFE.match(token):
        raise BadToken
    if len(set(token.replace("-", ""))) < FEWEST_LETTERS:
        raise BadToken
    return token


def digest(token: str) -> str:
    """What is stored of a checked token."""
    return ids.digest(token)
