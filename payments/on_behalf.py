"""For whom a partner's organization is paid: an account that the partner names.

Somebody with the partner's secret could point an organization's money elsewhere. So an account
must be connected to our platform already, its owners are told by mail, nothing is paid there
for a day, and after the first sale nothing can be changed this way at all.
"""

import datetime as dt
import re

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, outbox
from accounts.actors import Actor
from accounts.models import Membership, Organization, Partner
from accounts.models.organizations import Role
from payments import gateway
from payments.models import Payment, StripeAccount
from rally.kit import clock
from rally.kit.errors import DomainError, InvalidInput

WAITS = dt.timedelta(hours=24)
ACCOUNT = re.compile(r"acct_[A-Za-z0-9]{1,58}", re.ASCII)
UNCONFIRMED, GONE = "unconfirmed", "deauthorized"
FIELD = "StripeOnBehalfAccountId"


class AlreadySelling(DomainError):
    """Money has been taken: where it goes isn't changed by a program any more."""

    code = "conflict"
    sentence = gettext_lazy("The organization has sold something already, so the account stays.")


def propose(
    organization: Organization, partner: Partner, by: Actor, account_id: str
) -> StripeAccount:
    """Have the organization paid through this account from tomorrow. The same again waits on.

    The caller has made sure that the organization is the partner's. Raises InvalidInput,
    AlreadySelling, PaymentsUnavailable.
    """
    if not ACCOUNT.fullmatch(account_id):
        raise InvalidInput(_("This isn't the id of a Stripe account (acct_…)."), field=FIELD)
    _not_selling(organization)
    # Before any lock: somebody else's network decides how long this takes.
    if not gateway.is_connected(account_id):
        raise InvalidInput(_("This account isn't connected to our Stripe platform."), field=FIELD)
    with transaction.atomic():
        found = Organization.objects.select_for_update(no_key=True, of=("self",)).get(
            pk=organization.pk
        )
        _not_selling(found)
        return _written(found, partner, by, account_id)


def current(organization: Organization) -> StripeAccount | None:
    """The account that is used now: the last one whose day is over. One statement."""
    now = clock.expression(None, organization.clock_offset_s)
    found = _proposed(organization).exclude(status=GONE).filter(usable_at__lte=now)
    return found.order_by("-usable_at", "-pk").first()


def _written(
    organization: Organization, partner: Partner, by: Actor, account_id: str
) -> StripeAccount:
    usable = clock.database_now(organization.clock_offset_s) + WAITS
    rows = _proposed(organization)
    newest = rows.order_by("-usable_at", "-pk").first()
    if newest is not None and newest.account_id == account_id and newest.status != GONE:
        return newest
    row, _made = rows.update_or_create(
        account_id=account_id, organization=organization, livemode=settings.STRIPE_LIVEMODE,
        model=StripeAccount.Model.ON_BEHALF_OF,
        defaults={"status": UNCONFIRMED, "usable_at": usable},
    )  # fmt: skip
    audit.record(
        "account.proposed", about=row, by=by.user, door=by.door, organization_id=organization.pk,
        facts={"partner": partner.pk},
    )  # fmt: skip
    for user in _owners(organization):
        outbox.announce(
            "account.proposed", key=f"{row.pk}:{usable.timestamp()}:{user}",
            organization_id=organization.pk, facts={"account": row.pk, "user": user},
        )  # fmt: skip
    return row


def _proposed(organization: Organization) -> QuerySet[StripeAccount]:
    return StripeAccount.objects.filter(
        organization=organization, livemode=settings.STRIPE_LIVEMODE,
        model=StripeAccount.Model.ON_BEHALF_OF,
    )  # fmt: skip


def _owners(organization: Organization) -> list[int]:
    """Its owners; where nobody owns it yet, its admins."""
    rows = Membership.objects.filter(
        organization=organization, campaign=None, team=None, user__is_active=True
    ).order_by("pk")
    owners = rows.filter(role=Role.OWNER).values_list("user", flat=True)
    return list(owners) or list(rows.filter(role=Role.ADMIN).values_list("user", flat=True))


def _not_selling(organization: Organization) -> None:
    if Payment.objects.filter(account__organization=organization).exists():
        raise AlreadySelling
