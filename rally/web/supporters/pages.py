"""Public pages kept ready in this process: built once per state of the board, sent as bytes.

A page is the same for everybody, so its key says everything it depends on. The validator is a
digest of the bytes themselves: a new release with other templates is a new page.
"""

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

MOST_BYTES = 24_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it is sent: plain, zipped, and the tag that names its content."""

    body: bytes
    zipped: bytes
    etag: str

    @property
    def size(self) -> int:
        return len(self.body) + len(self.zipped)


def page(html: str) -> Page:
    """Zip a page and name its content."""
    body = html.encode()
    digest = hashlib.blake2b(body, digest_size=9).hexdigest()
    return Page(body, gzip.compress(body, 6, mtime=0), f'W/"p-{digest}"')


class Shelf:
    """Least recently used pages go first once all together are larger than `most` bytes."""

    def __init__(self, most: int = MOST_BYTES) -> None:
        self.most = most
        self.size = 0
        self._kept: OrderedDict[Hashable, Page] = OrderedDict()
        self._guard = threading.Lock()

    def get(self, key: Hashable, build: Callable[[], str]) -> Page:
        with self._guard:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        made = page(build())
        with self._guard:
            if key not in self._kept:
                self._kept[key] = made
                self.size += made.size
            while self.size > self.most and len(self._kept) > 1:
                _key, old = self._kept.popitem(last=False)
                self.size -= old.size
        return made

    def clear(self) -> None:
        with self._guard:
            self._kept.clear()
            self.size = 0


def _matches(header: str, etag: str) -> bool:
    """Weak comparison, as If-None-Match asks for (RFC 9110, 13.1.2)."""
    wanted = etag.removeprefix("W/")
    tags = (tag.strip().removeprefix("W/") for tag in header.split(","))
    return any(tag in (wanted, "*") for tag in tags)


def _takes_gzip(request: HttpRequest) -> bool:
    """Whether gzip is named and not refused with q=0 (RFC 9110, 12.5.3)."""
    for part in request.headers.get("Accept-Encoding", "").lower().split(","):
        name, _semicolon, quality = part.strip().partition(";")
        if name.strip() == "gzip":
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def answer(request: HttpRequest, found: Page) -> HttpResponse:
    """The page, or 304 when the browser has it; always asked for anew, never kept by proxies."""
    if _matches(request.headers.get("If-None-Match", ""), found.etag):
        response = HttpResponse(status=304)
    elif _takes_gzip(request):
        response = HttpResponse(found.zipped)
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(found.body)
    response["ETag"] = found.etag
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
    return response
