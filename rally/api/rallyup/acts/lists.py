"""What both kinds of callers read: lists and single rows of the campaigns they reach."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import F, QuerySet

from accounts.models import Organization
from campaigns.models import Campaign
from rally.api.rallyup import loading, rows
from rally.api.rallyup.answers import Answer
from rally.api.rallyup.asking import key
from rally.api.rallyup.calls import Call
from rally.api.rallyup.errors import NotHere
from rally.api.rallyup.fields import Table, show
from rally.api.rallyup.objects.campaigns import CAMPAIGN, CAMPAIGN_ITEM, STATUSES, TYPES
from rally.api.rallyup.objects.people import DONOR, PARTICIPANT, TEAM
from rally.api.rallyup.objects.transactions import TRANSACTION
from rally.api.rallyup.paging import Listing, listed

Campaigns = QuerySet[Campaign]
SORTS = tuple(rows.SORTS) + tuple(f"-{name}" for name in rows.SORTS)


def campaign_page(call: Call, found: Campaigns, organization: Organization) -> Answer:
    """Campaigns, filtered and sorted as the query says."""
    asked, period = call.asked, call.asked.period()
    status, kind = asked.choice("status", STATUSES), asked.choice("campaignType", TYPES)
    order = asked.choice("sortBy", SORTS) or "-id"
    # Donation pages are a kind of their own, and there are none here: nothing to leave out.
    asked.flag("includeDonationPages")
    found = found.annotate(started_at=rows.STARTED_AT)
    if status:
        found = rows.of_status(found, status, organization.clock_offset_s)
    if kind:
        found = rows.of_type(found, kind)
    found = rows.overlapping(found, period)
    column = F(rows.SORTS[order.removeprefix("-")])
    first = column.desc(nulls_last=True) if order[0] == "-" else column.asc(nulls_last=True)
    load = partial(loading.campaigns, period=period)
    return listed(call, Listing(CAMPAIGN, found, load, (first, "-pk")))


def campaign(call: Call, found: Campaigns, word: str) -> Answer:
    """One campaign. Raises NotHere and InvalidInput."""
    return _one(CAMPAIGN, found, word, loading.campaigns)


def item_page(call: Call, found: Campaigns) -> Answer:
    """Tiles as items."""
    return listed(call, Listing(CAMPAIGN_ITEM, rows.items(found), loading.items))


def transaction_page(call: Call, found: Campaigns) -> Answer:
    """Transactions of a period, or all."""
    gifts = rows.within(rows.transactions(found), "given_at", call.asked.period())
    listing = Listing(TRANSACTION, gifts, loading.transactions, metadata=loading.disputed)
    return listed(call, listing)


def transaction(call: Call, found: Campaigns, word: str) -> Answer:
    """One transaction."""
    return _one(TRANSACTION, rows.transactions(found), word, loading.transactions,
                loading.disputed)  # fmt: skip


def donor_page(call: Call, found: Campaigns, currency: str) -> Answer:
    """Who gave to these campaigns."""
    load = partial(loading.donors, found=found, currency=currency)
    return listed(call, Listing(DONOR, rows.donors(found, call.organization), load))


def participant_page(call: Call, found: Campaigns) -> Answer:
    """Who raises money for them."""
    return listed(call, Listing(PARTICIPANT, rows.participants(found), loading.participants))


def team_page(call: Call, found: Campaigns) -> Answer:
    """And in which teams."""
    return listed(call, Listing(TEAM, rows.teams(found), loading.teams))


def chosen(found: Campaigns, wanted: int | None) -> Campaigns:
    """Those of one campaign, or all if none was named. Raises NotHere."""
    if wanted is None:
        return found
    if not found.filter(pk=wanted).exists():
        raise NotHere
    return found.filter(pk=wanted)


def _one(
    table: Table, found: QuerySet[Any], word: str, load: Callable[[list[int]], list[Any]],
    metadata: Callable[[list[Any]], dict[str, Any]] | None = None,
) -> Answer:  # fmt: skip
    keys = list(found.filter(pk=key(word, "id")).values_list("pk", flat=True))
    if not keys:
        raise NotHere
    loaded = load(keys)
    return Answer(show(table, loaded[0]), metadata(loaded) if metadata else {})
