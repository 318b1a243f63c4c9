"""Mails about fundraising pages that an organizer made for somebody."""

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import OutboxEvent
from campaigns import crediting
from campaigns.models import Campaign, Member
from rally.dispatch import mails


def made(event: OutboxEvent) -> None:
    """Tell a fundraiser where their page is and how they get at it; nobody, if it's gone."""
    member = (
        Member.objects.filter(pk=event.facts["member"], is_fundraiser=True, archived_at=None)
        .select_related("campaign__organization", "person")
        .first()
    )
    if member is None or not member.person.email or member.access not in crediting.OPEN:
        return
    campaign = member.campaign
    name = str(campaign.organization)
    facts = {"name": name, "campaign": campaign.title, "email": member.person.email}
    context: dict[str, object] = {
        "organization_name": name,
        "heading": _("Your page for %(campaign)s") % facts,
        "lead": " ".join((
            _("%(name)s made you a page of your own to raise money for %(campaign)s.") % facts,
            _("Sign in to see who gave and to change what it says.") if member.person.user_id
            else _("Sign in, or sign up, with %(email)s to take it over, to see who gave, and to "
                   "change what it says.") % facts,
        )),
        "quote": _share(member),
        "link": f"{settings.RALLY_BASE_URL}/organize/pages/",
        "button": _("Go to your page"),
        "foot": _("If you don't know %(name)s, ignore this mail: nothing happens.") % facts,
    }  # fmt: skip
    mails.send("notice", context, to=member.person.email, reference=f"page-made-{event.pk}")


def _share(member: Member) -> str:
    """The link that friends get, and whether it works yet."""
    campaign = member.campaign
    link = f"{settings.RALLY_BASE_URL}/c/{campaign.slug}/m/{member.slug}/"
    if campaign.status in Campaign.PUBLIC:
        return _("This is the link to share: %(link)s") % {"link": link}
    return _("This is the link to share, once the campaign is live: %(link)s") % {"link": link}
