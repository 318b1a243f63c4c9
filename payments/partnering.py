"""Ends an organization that a partner made, as long as no money hangs on it."""

from django.db import transaction
from django.utils.translation import gettext_lazy

from accounts import partners
from accounts.actors import Actor
from accounts.models import Organization, Partner
from campaigns.models import Campaign, Donation
from payments.models import Checkout
from rally.kit.errors import DomainError


class HasMoney(DomainError):
    """Gifts were given, or are being given."""

    code = "conflict"
    sentence = gettext_lazy("The organization has gifts or open orders, so it can't be deleted.")


class StillRunning(DomainError):
    """People may be on its pages now."""

    code = "conflict"
    sentence = gettext_lazy("The organization has a running campaign. End it first.")


def delete(organization: Organization, partner: Partner, by: Actor) -> Organization:
    """Archive it. Raises NotPartnerMade, HasMoney, StillRunning."""
    with transaction.atomic():
        found = partners.locked(organization)
        gifts = Donation.objects.filter(campaign__organization=found)
        orders = Checkout.objects.filter(hold__organization=found, status=Checkout.Status.OPEN)
        if gifts.exclude(status=Donation.Status.VOID).exists() or orders.exists():
            raise HasMoney
        running = [Campaign.Status.ACTIVE, Campaign.Status.PAUSED]
        if Campaign.objects.filter(organization=found, status__in=running, archived_at=None):
            raise StillRunning
        return partners.archive(found, partner, by)
