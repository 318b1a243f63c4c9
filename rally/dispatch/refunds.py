"""Mails about money that goes back: the choice after a late payment, and the refund itself."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import formats, translation
from django.utils.translation import gettext as _

from accounts.models import OutboxEvent
from payments import offers
from payments.models import Checkout, Refund
from rally.dispatch import mails
from rally.kit import money


def offer(event: OutboxEvent) -> None:
    """Mail the link to the choice, unless it was decided before the mail could go."""
    refund = _refund(event)
    if refund.status != Refund.Status.DUE or refund.choice or refund.not_before is None:
        return
    _send("offer", refund)


def paid(event: OutboxEvent) -> None:
    """Say that money went back, and how long banks take to show it."""
    _send("refund", _refund(event))


def _refund(event: OutboxEvent) -> Refund:
    return Refund.objects.select_related("payment").get(pk=event.facts["refund"])


def _send(name: str, refund: Refund) -> None:
    checkout = Checkout.objects.select_related("person", "hold__organization").get(
        pk=refund.payment.checkout_id
    )
    if not checkout.person.email:
        return
    with translation.override(checkout.person.language):
        context = _context(refund, checkout)
        mails.send(name, context, to=checkout.person.email, reference=refund.reference)


def _context(refund: Refund, checkout: Checkout) -> dict[str, object]:
    parts = list(refund.lines.select_related("line__claim").order_by("line__claim__number"))
    whole = all(part.amount_minor == part.line.amount_minor for part in parts)
    reason = _("It's for these tiles:") if whole else _("It's part of what you paid for:")
    return {
        "organization_name": str(checkout.hold.organization),
        "amount": money.format(refund.amount_minor, refund.currency),
        "tiles": [part.line.claim.number for part in parts if part.line.claim],
        "reason": reason,
        "until": _until(refund, checkout),
        "link": f"{settings.RALLY_BASE_URL}/gifts/{offers.link(refund)}/",
        "order_link": f"{settings.RALLY_BASE_URL}/checkout/{checkout.hold.reference}/",
    }


def _until(refund: Refund, checkout: Checkout) -> str:
    """The end of the choice with its zone, as its page says it."""
    if refund.not_before is None:
        return ""
    local = refund.not_before.astimezone(ZoneInfo(checkout.hold.organization.time_zone))
    return f"{formats.date_format(local, 'DATETIME_FORMAT')} {local.tzname()}"
