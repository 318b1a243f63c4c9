"""Empties a sandbox: all its campaigns, and everything that happened to them.

Append-only tables are opened for this transaction alone. Only organizations without real money
are touched, whatever is asked for.
"""

from collections.abc import Callable, Iterable, Sequence

from django.db import connection, transaction
from django.db.models import Model, QuerySet

from accounts import audit, sandbox
from accounts import models as accounts
from accounts.actors import Actor
from boards import models as boards
from campaigns import models as campaigns
from payments import models as payments
from rally.kit.appendonly import install, lift

APPEND_ONLY = (
    "accounts_auditentry", "campaigns_donationentry", "payments_ledgertransaction",
    "payments_ledgerentry",
)  # fmt: skip


def purge(organization: accounts.Organization, by: Actor) -> int:
    """Delete a sandbox's campaigns, gifts, holds and supporters; how many campaigns there were.

    Members, tokens, apps, webhooks and the audit log stay. Raises Forbidden, and
    LiveOrganization where the money is real.
    """
    sandbox.allowed(organization, by)
    gone = campaigns.Campaign.objects.filter(organization=organization).count()

    def work() -> None:
        delete(emptied([organization.pk]))
        audit.record("sandbox.purged", about=organization, by=by.user, door=by.door)

    opened(work)
    return gone


def opened(work: Callable[[], None]) -> None:
    """Run `work` in one transaction in which append-only tables let go of rows."""
    with transaction.atomic():
        _run(lift)
        work()
        _run(install)


def delete(rows: Iterable[QuerySet[Model]]) -> None:
    """Delete each queryset in turn, from what points to what is pointed at."""
    for one in rows:
        one._raw_delete(one.db)


def of(model: type[Model], path: str, keys: Sequence[int]) -> QuerySet[Model]:
    """The rows of a model that belong to these organizations, those with real money left out."""
    sandboxes = accounts.Organization.objects.filter(pk__in=keys, livemode=False)
    return model._default_manager.filter(**{f"{path}__in": sandboxes}).order_by()


def emptied(keys: Sequence[int]) -> Iterable[QuerySet[Model]]:
    """Everything within campaigns, from what points to what is pointed at."""
    yield of(payments.LedgerEntry, "transaction__organization", keys)
    yield of(payments.LedgerTransaction, "organization", keys)
    yield of(payments.RefundLine, "refund__account__organization", keys)
    yield of(payments.Refund, "account__organization", keys)
    yield of(payments.Dispute, "account__organization", keys)
    yield of(payments.Payment, "account__organization", keys)
    yield of(payments.Attempt, "account__organization", keys)
    yield of(payments.Line, "checkout__hold__organization", keys)
    yield of(payments.Checkout, "hold__organization", keys)
    yield of(payments.StaffTask, "organization", keys)
    yield of(payments.Closing, "campaign__organization", keys)
    yield of(campaigns.DonationEntry, "donation__campaign__organization", keys)
    yield of(campaigns.Donation, "campaign__organization", keys)
    yield of(boards.BoardChange, "board__campaign__organization", keys)
    yield of(boards.Claim, "board__campaign__organization", keys)
    yield of(boards.Hold, "organization", keys)
    yield of(boards.Tile, "board__campaign__organization", keys)
    yield of(boards.Board, "campaign__organization", keys)
    yield of(campaigns.Update, "campaign__organization", keys)
    for path in ("member__campaign", "team__campaign", "campaign", "series"):
        yield of(campaigns.Goal, f"{path}__organization", keys)
    yield of(campaigns.Team.captains.through, "team__campaign__organization", keys)
    yield of(accounts.Membership, "campaign__organization", keys)
    yield of(accounts.Membership, "team__campaign__organization", keys)
    yield of(accounts.Invitation, "campaign__organization", keys)
    yield of(accounts.Invitation, "team__campaign__organization", keys)
    yield of(campaigns.Member, "campaign__organization", keys)
    yield of(campaigns.Team, "campaign__organization", keys)
    yield of(campaigns.OldSlug, "campaign__organization", keys)
    yield of(campaigns.Campaign, "organization", keys)
    yield of(campaigns.Series, "organization", keys)
    yield of(accounts.WebhookDelivery, "event__organization", keys)
    yield of(accounts.OutboxEvent, "organization", keys)
    yield of(accounts.Address, "person__organization", keys)
    yield of(accounts.Person, "organization", keys)


def _run(make: Callable[[str, str], list[str]]) -> None:
    with connection.cursor() as cursor:
        for table in APPEND_ONLY:
            for statement in make(table, connection.vendor):
                cursor.execute(statement)
