"""Columns that are encrypted under the installation's key, so that a copy of the database alone
betrays nothing.

For secrets we need back as they are (keys to sign with); what is only compared is hashed instead.
"""

import base64
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models
from django.utils.crypto import salted_hmac

# A sealed text says so: base64 of Fernet's version byte and the leading zeros of its clock.
MARK = "gAAAA"


class SealedField(models.CharField):
    """A text that is sealed on its way into the database and opened on its way out.

    Each write is another ciphertext, so it can't be looked up by. `max_length` is the column's,
    about twice the text's. What no key of the installation's opens reads as "".
    """

    def get_prep_value(self, value: Any) -> Any:
        text = super().get_prep_value(value)
        return seal(text) if text else text

    def from_db_value(self, value: str | None, *_about: Any) -> str | None:
        return unseal(value) if value else value


class Box:
    """Seals under the installation's key; opens what was sealed under it or under a former one.

    `salt` and `label` make the keys of two purposes differ.
    """

    def __init__(self, salt: str, label: str) -> None:
        self.salt, self.label = salt, label

    def seal(self, text: str) -> str:
        """The text, encrypted and dated."""
        return self._fernets()[0].encrypt(text.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """The text again. Raises InvalidToken when no key opens it."""
        return MultiFernet(self._fernets()).decrypt(sealed.encode()).decode()

    def reseal(self, sealed: str) -> str:
        """The same under today's key; as it is when it is so already. Raises InvalidToken."""
        try:
            self._fernets()[0].decrypt(sealed.encode())
        except InvalidToken:
            return MultiFernet(self._fernets()).rotate(sealed.encode()).decode()
        return sealed

    def _fernets(self) -> list[Fernet]:
        made = (
            salted_hmac(self.salt, self.label, secret=key, algorithm="sha256").digest()
            for key in secrets()
        )
        return [Fernet(base64.urlsafe_b64encode(key)) for key in made]


COLUMNS = Box("rally.sealed", "columns")


def secrets() -> list[str]:
    """The installation's key, and after it the former ones that still open."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def seal(text: str) -> str:
    """A column's text, encrypted and dated."""
    return COLUMNS.seal(text)


def unseal(sealed: str) -> str:
    """A column's text again; "" when no key we have opens it."""
    try:
        return COLUMNS.unseal(sealed)
    except InvalidToken:
        return ""
