"""Mails about apps that ask for access: to staff, and to whoever asked."""

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import AppRequest, OutboxEvent
from rally.dispatch import mails


def asked(event: OutboxEvent) -> None:
    """Tell the site's staff that an app waits for them."""
    app = AppRequest.objects.select_related("user").get(pk=event.facts["app"])
    _send(
        settings.RALLY_SUPPORT_EMAIL, f"app-asked-{app.public_id}",
        heading=_("%(app)s asks for API access") % {"app": app.name},
        lead=_("%(person)s describes it as follows. Approve it or refuse it with a reason.")
        % {"person": app.user.email},
        quote=app.purpose, path=f"/admin/accounts/apprequest/{app.pk}/change/",
        button=_("Look at it"), foot=_("You get this because you support developers here."),
    )  # fmt: skip


def decided(event: OutboxEvent) -> None:
    """Tell the developer what became of it."""
    app = AppRequest.objects.select_related("user").get(pk=event.facts["app"])
    yes = app.status == AppRequest.Status.APPROVED
    _send(
        app.user.email, f"app-decided-{app.public_id}",
        heading=_("%(app)s has API access") % {"app": app.name} if yes
        else _("%(app)s was not given API access") % {"app": app.name},
        lead=_("Take its client id and secret on your page. The secret is shown once.") if yes
        else _("This is the reason that was given:"),
        quote="" if yes else app.reason, path="/developers/apps/",
        button=_("Open your apps"), foot=_("You get this because you asked for access."),
    )  # fmt: skip


def _send(
    to: str, reference: str, *, heading: str, lead: str, quote: str, path: str, button: str,
    foot: str,
) -> None:  # fmt: skip
    context: dict[str, object] = {
        "organization_name": _("Rally for developers"), "heading": heading, "lead": lead,
        "quote": quote, "link": f"{settings.RALLY_BASE_URL}{path}", "button": button, "foot": foot,
    }  # fmt: skip
    mails.send("notice", context, to=to, reference=reference)
