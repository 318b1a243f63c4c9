"""Takes the sandbox apart again, and nothing else.

Append-only tables are opened for this transaction alone: only sandbox organizations, which
never had real money, are touched.
"""

from collections.abc import Iterable

from django.db.models import Model, Q, QuerySet

from accounts import models as accounts
from payments import models as payments
from payments import purging
from payments.purging import of
from rally.demo import people


def wipe(organizations: Iterable[accounts.Organization], *, logins: bool = True) -> None:
    """Delete everything that belongs to these sandboxes, and with `logins` what the demo's
    logins did elsewhere."""
    keys = [one.pk for one in organizations if not one.livemode]
    purging.opened(lambda: purging.delete(_rows(keys, people.LOGINS if logins else ())))


def _rows(keys: list[int], logins: Iterable[str]) -> Iterable[QuerySet[Model]]:
    """From what points to what is pointed at."""
    users = accounts.User.objects.filter(email__in=[people.email(name) for name in logins])
    yield from purging.emptied(keys)
    yield of(payments.StripeAccount, "organization", keys)
    yield of(accounts.Membership, "organization", keys)
    yield of(accounts.Invitation, "organization", keys)
    yield of(accounts.WebhookEndpoint, "organization", keys)
    yield accounts.AuditEntry.objects.filter(Q(organization__in=keys) | Q(user__in=users))
    yield of(accounts.JoinRequest, "organization", keys)
    for token in (accounts.ApiAccessToken, accounts.ApiRefreshToken, accounts.ApiGrantCode):
        yield token._default_manager.filter(Q(organization__in=keys) | Q(user__in=users))
    yield accounts.ApiConsent.objects.filter(Q(organization__in=keys) | Q(user__in=users))
    yield of(accounts.CredentialRequest, "organization", keys)
    yield of(accounts.ApiCredential, "organization", keys)
    yield of(accounts.ApiClient, "organization", keys)
    yield accounts.PersonalToken.objects.filter(Q(organization__in=keys) | Q(user__in=users))
    yield accounts.Organization.objects.filter(pk__in=keys)
