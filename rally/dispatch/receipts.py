"""The receipt: numbered per organization after the money is certain, mailed once."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import formats, translation

from accounts.models import Organization, OutboxEvent
from campaigns.models import Donation
from payments import orders
from payments.models import Checkout
from rally.dispatch import mails
from rally.kit import money


def send(event: OutboxEvent) -> None:
    """Mail the receipt of the checkout that the event names."""
    checkout = Checkout.objects.select_related("person", "hold__organization").get(
        pk=event.facts["checkout"]
    )
    if not checkout.person.email or checkout.method != Checkout.Method.STRIPE:
        return
    number = number_for(checkout)
    with translation.override(checkout.person.language):
        context = _context(checkout, number)
        mails.send("receipt", context, to=checkout.person.email, reference=checkout.reference)


def number_for(checkout: Checkout) -> int:
    """The receipt's number: the next of its organization, or the one it has."""
    gifts = Donation.objects.filter(pk__in=checkout.lines.values("donation"))
    return number_of(gifts, checkout.hold.organization_id)


def number_of(gifts: QuerySet[Donation], organization_id: int) -> int:
    """The number these gifts have, or the next of their organization, which they get."""
    with transaction.atomic():
        organization = Organization.objects.select_for_update(no_key=True, of=("self",)).get(
            pk=organization_id
        )
        known = gifts.aggregate(number=Max("receipt_number"))["number"]
        if known is not None:
            return known
        ours = Donation.objects.filter(campaign__organization=organization)
        number = (ours.aggregate(number=Max("receipt_number"))["number"] or 0) + 1
        gifts.update(receipt_number=number)
        return number


def send_entered(event: OutboxEvent) -> None:
    """Mail the receipt of a gift that an admin or another system told us of."""
    gift = Donation.objects.select_related("person", "campaign__organization").get(
        pk=event.facts["donation"]
    )
    person = gift.person
    if person is None or not person.email or gift.status != Donation.Status.CONFIRMED:
        return
    number = number_of(Donation.objects.filter(pk=gift.pk), gift.campaign.organization_id)
    campaign, when = gift.campaign, gift.paid_at or gift.created_at
    local = when.astimezone(ZoneInfo(campaign.time_zone))
    with translation.override(person.language):
        context: dict[str, object] = {
            "organization_name": str(campaign.organization),
            "campaign_title": campaign.title,
            "total": money.format(gift.amount_minor, gift.currency),
            "date": formats.date_format(local, "DATE_FORMAT"),
            "receipt_number": f"{number:06d}",
            "campaign_url": f"{settings.RALLY_BASE_URL}/c/{campaign.slug}/",
            "is_promise": not gift.is_fulfilled,
        }
        mails.send("entered", context, to=person.email, reference=gift.public_id)


def _context(checkout: Checkout, number: int) -> dict[str, object]:
    """Of this order alone: a hold may have had others, and tiles may have become gifts."""
    campaign = checkout.lines.select_related("donation__campaign")[0].donation.campaign
    tiles = orders.tiles_of(checkout)
    currency = checkout.currency
    when = (checkout.paid_at or checkout.created_at).astimezone(ZoneInfo(campaign.time_zone))
    return {
        "organization_name": str(checkout.hold.organization),
        "campaign_title": campaign.title,
        "tiles": [
            {"number": tile.number, "price": money.format(tile.price_minor, currency)}
            for tile in tiles
            if not tile.lost
        ],
        "lost": [tile.number for tile in tiles if tile.lost],
        "net": money.format(checkout.net_minor, currency),
        "cover": money.format(checkout.cover_minor, currency) if checkout.cover_minor else "",
        "total": money.format(checkout.total_minor, currency),
        "date": formats.date_format(when, "DATE_FORMAT"),
        "receipt_number": f"{number:06d}",
        "checkout_url": f"{settings.RALLY_BASE_URL}/checkout/{checkout.hold.reference}/",
        "display_name": orders.name_on(checkout) or "",
    }
