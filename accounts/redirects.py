"""Where a program may send people back to. Compared as text, never decoded into something else.

A modern program gets exactly what it registered. A Sprocket program whose prefixes staff have
approved also gets addresses below one, on a segment boundary, and plain http.
Sources: RFC 9700 section 2.1; RFC 8252 section 7.3 (loopback).
"""

import re
from urllib.parse import SplitResult, unquote, urlsplit

from django.utils.translation import gettext as _

from accounts.models import ApiClient
from accounts.oauth_errors import RedirectRefused
from rally.kit.errors import InvalidInput

LONGEST = 1_000
LOOPBACK = ("127.0.0.1", "::1")
# Visible ASCII without what browsers and servers read differently.
PLAIN = re.compile(r"[!$%&'()*+,\-./0-9:=?@A-Z\[\]_a-z~]+\Z")


def registered(client: ApiClient) -> list[str]:
    """The addresses as they were registered, in order."""
    return client.redirect_uris.split()


def choose(client: ApiClient, asked: str | None) -> str:
    """The address to send people back to: the one asked for, or the first registered.

    Raises RedirectRefused; then nobody may be sent anywhere.
    """
    if asked is None:
        known = registered(client)
        if not known or not allowed(client, known[0]):
            raise RedirectRefused
        return known[0]
    if not allowed(client, asked):
        raise RedirectRefused
    return asked


def allowed(client: ApiClient, uri: str) -> bool:
    """Whether this very text may be redirected to."""
    parts = _sound(uri)
    if parts is None:
        return False
    approved = client.profile == ApiClient.Profile.SPROCKET and bool(client.prefixes_approved_at)
    if parts.scheme == "http" and not approved and not _is_loopback(parts):
        return False
    if uri in registered(client):
        return True
    return approved and any(_below(uri, prefix) for prefix in registered(client))


def below_a_prefix(client: ApiClient, uri: str) -> bool:
    """Whether the address passes by a prefix only; such uses are written down."""
    return uri not in registered(client)


def checked(text: str) -> str:
    """Addresses to register, one per line or space, as they are kept.

    Raises InvalidInput for a field "redirect_uris".
    """
    found = text.split()
    for uri in found:
        if _sound(uri) is None:
            words = _("%(uri)s can't be registered: it needs https:// (or http://), a host, "
                      "and no fragment, user name or unusual characters.")  # fmt: skip
            raise InvalidInput(words % {"uri": uri[:200]}, field="redirect_uris")
    if not found:
        raise InvalidInput(_("Enter at least one address."), field="redirect_uris")
    return " ".join(dict.fromkeys(found))


def origin(uri: str) -> str:
    """`scheme://host:port` of an address that passed."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def _sound(uri: str) -> SplitResult | None:
    """The parts of an address nobody can be tricked with; None for any other."""
    if len(uri) > LONGEST or not PLAIN.match(uri):
        return None
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return None
    if not uri.startswith(("https://", "http://")) or not parts.hostname or port == 0:
        return None
    if "@" in parts.netloc or "%" in parts.netloc or parts.netloc != parts.netloc.lower():
        return None
    return parts if all(_is_plain_segment(one) for one in parts.path.split("/")) else None


def _is_plain_segment(segment: str) -> bool:
    """No dot segments, no slashes or separators hidden by escapes, however often escaped."""
    for _round in range(5):
        plain = unquote(segment)
        if plain == segment:
            break
        segment = plain
    hidden = any(letter in "/\\;?#" or ord(letter) < 33 or ord(letter) == 127 for letter in segment)
    return segment not in {".", ".."} and not hidden and "%" not in segment


def _is_loopback(parts: SplitResult) -> bool:
    return parts.hostname in LOOPBACK


def _below(uri: str, prefix: str) -> bool:
    """Below a prefix on a segment boundary: the prefix, a slash, and a path without a query."""
    if "?" in prefix or "?" in uri:
        return False
    return uri.startswith(prefix if prefix.endswith("/") else prefix + "/")
