"""Start paying for a hold, and leave again. Everything is written down before Stripe is asked.

The order of things is what survives a crash: hold locked, order and attempt written, commit;
then the call with the attempt's own key and bytes; then its answer. Whatever dies in between,
the same attempt is sent again, or found at Stripe by its reference.
"""

import datetime as dt
import hashlib
import json
import logging
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from accounts.models import Organization
from boards import holds, phases
from boards.errors import BoardClosed, HoldExpired
from boards.models import Claim, Hold
from boards.states import Phase
from campaigns import crediting, donations
from campaigns.models import Donation, Goal
from payments import fees, gateway, on_behalf, sessions
from payments.errors import (
    AmountTooSmall,
    CheckoutOpen,
    PaymentsUnavailable,
    SessionRefused,
    TooManyCheckouts,
)
from payments.models import Attempt, Checkout, Line, StripeAccount
from payments.supporters import Supporter, person_for
from rally.kit import clock, locks, money
from rally.kit.failpoints import failpoint

logger = logging.getLogger(__name__)
RESEND_SECONDS = 240
UNPAID_WINDOW = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Wish:
    """What a supporter asked to pay for; two equal wishes get the same session."""

    supporter: Supporter
    cover_fees: bool
    credit: Goal | None = None

    def goal_of(self, claim: Claim) -> int:
        """Whom a tile is credited to: whom the supporter chose, within their campaign."""
        if self.credit and crediting.campaign_of(self.credit) == claim.board.campaign_id:
            return self.credit.pk
        return claim.board.goal_id

    def digest(self, claims: list[Claim]) -> str:
        """A fingerprint of everything that makes the order what it is."""
        facts = [
            [
                (claim.board_id, claim.number, claim.price_minor, self.goal_of(claim))
                for claim in claims
            ],
            self.supporter.name,
            self.supporter.email,
            self.supporter.message,
            self.supporter.display_as,
            self.supporter.hide_amount,
            self.supporter.image_url,
            self.cover_fees,
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def start(
    *,
    hold: Hold,
    supporter: Supporter,
    cover_fees: bool,
    site: str,
    credit: Goal | None = None,
    now: dt.datetime | None = None,
) -> str:
    """Start paying for a hold's tiles; answers the address of the hosted pay page.

    `credit` is whom the supporter gives for; without it each board's own goal counts.

    The same wish again gives the same session; a different one while that is open raises
    CheckoutOpen. Raises InvalidInput, HoldExpired, AmountTooSmall, TooManyCheckouts and
    PaymentsUnavailable; in the last case the tiles stay held and the call may be repeated.
    """
    wish = Wish(supporter.checked(), cover_fees, credit)
    with transaction.atomic():
        attempt = _attempt(hold.pk, wish, site, now)
    failpoint("attempt_committed")
    if attempt.status == Attempt.Status.OPEN:
        return attempt.url
    return send(attempt)


def leave(*, hold: Hold, now: dt.datetime | None = None) -> Hold:
    """Back to the board: the session is made unpayable first, then the tiles are kept a while.

    When Stripe says the session isn't open any more, its state decides instead.
    Raises PaymentsUnavailable when nobody knows; then nothing has changed.
    """
    attempt = _open_attempt(hold)
    if attempt is not None:
        sessions.close(attempt, now=now)
    hold.refresh_from_db()
    return hold


def send(attempt: Attempt) -> str:
    """Ask Stripe for the attempt's session, with its own bytes and key, and note the answer."""
    try:
        session = gateway.create_session(attempt.account, attempt.params, attempt.key)
    except SessionRefused as why:
        logger.error("Stripe refuses the session of attempt %s: %s", attempt.reference, why)
        sessions.bury(attempt, note=str(why))
        raise PaymentsUnavailable from why
    sessions.note_open(attempt, session)
    return session.url


def _open_attempt(hold: Hold) -> Attempt | None:
    return (
        Attempt.objects.select_related("account", "checkout")
        .filter(checkout__hold=hold, status__in=Attempt.UNRESOLVED)
        .first()
    )


def _attempt(hold_id: int, wish: Wish, site: str, now: dt.datetime | None) -> Attempt:
    """The attempt that fits this wish: the open one, or a new one with its order."""
    hold = holds.locked(hold_id)
    claims = list(phases.live_claims(hold).select_related("board__campaign", "board__goal"))
    if hold.phase == Phase.PAYING:
        return _same(hold, wish.digest(claims))
    if hold.phase in {Phase.PROCESSING, Phase.SOLD}:
        raise CheckoutOpen
    if hold.phase != Phase.BROWSING or not claims:
        raise HoldExpired
    _still_open(hold, claims, now)
    net = sum(claim.price_minor for claim in claims)
    cover = fees.cover(net, hold.currency) if wish.cover_fees else 0
    if net + cover < money.minimum_charge(hold.currency):
        raise AmountTooSmall(net + cover, hold.currency)
    _not_too_many(hold, wish.supporter.email)
    checkout = _write_order(hold, wish, claims, net, cover)
    attempt = _write_attempt(checkout, claims, site, now)
    phases.start_paying(hold, attempt.expires_at)
    failpoint("attempt_written")
    return attempt


def _same(hold: Hold, digest: str) -> Attempt:
    attempt = _open_attempt(hold)
    if attempt is None or attempt.checkout.request_digest != digest:
        raise CheckoutOpen
    if attempt.status == Attempt.Status.CREATED:
        age = clock.database_now() - attempt.created_at
        if age > dt.timedelta(seconds=RESEND_SECONDS):
            # Too old to be sent again unchanged; the sweep is about to look for it.
            raise PaymentsUnavailable(retry_after=30)
    return attempt


def _not_too_many(hold: Hold, email: str) -> None:
    """Five orders an hour may stay unpaid per e-mail and per hold; card testers need more."""
    if not settings.RALLY_LIMITS:
        return
    # Two orders of one address at once must see one another.
    locks.alone(f"checkouts:{hold.organization_id}:{email}")
    unpaid = Checkout.objects.filter(
        method=Checkout.Method.STRIPE,
        status__in=[Checkout.Status.OPEN, Checkout.Status.CLOSED],
        created_at__gt=clock.database_now() - UNPAID_WINDOW,
    )
    by_email = unpaid.filter(
        person__email=email, person__organization_id=hold.organization_id
    ).count()
    if max(by_email, unpaid.filter(hold=hold).count()) >= settings.RALLY_OPEN_CHECKOUTS:
        raise TooManyCheckouts


def _write_order(hold: Hold, wish: Wish, claims: list[Claim], net: int, cover: int) -> Checkout:
    """The order, its lines, and one promised gift per goal. Counts for nothing yet."""
    person = person_for(wish.supporter, hold.organization)
    checkout = Checkout.objects.create(
        hold=hold,
        person=person,
        account=account_for(hold),
        currency=hold.currency,
        net_minor=net,
        cover_minor=cover,
        total_minor=net + cover,
        request_digest=wish.digest(claims),
    )
    gifts: dict[int, Donation] = {}
    for goal_id in sorted({wish.goal_of(claim) for claim in claims}):
        mine = [claim for claim in claims if wish.goal_of(claim) == goal_id]
        gifts[goal_id] = donations.pledge(
            campaign_id=mine[0].board.campaign_id,
            goal_id=goal_id,
            person=person,
            amount_minor=sum(claim.price_minor for claim in mine),
            currency=hold.currency,
            payment_type=Donation.PaymentType.CREDIT_CARD,
            shown=wish.supporter.shown(),
        )
    shares = fees.split(cover, [claim.price_minor for claim in claims], money.step(hold.currency))
    Line.objects.bulk_create(
        Line(
            checkout=checkout,
            claim=claim,
            goal_id=wish.goal_of(claim),
            donation=gifts[wish.goal_of(claim)],
            amount_minor=claim.price_minor,
            fee_share_minor=share,
        )
        for claim, share in zip(claims, shares, strict=True)
    )
    return checkout


def _still_open(hold: Hold, claims: list[Claim], now: dt.datetime | None) -> None:
    """Nobody starts to pay for a board that closed, or an organization that was frozen.

    Payments that are under way finish all the same.
    """
    moment = now or clock.database_now(hold.organization.clock_offset_s)
    boards = {claim.board for claim in claims}
    ended = any(not b.is_open or (b.closes_at and b.closes_at <= moment) for b in boards)
    if ended or hold.organization.status == Organization.Status.FROZEN:
        raise BoardClosed


def account_for(hold: Hold) -> StripeAccount:
    """The Stripe account that takes this organization's money now.

    Under live keys a sandbox takes none: PaymentsUnavailable.
    """
    if settings.STRIPE_LIVEMODE and not hold.organization.livemode:
        logger.error("%s is a sandbox, and the keys are live", hold.organization)
        raise PaymentsUnavailable(retry_after=3600)
    through_partner = on_behalf.current(hold.organization)
    if through_partner is not None:
        return through_partner
    account, _made = StripeAccount.objects.get_or_create(
        organization_id=hold.organization_id,
        livemode=settings.STRIPE_LIVEMODE,
        model=StripeAccount.Model.OWN,
        account_id="",
    )
    return account


def _write_attempt(
    checkout: Checkout, claims: list[Claim], site: str, now: dt.datetime | None
) -> Attempt:
    moment = now or clock.database_now(checkout.hold.organization.clock_offset_s)
    until = moment + dt.timedelta(seconds=settings.RALLY_SESSION_SECONDS)
    attempt = Attempt(checkout=checkout, account=checkout.account, expires_at=until, params={})
    attempt.key = f"rally-{attempt.reference}"
    attempt.params = sessions.parameters(attempt, claims, site)
    attempt.save()
    return attempt
