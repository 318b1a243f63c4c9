"""Lets only a few requests at a time wait for their body, so that the rest goes on.

A body is read in the thread that serves the request, and the server can neither time that out
nor survive being answered meanwhile. Eight posts that never send their body would hold all of
its threads. Nearly every body has come with its headers and is read at once, so a place here is
taken for microseconds; where none gets free within a quarter of a second, somebody holds them.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.http import UnreadablePostError

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
RETRY_SECONDS = 2
WAIT_SECONDS = 0.25


class BodiesBusy(OSError):
    """Too many requests wait for their body. Django raises UnreadablePostError from it."""


def busy(error: BaseException) -> bool:
    """Whether a body was left unread because of others, and may well be sent again."""
    while isinstance(error, UnreadablePostError) and error.__cause__ is not None:
        error = error.__cause__
    return isinstance(error, BodiesBusy)


class Places:
    """How many may read now: `most` in all, `each` from one address."""

    def __init__(self, most: int, each: int) -> None:
        self.most, self.each = most, each
        self.change = threading.Condition()
        self.taken: Counter[str] = Counter()

    @contextmanager
    def one(self, address: str) -> Iterator[None]:
        """Raises BodiesBusy after a quarter of a second without a place."""
        with self.change:
            if not self.change.wait_for(lambda: self._free(address), WAIT_SECONDS):
                raise BodiesBusy
            self.taken[address] += 1
        try:
            yield
        finally:
            with self.change:
                self.taken[address] -= 1
                self.taken += Counter()  # forgets addresses at zero
                self.change.notify_all()

    def _free(self, address: str) -> bool:
        return self.taken.total() < self.most and self.taken[address] < self.each


class GuardedBodies:
    """A WSGI application whose requests take one of the `places` while they read their body."""

    def __init__(self, application: Application, places: Places) -> None:
        self.application, self.places = application, places

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        address = environ.get("REMOTE_ADDR", "")
        environ["wsgi.input"] = _Guarded(environ["wsgi.input"], self.places, address)
        return self.application(environ, start_response)


class _Guarded:
    """The part of a WSGI input that Django uses (PEP 3333)."""

    def __init__(self, source: Any, places: Places, address: str) -> None:
        self.source, self.places, self.address = source, places, address

    def read(self, size: int = -1) -> bytes:
        return self._guarded(self.source.read, size)

    def readline(self, size: int = -1) -> bytes:
        return self._guarded(self.source.readline, size)

    def _guarded(self, act: Callable[[int], bytes], size: int) -> bytes:
        with self.places.one(self.address):
            return act(size)
