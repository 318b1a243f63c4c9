"""A message broker in a folder: what Celery uses when there is no Redis.

It builds on kombu's filesystem transport, which writes into the final file (a reader may take
the empty file, and the message is lost) and whose reader dies of a damaged file. Here every
queue and every exchange is a folder. A message appears in it by renaming and is taken by
renaming, and what can't be read is put aside. A message may still be lost when its reader is
killed: it is a wake-up, and the sweeps find what nobody was woken for.
"""

import hashlib
import logging
import os
import re
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem
from kombu.transport.virtual import BrokerState
from kombu.utils.json import dumps, loads

logger = logging.getLogger(__name__)

LOOK_EVERY = 0.15
SAFE = re.compile(r"[^A-Za-z0-9@_-]")


class Channel(filesystem.Channel):
    """The places where kombu's transport touches message files, done by renaming."""

    def _folder(self, queue: str) -> Path:
        """The folder of a queue; characters that mean something to a file system are spelled."""
        name = SAFE.sub(lambda found: f".{ord(found[0]):x}.", queue)
        return Path(self.data_folder_in) / name

    def _messages(self, queue: str) -> Iterator[Path]:
        """The queue's messages, oldest first; no folder yet means no messages."""
        folder = self._folder(queue)
        with suppress(FileNotFoundError):
            yield from (folder / name for name in sorted(os.listdir(folder)) if name[0] != ".")

    # As the file transport calls it; its own base class says otherwise.
    def _put(self, queue: Any, payload: Any, **options: Any) -> None:  # type: ignore[override]
        folder = self._folder(queue)
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{time.time_ns():020}-{uuid.uuid4().hex}"
        _appear(folder / name, dumps(payload))

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        for path in self._messages(queue):
            taken = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
            try:
                os.rename(path, taken)
            except FileNotFoundError:
                continue  # another reader was quicker
            try:
                payload: dict[str, Any] = _checked(loads(taken.read_text()))
            except (ValueError, TypeError):
                self._put_aside(path, taken)
                continue
            taken.unlink()
            return payload
        raise Empty

    def _put_aside(self, path: Path, taken: Path) -> None:
        """Keep a damaged message for a person to look at; the next one is read instead."""
        aside = Path(self.data_folder_in).parent / "unreadable"
        aside.mkdir(parents=True, exist_ok=True)
        os.replace(taken, aside / path.name)
        logger.error("The message %s can't be read; it is kept in %s.", path.name, aside)

    def _size(self, queue: str) -> int:
        return sum(1 for _ in self._messages(queue))

    def _purge(self, queue: str) -> int:
        count = 0
        for path in self._messages(queue):
            with suppress(FileNotFoundError):
                path.unlink()
                count += 1
        return count

    def _binding(self, exchange: str, *route: str) -> Path:
        """The file that says one queue gets an exchange's messages; its name is its content."""
        digest = hashlib.sha256(dumps(route).encode()).hexdigest()
        return self._exchange_file(exchange) / digest

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:
        route = (routing_key or "", pattern or "", queue or "")
        path = self._binding(exchange, *route)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _appear(path, dumps(route))

    def get_table(self, exchange: str) -> list[filesystem.exchange_queue_t]:
        """Who gets the exchange's messages."""
        table = []
        with suppress(FileNotFoundError):
            for name in os.listdir(folder := self._exchange_file(exchange)):
                if name[0] != ".":
                    with suppress(FileNotFoundError):
                        route = loads((folder / name).read_text())
                        table.append(filesystem.exchange_queue_t(*route))
        return table

    def _delete(self, queue: str, *route: str, **options: Any) -> None:
        self._purge(queue)
        exchange, routing_key, pattern = (*route, "", "", "")[:3]
        path = self._binding(exchange or "", routing_key or "", pattern or "", queue)
        path.unlink(missing_ok=True)


def _appear(path: Path, text: str) -> None:
    """Write a file that is either not there or whole."""
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    part.write_text(text)
    os.replace(part, path)


def _checked(payload: Any) -> dict[str, Any]:
    if not isinstance(payload, dict):
        raise TypeError("a message is an object")
    return payload


class Transport(filesystem.Transport):
    """kombu's, with our channel; looking often makes a wake-up prompt."""

    Channel = Channel
    polling_interval = LOOK_EVERY
    # A worker sets this to look up more often, so that it notices when it is to stop.
    longest_wait: float | None = None

    def __init__(self, client: Any, **options: Any) -> None:
        """What is bound is a matter of the folder, not of this process's other connections."""
        super().__init__(client, **options)
        self.state = BrokerState()

    def drain_events(self, connection: Any, timeout: float | None = None, **options: Any) -> None:
        if timeout and self.longest_wait:
            timeout = min(timeout, self.longest_wait)
        super().drain_events(connection, timeout=timeout)
