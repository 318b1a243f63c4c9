"""What we ask Stripe for, and what becomes of a session that is not paid."""

import datetime as dt
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from boards import holds, phases
from boards.models import Claim
from boards.states import Phase
from payments import fees, gateway
from payments.errors import PaymentsUnavailable, SessionRefused
from payments.facts import Session
from payments.models import Attempt, Checkout, StripeAccount
from payments.settlement import LEFT, settle
from rally.kit import clock
from rally.kit.failpoints import failpoint
from rally.kit.retries import retrying

LONGEST_METADATA = 500
# An attempt is sent again for four minutes; a minute later no answer can be on its way.
UNSURE_SECONDS = 300
NAMED_TILES = 12


def parameters(attempt: Attempt, claims: list[Claim], site: str) -> dict[str, Any]:
    """The exact parameters of a session: one line per board, one for the covered fees.

    Stripe takes 100 line items at most, so tiles are named in the line of their board. The
    metadata is there for older clients' sake and is never authority (contract 2.5).
    """
    checkout = attempt.checkout
    page = f"{site}/checkout/{checkout.hold.reference}/"
    metadata = _metadata(checkout, claims)
    intent: dict[str, Any] = {
        "description": _("Tiles for %(campaign)s") % {"campaign": claims[0].board.campaign},
        "metadata": metadata,
    }
    if fee := _application_fee(checkout):
        intent["application_fee_amount"] = fee
    intent |= _on_behalf(checkout.account)
    return {
        "mode": "payment",
        "client_reference_id": attempt.reference,
        "customer_email": checkout.person.email,
        "line_items": list(_items(checkout, claims)),
        "allowed_payment_method_types": ["card"],
        "success_url": page + "?session_id={CHECKOUT_SESSION_ID}",
        "cancel_url": page + "?back=1",
        "expires_at": int(attempt.expires_at.timestamp()),
        "metadata": metadata,
        "payment_intent_data": intent,
    }


def _application_fee(checkout: Checkout) -> int:
    """Stripe takes one on a connected account's own charges only ("Direct charges")."""
    account = checkout.account
    if account is None or account.model != StripeAccount.Model.DIRECT:
        return 0
    return fees.application(checkout.total_minor, checkout.currency)


def _on_behalf(account: StripeAccount | None) -> dict[str, Any]:
    """The platform charges, and the money goes on at once (Stripe: "Destination charges")."""
    if account is None or account.model != StripeAccount.Model.ON_BEHALF_OF:
        return {}
    return {
        "on_behalf_of": account.account_id,
        "transfer_data": {"destination": account.account_id},
    }


def _items(checkout: Checkout, claims: list[Claim]) -> Iterable[dict[str, Any]]:
    for board, mine in groupby(claims, key=lambda claim: claim.board):
        tiles = list(mine)
        name = f"{board.title}: {tile_words([claim.number for claim in tiles])}"
        yield _item(checkout, name, sum(claim.price_minor for claim in tiles))
    if checkout.cover_minor:
        yield _item(checkout, _("Covering the card fees"), checkout.cover_minor)


def _item(checkout: Checkout, name: str, amount_minor: int) -> dict[str, Any]:
    return {
        "quantity": 1,
        "price_data": {
            "currency": checkout.currency.lower(),
            "unit_amount": amount_minor,
            "product_data": {"name": name[:250]},
        },
    }


def tile_words(numbers: list[int]) -> str:
    """ "Tile 7", "Tiles 7, 19, 50", or the first dozen and how many more."""
    if len(numbers) == 1:
        return _("Tile %(number)s") % {"number": numbers[0]}
    shown = ", ".join(str(number) for number in numbers[:NAMED_TILES])
    if len(numbers) <= NAMED_TILES:
        return _("Tiles %(numbers)s") % {"numbers": shown}
    return _("Tiles %(numbers)s and %(more)s more") % {
        "numbers": shown, "more": len(numbers) - NAMED_TILES,
    }  # fmt: skip


def _metadata(checkout: Checkout, claims: list[Claim]) -> dict[str, str]:
    """boardId, slotNumbersCSV (whole numbers, continued in …2, …3), ownerToken, checkoutId."""
    first = claims[0].board
    metadata = {
        "boardId": first.public_id,
        "ownerToken": checkout.hold.reference,
        "checkoutId": checkout.reference,
    }
    numbers = [str(claim.number) for claim in claims if claim.board_id == first.pk]
    parts = [""]
    for number in numbers:
        if len(parts[-1]) + len(number) + 1 > LONGEST_METADATA:
            parts.append("")
        parts[-1] += ("," if parts[-1] else "") + number
    for index, part in enumerate(parts, 1):
        metadata["slotNumbersCSV" + (str(index) if index > 1 else "")] = part
    return metadata


def note_open(attempt: Attempt, session: Session) -> None:
    """Write down the session that Stripe made for an attempt; twice changes nothing."""
    Attempt.objects.filter(pk=attempt.pk, status=Attempt.Status.CREATED).update(
        status=Attempt.Status.OPEN, session_id=session.id, url=session.url
    )
    attempt.status, attempt.session_id, attempt.url = (
        Attempt.Status.OPEN, session.id, session.url,
    )  # fmt: skip
    failpoint("session_noted")


def bury(attempt: Attempt, *, note: str = "", now: dt.datetime | None = None) -> None:
    """The attempt is known dead: nothing can be paid through it, so the tiles are free to use.

    The hold goes back to browsing with at least five minutes; the order is closed.
    """
    retrying(lambda: _bury(attempt, note, now))


def _bury(attempt: Attempt, note: str, now: dt.datetime | None) -> None:
    checkout = Checkout.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=attempt.checkout_id
    )
    hold = holds.locked(checkout.hold_id)
    buried = Attempt.objects.filter(pk=attempt.pk, status__in=Attempt.UNRESOLVED).update(
        status=Attempt.Status.DEAD, note=note[:300], checked_at=clock.database_now()
    )
    if not buried or checkout.status != Checkout.Status.OPEN:
        return
    Checkout.objects.filter(pk=checkout.pk).update(status=Checkout.Status.CLOSED)
    if hold.phase == Phase.PAYING:
        phases.back_to_browsing(hold, now)


def close(attempt: Attempt, *, now: dt.datetime | None = None) -> None:
    """Make an attempt unpayable at Stripe, then give the tiles back to their basket.

    A refusal means that it is paid, expired or being paid: what Stripe has then is settled.
    """
    if attempt.status == Attempt.Status.CREATED:
        try:
            session = gateway.create_session(attempt.account, attempt.params, attempt.key)
        except SessionRefused:
            # Too old to be made now: either Stripe made it at the time, or it never will.
            resolve(attempt, now=now)
            return
        note_open(attempt, session)
    # Should Stripe's own word of the end be quicker than ours: the tiles go back, not away.
    Attempt.objects.filter(pk=attempt.pk, status__in=Attempt.UNRESOLVED).update(note=LEFT)
    failpoint("before_expire")
    try:
        gateway.expire_session(attempt.account, attempt.session_id)
    except SessionRefused:
        try:
            found = gateway.retrieve_session(attempt.account, attempt.session_id)
        except SessionRefused as why:
            # Not even known there (other keys, perhaps): nobody can say, so nothing changes.
            raise PaymentsUnavailable(retry_after=60) from why
        settle(attempt, found, now=now)
        return
    failpoint("session_expired")
    bury(attempt, note=LEFT, now=now)


def resolve(attempt: Attempt, *, now: dt.datetime | None = None) -> None:
    """Find out what became of an attempt, and settle it. Raises PaymentsUnavailable.

    One whose session id was lost in a crash is looked for by its reference; if Stripe never
    made one, it is dead.
    """
    if attempt.session_id:
        session = gateway.retrieve_session(attempt.account, attempt.session_id)
    else:
        found = gateway.find_session(attempt.account, attempt.params, attempt.created_at)
        if found is None:
            bury(attempt, note="Stripe never made this session", now=now)
            return
        note_open(attempt, found)
        session = gateway.retrieve_session(attempt.account, found.id)
    settle(attempt, session, now=now)
