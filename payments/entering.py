"""Gifts that another system or an admin tells us of: no tiles, no order, no money through us.

A verified one counts at once, an unverified one waits. They leave no trace in the ledger,
which is about money that passed Stripe or was banked with us; the totals show them.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, people
from accounts.actors import Actor
from accounts.models import Person
from accounts.outbox import announce
from accounts.rights import Forbidden, Right, require, standing
from campaigns import donations
from campaigns.donations import Offline, Shown
from campaigns.models import Campaign, Donation, Goal, Member
from payments import offline
from payments.models import Checkout, Line
from rally.kit import clock, money, text
from rally.kit.errors import DomainError, InvalidInput
from rally.kit.retries import retrying

MOST_MINOR = 10**11
LONGEST_MESSAGE = 1000
OLDEST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# Clocks differ; a gift from a minute ahead isn't from the future.
AHEAD = dt.timedelta(minutes=5)


class AmountFixed(DomainError):
    """What was given is what was given; a wrong record is voided and entered again."""

    code = "conflict"
    sentence = gettext_lazy("The amount, donor and recipient of a gift can't be changed.")


class PaidOnline(DomainError):
    """Money that passed Stripe goes back by a refund."""

    code = "conflict"
    sentence = gettext_lazy("This was paid online. Refund it instead of deleting it.")


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a gift. `amount_minor` is in minor units of the campaign's currency.

    The donor is a member of the campaign, or a name with an optional e-mail and addresses.
    """

    amount_minor: int
    goal: Goal
    member: Member | None = None
    donor: Mapping[str, Any] = field(default_factory=dict)
    addresses: tuple[Mapping[str, Any], ...] = ()
    message: str = ""
    payment_type: str = Donation.PaymentType.OTHER
    paid_at: dt.datetime | None = None
    is_verified: bool = True
    hide_name: bool = False
    hide_amount: bool = False
    is_corporate: bool = False
    do_not_sync: bool = False


def enter(campaign: Campaign, told: Told, by: Actor, *, request_key: str = "") -> Donation:
    """Write the gift down; verified it counts, and its donor gets a receipt by mail.

    The same `request_key` again answers the gift that it made. Raises Forbidden, and
    InvalidInput naming the field; then nothing was written.
    """
    organization = campaign.organization
    found = standing(by, organization.pk)
    needed = [Right.RUN_CAMPAIGNS, *([Right.REFUND] if told.is_verified else [])]
    if not all(found.may(right, campaign.pk) for right in needed):
        raise Forbidden
    moment = clock.now(organization.clock_offset_s)
    _check(told, campaign, moment)

    def work() -> Donation:
        known = Donation.objects.filter(request_key=request_key).first() if request_key else None
        if known is not None:
            return known
        gift = _write(campaign, told, request_key, told.paid_at or moment)
        if told.is_verified:
            donations.confirm([gift], paid_at=gift.paid_at)
            _announce(gift, organization.pk)
        else:
            donations.promise(gift)
        audit.record(
            "gift.entered", about=gift, by=by.user, door=by.door,
            organization_id=organization.pk, facts={"verified": told.is_verified},
        )  # fmt: skip
        return gift

    return retrying(work)


def edit(gift: Donation, changes: Mapping[str, Any], by: Actor) -> Donation:
    """Change what is shown and kept of a gift, or verify it; what was given stays.

    `changes` may have message, hide_name, hide_amount, is_corporate, do_not_sync, and
    is_verified, which only ever becomes true. Raises Forbidden, InvalidInput, and AmountFixed
    for taking back a verification or touching a void gift.
    """
    campaign = gift.campaign
    require(by, Right.RUN_CAMPAIGNS, campaign.organization_id, campaign.pk)
    values = _shown_changes(gift, changes)
    # Cash for tiles is counted with its order.
    order = Line.objects.filter(donation=gift).select_related("checkout__hold").first()

    def work() -> None:
        row = _locked(gift)
        if row.status == Donation.Status.VOID:
            raise AmountFixed(_("This gift was voided."))
        differs = [name for name, value in values.items() if getattr(row, name) != value]
        for name in differs:
            setattr(row, name, values[name])
        if differs:
            row.save(update_fields=differs)
        verified = changes.get("is_verified")
        if verified is False and row.is_verified:
            raise AmountFixed(_("A verified gift stays verified. Void it instead."))
        if verified and not row.is_verified and order is None:
            require(by, Right.REFUND, campaign.organization_id, campaign.pk)
            donations.verify(row, paid_at=row.paid_at or clock.now())
            _announce(row, campaign.organization_id)
            differs.append("is_verified")
        if differs:
            audit.record(
                "gift.edited", about=row, by=by.user, door=by.door,
                organization_id=campaign.organization_id, facts={"fields": sorted(differs)},
            )  # fmt: skip

    retrying(work)
    if changes.get("is_verified") and not gift.is_verified and order is not None:
        offline.confirm(order.checkout, by)
    gift.refresh_from_db()
    return gift


def withdraw(gift: Donation, by: Actor, *, reason: str) -> None:
    """Void a gift that never passed Stripe: it counts for nothing any more.

    Cash for tiles is taken back with its tiles; what counted needs the right to refund. Again
    changes nothing. Raises Forbidden, and PaidOnline for what has to be refunded.
    """
    campaign = gift.campaign
    require(by, Right.RUN_CAMPAIGNS, campaign.organization_id, campaign.pk)
    line = Line.objects.filter(donation=gift).select_related("checkout__hold").first()
    if line is not None and line.checkout.method == Checkout.Method.STRIPE:
        raise PaidOnline

    def work() -> None:
        row = _locked(gift)
        if row.status == Donation.Status.VOID:
            return
        if row.status == Donation.Status.CONFIRMED:
            require(by, Right.REFUND, campaign.organization_id, campaign.pk)
        donations.void(row, reason)
        audit.record(
            "gift.voided", about=row, by=by.user, door=by.door,
            organization_id=campaign.organization_id,
        )  # fmt: skip

    if line is not None:
        if gift.status != Donation.Status.VOID:
            offline.take_back(line.checkout, by, reason=reason)
    else:
        retrying(work)
    gift.refresh_from_db()


# Parts ----------------------------------------------------------------------------------------
def _check(told: Told, campaign: Campaign, now: dt.datetime) -> None:
    """Raises InvalidInput naming the field."""
    if not 0 < told.amount_minor < MOST_MINOR or told.amount_minor % money.step(campaign.currency):
        raise InvalidInput(_("The amount must be above zero, and can be paid."), field="Amount")
    if told.payment_type not in Donation.PaymentType.values:
        raise InvalidInput(_("There is no such payment type."), field="Payment_Type")
    if told.paid_at is not None and not OLDEST < told.paid_at <= now + AHEAD:
        raise InvalidInput(_("The gift must be from the past."), field="Paid_At")


def _write(campaign: Campaign, told: Told, request_key: str, paid_at: dt.datetime) -> Donation:
    person = told.member.person if told.member else _donor(campaign, told)
    for address in told.addresses:
        people.keep_address(person, address)
    shown = Shown(
        name=person.name[:100],
        shown_as=Donation.ShownAs.ANONYMOUS if told.hide_name else Donation.ShownAs.NAME,
        hide_amount=told.hide_amount,
        message=_message(told.message),
    )
    return donations.pledge(
        campaign_id=campaign.pk, goal_id=told.goal.pk, person=person,
        amount_minor=told.amount_minor, currency=campaign.currency,
        payment_type=told.payment_type, shown=shown, is_verified=told.is_verified,
        more=Offline(
            paid_at=paid_at, is_corporate=told.is_corporate, do_not_sync=told.do_not_sync,
            is_fulfilled=told.payment_type != Donation.PaymentType.PLEDGE,
            request_key=request_key,
            # Confirming makes donors members by itself.
            donor=None if told.is_verified else donations.membership(campaign.pk, person.pk),
        ),
    )  # fmt: skip


def _donor(campaign: Campaign, told: Told) -> Person:
    return people.found_or_made(campaign.organization, told.donor)


def _message(value: str) -> str:
    cleaned = text.paragraphs(value)
    if len(cleaned) > LONGEST_MESSAGE:
        raise InvalidInput(_("This message is too long."), field="Message")
    return cleaned


def _shown_changes(gift: Donation, changes: Mapping[str, Any]) -> dict[str, Any]:
    names = ("hide_amount", "is_corporate", "do_not_sync")
    values = {name: changes[name] for name in names if changes.get(name) is not None}
    if "message" in changes:
        values["message"] = _message(changes["message"] or "")
    hidden = gift.shown_as == Donation.ShownAs.ANONYMOUS
    if changes.get("hide_name") is not None and changes["hide_name"] != hidden:
        shown = Donation.ShownAs
        values["shown_as"] = shown.ANONYMOUS if changes["hide_name"] else shown.NAME
        if not gift.display_name and gift.person is not None:
            values["display_name"] = gift.person.name[:100]
    return values


def _locked(gift: Donation) -> Donation:
    return Donation.objects.select_for_update(no_key=True, of=("self",)).get(pk=gift.pk)


def _announce(gift: Donation, organization_id: int) -> None:
    """Receipt and webhooks hear of it once."""
    announce(
        "gift.entered", key=gift.public_id, organization_id=organization_id,
        facts={"donation": gift.pk, "do_not_sync": gift.do_not_sync},
    )  # fmt: skip
