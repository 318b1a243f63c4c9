"""Posts a signed message to an address a stranger chose, without being led anywhere else.

The name is resolved once, every address must be public, and the connection goes to the one
that was looked at. No redirects, no proxies, five seconds in all, 64 kB of an answer. Sources:
OWASP "Server Side Request Forgery Prevention"; the Standard Webhooks specification.
"""

import base64
import hashlib
import hmac
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from rally.kit.errors import InvalidInput

SECONDS = 5.0
LARGEST_ANSWER = 65_536
LONGEST_URL = 500
# 64:ff9b::/96 leads to any IPv4 address through a translator (RFC 6052).
TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Unreachable(Exception):
    """The message didn't arrive; the words say why, for the delivery log."""


def checked_url(url: str) -> str:
    """The address if it may be posted to; raises InvalidInput (url). Where the name leads is
    looked at when something is sent."""
    try:
        parts = urlsplit(url)
        _target(parts)
        if parts.hostname and _is_literal(parts.hostname):
            _must_be_allowed([ipaddress.ip_address(parts.hostname)])
    except (ValueError, Unreachable):
        words = _("Use an address such as https://example.com/hooks, open to the internet.")
        raise InvalidInput(words, field="url") from None
    if len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        raise InvalidInput(_("This address can't be used."), field="url")
    return url


def signature(message_id: str, timestamp: int, body: bytes, secrets: Iterable[str]) -> str:
    """The value of `webhook-signature`: one `v1` for each key, the newest first."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    made = []
    for secret in secrets:
        key = base64.b64decode(secret.removeprefix("whsec_"))
        digest = hmac.new(key, signed, hashlib.sha256).digest()
        made.append("v1," + base64.b64encode(digest).decode())
    return " ".join(made)


def post(url: str, body: bytes, headers: dict[str, str]) -> int:
    """Send it; the status of the answer, redirects included. Raises Unreachable."""
    try:
        parts = urlsplit(url)
        host, port = _target(parts)
        address = _resolved(host, port)
        return _posted(parts, host, port, address, body, headers)
    except Unreachable:
        raise
    except (OSError, ValueError, http.client.HTTPException) as why:
        raise Unreachable(type(why).__name__) from None


def _target(parts: SplitResult) -> tuple[str, int]:
    """Host and port. Raises Unreachable for what we don't send to, ValueError for no port."""
    host = parts.hostname or ""
    if not host or parts.username is not None or parts.password is not None:
        raise Unreachable("no plain host")
    if parts.scheme == "http" and settings.RALLY_ALLOW_LOCAL_WEBHOOKS:
        return host, parts.port or 80
    if parts.scheme != "https":
        raise Unreachable("https only")
    if (parts.port or 443) != 443 and not settings.RALLY_ALLOW_LOCAL_WEBHOOKS:
        raise Unreachable("port 443 only")
    return host, parts.port or 443


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _resolved(host: str, port: int) -> str:
    """One address of the name, after every one of them was found harmless."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        raise Unreachable("the name has no address") from None
    addresses = [ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in found]
    _must_be_allowed(addresses)
    return str(addresses[0])


def _must_be_allowed(addresses: Iterable[Address]) -> None:
    for address in addresses:
        if not (_is_public(address) or _is_local(address)):
            raise Unreachable("the address is not open to the internet")


def _is_local(address: Address) -> bool:
    """Our own machine, for trying things out. http goes nowhere else."""
    return settings.RALLY_ALLOW_LOCAL_WEBHOOKS and address.is_loopback


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None or address.teredo is not None:
            return False
        if any(address in network for network in TRANSLATED):
            return False
    return address.is_global and not address.is_multicast


def _posted(
    parts: SplitResult, host: str, port: int, address: str, body: bytes, headers: dict[str, str]
) -> int:
    if parts.scheme == "http" and not ipaddress.ip_address(address).is_loopback:
        raise Unreachable("https only")
    plain = socket.create_connection((address, port), timeout=SECONDS)
    # A server that sends a byte now and then would never meet a timeout of its own.
    alarm = threading.Timer(SECONDS, _cut, [plain])
    alarm.daemon = True
    alarm.start()
    try:
        link = http.client.HTTPConnection(host, port, timeout=SECONDS)
        link.sock = plain
        if parts.scheme == "https":
            link.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        named = {"Host": parts.netloc.rpartition("@")[2], **headers, "Connection": "close"}
        link.request("POST", path, body, named)
        answer = link.getresponse()
        answer.read(LARGEST_ANSWER)
        return answer.status
    finally:
        alarm.cancel()
        plain.close()


def _cut(link: socket.socket) -> None:
    try:
        link.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
