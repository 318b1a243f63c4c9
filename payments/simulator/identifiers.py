"""Ids shaped like Stripe's, random or driven by a seed.

With a seed the n-th id is a keyed hash of n, and n is kept in the store, so a run can be
replayed and a restart never hands out an id twice.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from payments.simulator.store import Store

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_COUNTER = "id_counter"
# prefix, length of what follows it
_SHAPES = {
    "checkout.session": ("cs_test_a1", 56),
    "payment_intent": ("pi_3", 23),
    "card_charge": ("ch_3", 23),
    "bank_charge": ("py_3", 23),
    "balance_transaction": ("txn_3", 23),
    "refund": ("re_3", 23),
    "dispute": ("du_1", 23),
    "event": ("evt_1", 23),
    "line_item": ("li_1", 23),
    "price": ("price_1", 23),
    "product": ("prod_", 14),
    "payment_method": ("pm_1", 23),
    "mandate": ("mandate_1", 23),
    "clock": ("clock_1", 23),
    "request": ("req_", 14),
    "secret": ("", 25),
}


class Identifiers:
    def __init__(self, store: Store, seed: int | None) -> None:
        self._store = store
        self._seed = None if seed is None else str(seed).encode()

    def new(self, kind: str) -> str:
        prefix, length = _SHAPES[kind]
        return prefix + self._letters(kind, length)

    def _letters(self, kind: str, length: int) -> str:
        if self._seed is None or kind == "request":
            number = secrets.randbits(length * 6 + 8)
        else:
            digest = hashlib.sha512()
            digest.update(hmac.digest(self._seed, f"{kind}:{self._next()}".encode(), "sha512"))
            number = int.from_bytes(digest.digest(), "big")
        letters = []
        for _ in range(length):
            number, position = divmod(number, len(_ALPHABET))
            letters.append(_ALPHABET[position])
        return "".join(letters)

    def _next(self) -> int:
        with self._store.transaction():
            number = int(self._store.setting(_COUNTER) or 0) + 1
            self._store.set_setting(_COUNTER, str(number))
            return number
