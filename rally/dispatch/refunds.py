"""Mails about money that goes back: the choice after a late payment, and the refund itself."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import formats, translation

from accounts.models import OutboxEvent
from payments import offers
from payments.models import Checkout, Refund
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
    zone = ZoneInfo(checkout.hold.organization.time_zone)
    until = refund.not_before and refund.not_before.astimezone(zone)
    with translation.override(checkout.person.language):
        context = {
            "organization_name": str(checkout.hold.organization),
            "amount": money.format(refund.amount_minor, refund.currency),
            "tiles": [
                line.line.claim.number
                for line in refund.lines.select_related("line__claim")
                if line.line.claim
            ],
            "until": formats.date_format(until, "DATETIME_FORMAT") if until else "",
            "link": f"{settings.RALLY_BASE_URL}/gifts/{offers.link(refund)}/",
            "order_link": f"{settings.RALLY_BASE_URL}/checkout/{checkout.hold.reference}/",
        }
        EmailMessage(
            subject=" ".join(render_to_string(f"emails/{name}.subject.txt", context).split()),
            body=render_to_string(f"emails/{name}.txt", context),
            to=[checkout.person.email],
            headers={"Message-ID": f"<{name}-{refund.reference}@rally.invalid>"},
        ).send()
