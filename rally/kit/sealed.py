"""Columns that are encrypted under the installation's key, so that a copy of the database alone
betrays nothing.

For secrets we need back as they are (keys to sign with); what is only compared is hashed instead.
"""

import base64
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.db import models
from django.utils.crypto import salted_hmac

# A sealed text says so: base64 of Fernet's version byte and the leading zeros of its clock.
MARK = "gAAAA"


class SealedField(models.CharField):
    """A text that is sealed on its way into the database and opened on its way out.

    Each write is another ciphertext, so it can't be looked up by. `max_length` is the column's,
    about twice the text's. What was sealed under another key reads as "".
    """

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return seal(text) if text else text

    def from_db_value(self, value: str | None, *_about: Any) -> str | None:
        return unseal(value) if value else value


def seal(text: str) -> str:
    """The text, encrypted and dated."""
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text again; "" when the key has changed since."""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken:
        return ""


def _box() -> Fernet:
    key = salted_hmac("rally.sealed", "columns", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))
