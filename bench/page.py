"""What a browser fetches to show a page first, followed by hand: no browser is needed."""

import gzip
import re
import urllib.request
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

LINKS = {"stylesheet", "icon", "modulepreload", "preload", "manifest", "apple-touch-icon"}
IN_STYLE = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)|@import\s+["']([^"']+)["']""")
IN_SCRIPT = re.compile(r"""(?:^|[\s;}])(?:import|from)\s*\(?\s*["']([^"']+)["']""")
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Elements(HTMLParser):
    """Counts elements and collects what they make the browser fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count += 1
        found = dict(attrs)
        kinds = set((found.get("rel") or "").split())
        if tag == "link" and kinds & LINKS and found.get("href"):
            self.addresses.append(str(found["href"]))
        elif tag in {"script", "img", "iframe", "source", "embed"} and found.get("src"):
            self.addresses.append(str(found["src"]))
        elif tag in {"use", "image"} and found.get("href"):
            self.addresses.append(str(found["href"]))


def fetch(url: str, *, as_json: bool = False) -> tuple[int, str]:
    """Bytes on the wire as a browser with gzip gets them, and the text."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    with _opener.open(request, timeout=30) as reply:
        body = reply.read()
        zipped = reply.headers.get("Content-Encoding") == "gzip"
    plain = gzip.decompress(body) if zipped else body
    size = len(body) if zipped else min(len(body), len(gzip.compress(plain, 6)))
    return size, plain.decode("utf-8", "replace")


def first_view(url: str) -> dict[str, int]:
    """Sizes of the page and of everything it needs, third-party requests, elements."""
    size, html = fetch(url)
    elements = Elements()
    elements.feed(html)
    total, strangers, seen = size, 0, set()
    waiting = [urljoin(url, address) for address in elements.addresses]
    while waiting:
        address = waiting.pop().split("#")[0]
        if address in seen or address.startswith("data:") or not address:
            continue
        seen.add(address)
        if urlsplit(address).netloc != urlsplit(url).netloc:
            strangers += 1
            continue
        part, text = fetch(address)
        total += part
        path = urlsplit(address).path
        pattern = {".css": IN_STYLE, ".js": IN_SCRIPT}.get(path[path.rfind(".") :])
        for match in pattern.findall(text) if pattern else ():
            name = match if isinstance(match, str) else "".join(match)
            if not name.startswith("#"):
                waiting.append(urljoin(address, name))
    return {
        "html": size, "total": total, "strangers": strangers, "elements": elements.count,
        "requests": len(seen) + 1,
    }  # fmt: skip
