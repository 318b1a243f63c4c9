"""Mails about webhooks that don't arrive any more, to those who can mend them."""

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import OutboxEvent, User, WebhookEndpoint
from rally.dispatch import mails


def turned_off(event: OutboxEvent) -> None:
    """The receiver answered 410."""
    _send(
        event,
        heading=_("A webhook was turned off"),
        lead=_("The receiver answered 410 Gone, so nothing is sent there any more. If that was a "
               "mistake, turn it on again; messages of the meantime can be sent again from its "
               "log."),
    )  # fmt: skip


def gave_up(event: OutboxEvent) -> None:
    """A message could not be delivered for three days."""
    _send(
        event,
        heading=_("A webhook doesn't answer"),
        lead=_("For three days a message could not be delivered, and it was given up. New events "
               "are still tried. Look at the log for the reason, mend the receiver, and send "
               "again what it missed."),
    )  # fmt: skip


def _send(event: OutboxEvent, *, heading: str, lead: str) -> None:
    """To one reader; an endpoint that was removed meanwhile needs no mail."""
    endpoint = (
        WebhookEndpoint.objects.select_related("organization", "client")
        .filter(pk=event.facts["endpoint"])
        .first()
    )
    reader = User.objects.filter(pk=event.facts["user"], is_active=True).first()
    if endpoint is None or reader is None:
        return
    owner = str(endpoint.organization or endpoint.client)
    context: dict[str, object] = {
        "organization_name": owner, "heading": heading, "lead": lead, "quote": endpoint.url,
        "link": f"{settings.RALLY_BASE_URL}/developers/webhooks/{endpoint.public_id}/",
        "button": _("Look at its log"),
        "foot": _("You get this because you look after %(name)s.") % {"name": owner},
    }  # fmt: skip
    mails.send("notice", context, to=reader.email, reference=f"{event.kind}-{event.pk}")
