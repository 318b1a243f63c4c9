"""Play money or real money: the switch of one organization."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.actors import Actor
from accounts.errors import NotLiveYet
from accounts.models import Organization
from accounts.rights import Right, require
from campaigns.models import Campaign, Donation


def obstacle(organization: Organization) -> str:
    """What stands between a sandbox and real money, in words; empty when nothing does."""
    if organization.status != Organization.Status.LIVE:
        return _("The staff of this site has to verify the organization first.")
    if not settings.STRIPE_LIVEMODE:
        return _("This site has no live keys of its payment provider.")
    played = _with_gifts(organization)
    if played:
        titles = ", ".join(played)
        return _("These campaigns hold play money and would mix it with real: %(titles)s. Copy "
                 "what you want to keep into a new campaign and cancel them first."
        ) % {"titles": titles}  # fmt: skip
    return ""


def go_live(organization: Organization, by: Actor) -> None:
    """Ask for real money from now on. Live already: nothing changes.

    Raises Forbidden unless an owner asks, and NotLiveYet with what stands against it.
    """
    require(by, Right.OWN, organization.pk)
    with transaction.atomic():
        found = _locked(organization)
        if found.livemode:
            return
        why = obstacle(found)
        if why:
            raise NotLiveYet(why)
        found.livemode, found.clock_offset_s = True, 0
        found.save(update_fields=["livemode", "clock_offset_s"])
        audit.record("organization.went_live", about=found, by=by.user, door=by.door)
    organization.refresh_from_db()


def back_to_sandbox(organization: Organization, by: Actor) -> None:
    """Play again, as long as no real money has come in. A sandbox already: nothing changes.

    Raises Forbidden unless an owner asks, and NotLiveYet once there are gifts.
    """
    require(by, Right.OWN, organization.pk)
    with transaction.atomic():
        found = _locked(organization)
        if not found.livemode:
            return
        if _with_gifts(found):
            raise NotLiveYet(_("Real money has come in: it stays the real thing."))
        found.livemode = False
        found.save(update_fields=["livemode"])
        audit.record("organization.went_back", about=found, by=by.user, door=by.door)
    organization.refresh_from_db()


def _with_gifts(organization: Organization) -> list[str]:
    """Titles of campaigns in use that hold gifts."""
    gifts = Donation.objects.filter(campaign__organization=organization).values("campaign")
    used = Campaign.objects.filter(pk__in=gifts, archived_at=None)
    titles = used.exclude(status=Campaign.Status.CANCELLED).order_by("pk")
    return list(titles.values_list("title", flat=True)[:5])


def _locked(organization: Organization) -> Organization:
    return Organization.objects.select_for_update(no_key=True, of=("self",)).get(pk=organization.pk)
