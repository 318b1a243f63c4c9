"""What every door for supporters shares: whose hold it is, where they are, how often they come."""

import ipaddress
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from boards import tokens
from boards.errors import BadToken
from rally.kit import counters, ids
from rally.kit.errors import RateLimited

COOKIE_SECONDS = 86_400
_signer = signing.Signer(salt="rally.hold")


def hold_token(request: HttpRequest) -> str | None:
    """The owner token of this browser, from its signed cookie; None without a sound one."""
    value = request.COOKIES.get(settings.HOLD_COOKIE_NAME, "")
    try:
        return tokens.check(_signer.unsign(value))
    except (signing.BadSignature, BadToken):
        return None


def set_hold_cookie(response: HttpResponseBase, token: str) -> None:
    """Let this browser keep the token: out of reach of scripts and of other sites' forms."""
    response.set_cookie(
        settings.HOLD_COOKIE_NAME,
        _signer.sign(token),
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
        path="/",
    )


def new_token() -> str:
    """A fresh owner token."""
    return tokens.new()


def client_ip(request: HttpRequest) -> str:
    """The address limits are counted by; proxies were dealt with by the middleware.

    One customer gets a whole IPv6 network of 64 bits (RFC 6177), so that is counted as one.
    """
    address = request.META.get("REMOTE_ADDR", "") or "unknown"
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((parsed, 64), strict=False))


def site(request: HttpRequest) -> str:
    """The address this installation was asked by, without a path: "http://host:port"."""
    return f"{request.scheme}://{request.get_host()}"


def same_site(request: HttpRequest) -> bool:
    """Whether a browser sent this from one of our own pages, or no browser did.

    Source: MDN "Sec-Fetch-Site"; OWASP "Cross-Site Request Forgery Prevention".
    """
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        return False
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc == request.get_host()
    except ValueError:
        return False


def limited(name: str, who: str, times: int = 1) -> None:
    """Count one call of `who` (or so many) under the rate `name`; raises RateLimited above it.

    `who` may be a secret or a person's address: only its digest is kept, for the window.
    Counters are no part of the money: when they can't be reached, calls pass.
    """
    if not settings.RALLY_LIMITS:
        return
    most, seconds = settings.RALLY_RATES[name]
    hits, left = counters.hit_or_pass(f"{name}:{ids.digest(who)}", seconds, times)
    if hits > most:
        raise RateLimited(left)


def held_off(name: str, who: str) -> None:
    """Raises RateLimited when `who` is at the limit already, without counting this call.

    For limits that count failures: the guess that comes after too many isn't even looked at.
    """
    if not settings.RALLY_LIMITS:
        return
    most, _seconds = settings.RALLY_RATES[name]
    hits, left = counters.peek_or_pass(f"{name}:{ids.digest(who)}")
    if hits >= most:
        raise RateLimited(max(1, left))


def simulator() -> str:
    """The payment simulator's address as browsers and scripts are to see it; empty: none."""
    address: str = settings.STRIPE_API_BASE
    return address.replace("http://", "https://", 1) if settings.TLS else address


def seen_from(request: HttpRequest, url: str) -> str:
    """The simulator's pay page under the host this browser reached us by.

    A phone on the same network can't open 127.0.0.1. Stripe's own addresses stay as they are.
    """
    if not settings.STRIPE_API_BASE:
        return url
    parts = urlsplit(url)
    host = urlsplit(site(request)).hostname or ""
    if ":" in host:
        host = f"[{host}]"
    return parts._replace(netloc=f"{host}:{parts.port}").geturl()
