"""The hosted pay page: what a supporter sees instead of Stripe's, plainly marked as a test.

Plain forms, no script, nothing from elsewhere. Stripe documentation: "Checkout" (hosted page,
``{CHECKOUT_SESSION_ID}`` in success_url).
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from urllib.parse import quote, urlsplit

from payments.simulator import markup, payments, sessions
from payments.simulator.simulator import Simulator
from payments.simulator.store import Record
from payments.simulator.wire import Answer, BadControl, Incoming, Json, StripeError, form_pairs

_PAGE = re.compile(r"/c/pay/([^/]+)\Z")
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.\-]+(:\d+)?\Z")
_OUTCOMES = {"pay": "paid", "decline": "declined", "bank": "processing", "abandon": "abandoned"}
_SETTLEMENTS = {"confirm": True, "refuse": False}


@cache
def _style() -> bytes:
    return Path(__file__).with_name("page.css").read_bytes()


@cache
def style_address() -> str:
    return f"/c/page-{hashlib.sha256(_style()).hexdigest()[:12]}.css"


def answer(sim: Simulator, incoming: Incoming) -> Answer:
    if incoming.path == style_address():
        caching = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Answer(200, _style(), caching, "text/css; charset=utf-8")
    sessions.expire_due(sim)
    match = _PAGE.match(incoming.path)
    session = sim.store.get(sessions.KIND, match[1]) if match else None
    if session is None:
        return _html(markup.unknown(), 404)
    if incoming.method == "GET":
        return _shown(sim, session)
    if incoming.method != "POST":
        return Answer(405, b"", {"Allow": "GET, POST"}, "text/plain")
    try:
        given = dict(form_pairs(incoming.body.decode("utf-8", "replace")))
    except StripeError:
        given = {}
    return _acted(sim, session, given)


def _acted(sim: Simulator, session: Record, given: dict[str, str]) -> Answer:
    """Do what the pressed button says; a stale page is led back to the truth."""
    action = given.get("action", "")
    email, name = given.get("email", "").strip()[:254], given.get("name", "").strip()[:200]
    here = f"/c/pay/{session.id}"
    try:
        if action in _SETTLEMENTS:
            payments.settle(sim, session.id, _SETTLEMENTS[action])
            return _to(here)
        if action not in _OUTCOMES:
            return _shown(sim, session)
        if action in ("pay", "bank") and not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
            typed = {"email": email, "name": name, "email_problem": "Enter an e-mail address."}
            return _shown(sim, session, typed, 422)
        payments.pay(sim, session.id, _OUTCOMES[action], email, name)
    except BadControl:
        return _to(here)
    if action == "decline":
        return _shown(sim, session, {"email": email, "name": name, "declined": "yes"})
    if action == "abandon":
        return _to(session.body["cancel_url"] or here)
    return _to(success_address(session.body))


def success_address(session: Json) -> str:
    return session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])


def _shown(
    sim: Simulator, session: Record, typed: dict[str, str] | None = None, status: int = 200
) -> Answer:
    body = session.body
    if body["status"] == "open":
        text = markup.checkout(session, typed or {}, sim.clock.now())
    elif body["status"] == "expired":
        text = markup.expired(session)
    else:
        intent = sim.store.get("payment_intent", body["payment_intent"])
        state = intent.body["status"] if intent else "succeeded"
        text = markup.complete(session, state, success_address(body))
    return _html(text, status, [body["success_url"], body["cancel_url"] or ""])


def _to(address: str) -> Answer:
    location = quote(address, safe="%/:=&?~#+!$,;'@()*[]")
    return Answer(303, b"", {"Location": location, "Cache-Control": "no-store"}, "text/plain")


def _html(text: str, status: int, onward: list[str] | None = None) -> Answer:
    """Chromium applies form-action to redirects too, so the way back must be named."""
    origins = ["'self'"]
    for address in onward or []:
        parts = urlsplit(address)
        origin = f"{parts.scheme}://{parts.netloc}"
        if _ORIGIN.match(origin) and origin not in origins:
            origins.append(origin)
    policy = (
        "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; "
        "frame-ancestors 'none'; "
        f"form-action {' '.join(origins)}"
    )
    headers = {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Robots-Tag": "noindex",
    }
    page = markup.document(text, style_address())
    return Answer(status, page.encode(), headers, "text/html; charset=utf-8")
