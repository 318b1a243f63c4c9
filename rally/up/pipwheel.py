"""Fetches pip's own wheel where Python comes without it (Debian without python3-venv).

From the package index the person has configured for pip, checked against a pinned digest.
"""

import base64
import configparser
import hashlib
import os
import re
import ssl
import urllib.request
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from rally.up.refusal import Refusal

WHEEL = "pip-26.3-py3-none-any.whl"
SHA256 = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"
HREF = re.compile(r"""href\s*=\s*["']([^"']+)["']""", re.IGNORECASE)


def fetch(folder: Path) -> Path:
    """The wheel, saved in `folder`."""
    failure = "no index is configured"
    for index in indexes():
        try:
            body = _download(index)
        except (OSError, ValueError) as why:
            failure = str(why)
            continue
        if hashlib.sha256(body).hexdigest() != SHA256:
            raise Refusal(f"{WHEEL} was fetched but is not the file this version was tried with.")
        path = folder / WHEEL
        path.write_bytes(body)
        return path
    raise Refusal(
        "This Python has no pip, and fetching it failed: install python3-venv or set "
        f"PIP_INDEX_URL ({failure})."
    )


def indexes() -> list[str]:
    """The configured index, then the additional ones, as pip would ask them."""
    main = os.environ.get("PIP_INDEX_URL") or _configured("index-url")
    more = os.environ.get("PIP_EXTRA_INDEX_URL") or _configured("extra-index-url")
    return [url.rstrip("/") for url in [main, *more.split()] if url]


def _configured(name: str) -> str:
    """The value in pip's configuration files; a later file wins over an earlier one."""
    home = Path.home()
    paths = [
        Path("/etc/pip.conf"),
        home / ".pip" / "pip.conf",
        home / ".config" / "pip" / "pip.conf",
        Path(os.environ.get("PIP_CONFIG_FILE", os.devnull)),
    ]
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read(path for path in paths if path.is_file())
    except (configparser.Error, OSError, UnicodeDecodeError):
        return ""
    found = [parser.get(part, name, fallback="") for part in ("install", "download", "global")]
    return next(filter(None, found), "")


def _download(index: str) -> bytes:
    """Find the wheel on the index's page of pip and fetch it."""
    address, page = _get(f"{index}/pip/")
    for link in HREF.findall(page.decode(errors="replace")):
        if unquote(urlsplit(link).path).rsplit("/", 1)[-1] == WHEEL:
            target = urljoin(address, link.replace("&amp;", "&"))
            return _get(target, credentials_of=index)[1]
    raise ValueError(f"the package index has no {WHEEL}")


def _get(url: str, credentials_of: str = "") -> tuple[str, bytes]:
    """The final address and the body; a name and password in the URL go into a header."""
    parts = urlsplit(url)
    owner = parts if parts.username else urlsplit(credentials_of)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    request = urllib.request.Request(urlunsplit(bare))
    if owner.username and owner.hostname == parts.hostname:
        pair = f"{unquote(owner.username)}:{unquote(owner.password or '')}"
        encoded = base64.b64encode(pair.encode()).decode()
        request.add_header("Authorization", f"Basic {encoded}")
    bundle = os.environ.get("PIP_CERT") or _configured("cert") or None
    context = ssl.create_default_context(cafile=bundle)
    with urllib.request.urlopen(request, timeout=20, context=context) as reply:
        return reply.url, reply.read()
