"""The installation's own secret, kept in `var/`, and what is derived from it.

Local installations make the key themselves (mode 0600); production must be given one.
Everything derived is an HMAC of a label, so it can be shown again and never needs storing.
"""

import base64
import hashlib
import hmac
import os
import secrets
from pathlib import Path


def installation_key(var: Path) -> str:
    """The key in `var/secret.key`, made on first use; two processes agree on one."""
    path = var / "secret.key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _read(path)
    with os.fdopen(descriptor, "w") as file:
        file.write(key := secrets.token_urlsafe(48))
    return key


def _read(path: Path) -> str:
    """A racing process may have created the file and not written it yet: look again."""
    for _ in range(10_000):
        if key := path.read_text().strip():
            return key
    raise RuntimeError(f"{path} is empty; delete it and start again.")


def derive(key: str, label: str, length: int = 32) -> str:
    """A secret for one purpose: the same key and label always give the same text."""
    digest = hmac.new(key.encode(), label.encode(), hashlib.sha512).digest()
    return base64.b32encode(digest).decode().lower()[:length]
