"""Public names of things: unguessable ids, six-hex codes, and the digests kept of secrets."""

import hashlib
import secrets
import string

from cuid2 import Cuid

_cuid = Cuid(length=24)
LETTERS = string.ascii_letters + string.digits


def public_id() -> str:
    """A 24-character collision-resistant id that tells nothing about its row."""
    return _cuid.generate()


def organization_code() -> str:
    """Six hex digits, the first below 8. Campaign codes start at 8, so the two never meet."""
    return secrets.choice("01234567") + secrets.token_hex(3)[:5]


def campaign_code() -> str:
    """Six hex digits, the first 8 or above (see `organization_code`)."""
    return secrets.choice("89abcdef") + secrets.token_hex(3)[:5]


def digest(secret: str) -> str:
    """What we keep of a generated secret: SHA-256 in hex. Never use it for human passwords."""
    return hashlib.sha256(secret.encode()).hexdigest()


def short() -> str:
    """A name for one request in the logs."""
    return secrets.token_urlsafe(9)


def secret(length: int, prefix: str = "") -> str:
    """A generated secret of letters and digits, which no URL and no form has to escape.

    43 characters are 256 bits, 32 are 190.
    """
    return prefix + "".join(secrets.choice(LETTERS) for _ in range(length))
