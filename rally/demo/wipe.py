"""Takes the sandbox apart again, and nothing else.

Append-only tables are opened for this transaction alone: only sandbox organizations, which
never had real money, are touched.
"""

from collections.abc import Callable, Iterable

from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet

from accounts import models as accounts
from boards import models as boards
from campaigns import models as campaigns
from payments import models as payments
from rally.demo import people
from rally.kit.appendonly import install, lift

APPEND_ONLY = (
    "accounts_auditentry", "campaigns_donationentry", "payments_ledgertransaction",
    "payments_ledgerentry",
)  # fmt: skip


def wipe(organizations: Iterable[accounts.Organization]) -> None:
    """Delete everything that belongs to these sandboxes, and the demo's logins."""
    keys = [one.pk for one in organizations if not one.livemode]
    with transaction.atomic():
        _run(lift)
        for rows in _rows(keys):
            rows._raw_delete(rows.db)
        _run(install)


def _run(make: Callable[[str, str], list[str]]) -> None:
    with connection.cursor() as cursor:
        for table in APPEND_ONLY:
            for statement in make(table, connection.vendor):
                cursor.execute(statement)


def _rows(keys: list[int]) -> Iterable[QuerySet[Model]]:
    """From what points to what is pointed at."""
    users = accounts.User.objects.filter(email__in=[people.email(name) for name in people.LOGINS])

    def of(model: type[Model], path: str) -> QuerySet[Model]:
        return model._default_manager.filter(**{f"{path}__in": keys}).order_by()

    yield of(payments.LedgerEntry, "transaction__organization")
    yield of(payments.LedgerTransaction, "organization")
    yield of(payments.RefundLine, "refund__account__organization")
    yield of(payments.Refund, "account__organization")
    yield of(payments.Dispute, "account__organization")
    yield of(payments.Payment, "account__organization")
    yield of(payments.Attempt, "account__organization")
    yield of(payments.Line, "checkout__hold__organization")
    yield of(payments.Checkout, "hold__organization")
    yield of(payments.StaffTask, "organization")
    yield of(payments.StripeAccount, "organization")
    yield of(campaigns.DonationEntry, "donation__campaign__organization")
    yield of(campaigns.Donation, "campaign__organization")
    yield of(boards.BoardChange, "board__campaign__organization")
    yield of(boards.Claim, "board__campaign__organization")
    yield of(boards.Hold, "organization")
    yield of(boards.Tile, "board__campaign__organization")
    yield of(boards.Board, "campaign__organization")
    yield of(campaigns.Update, "campaign__organization")
    for path in ("member__campaign", "team__campaign", "campaign", "series"):
        yield of(campaigns.Goal, f"{path}__organization")
    yield of(campaigns.Team.captains.through, "team__campaign__organization")
    yield of(accounts.Membership, "organization")
    yield of(campaigns.Member, "campaign__organization")
    yield of(campaigns.Team, "campaign__organization")
    yield of(campaigns.OldSlug, "campaign__organization")
    yield of(campaigns.Campaign, "organization")
    yield of(campaigns.Series, "organization")
    yield of(accounts.WebhookDelivery, "endpoint__organization")
    yield of(accounts.WebhookEndpoint, "organization")
    yield of(accounts.OutboxEvent, "organization")
    yield accounts.AuditEntry.objects.filter(Q(organization__in=keys) | Q(user__in=users))
    yield of(accounts.JoinRequest, "organization")
    yield of(accounts.Invitation, "organization")
    yield of(accounts.Address, "person__organization")
    yield of(accounts.Person, "organization")
    for token in (accounts.ApiAccessToken, accounts.ApiRefreshToken, accounts.ApiGrantCode):
        yield token._default_manager.filter(Q(organization__in=keys) | Q(user__in=users))
    yield accounts.ApiConsent.objects.filter(Q(organization__in=keys) | Q(user__in=users))
    yield of(accounts.ApiCredential, "organization")
    yield of(accounts.ApiClient, "organization")
    yield accounts.PersonalToken.objects.filter(Q(organization__in=keys) | Q(user__in=users))
    yield accounts.Organization.objects.filter(pk__in=keys)
