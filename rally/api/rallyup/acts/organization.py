"""What an organization's own program may ask: its data, and to be told of events."""

from accounts import webhooks
from accounts.models import WebhookEndpoint
from accounts.webhooks import RALLYUP, RALLYUP_EVENTS
from campaigns.models import Campaign
from rally.api.rallyup import rows
from rally.api.rallyup.acts import lists
from rally.api.rallyup.answers import Answer
from rally.api.rallyup.asking import key
from rally.api.rallyup.calls import Call
from rally.api.rallyup.errors import NotHere
from rally.api.rallyup.fields import show
from rally.api.rallyup.objects.organizations import ORGANIZATION
from rally.api.rallyup.objects.people import NEW_WEBHOOK, WEBHOOK
from rally.api.rallyup.objects.transactions import NOTHING
from rally.api.rallyup.paging import Listing, listed, none


def organization(call: Call) -> Answer:
    """The organization itself."""
    return Answer(show(ORGANIZATION, call.organization))


def campaigns(call: Call) -> Answer:
    """Its campaigns, drafts as well."""
    return lists.campaign_page(call, rows.campaigns(call.organization), call.organization)


def campaign(call: Call, id: str) -> Answer:
    """One of its campaigns."""
    return lists.campaign(call, rows.campaigns(call.organization), id)


def campaignitems(call: Call) -> Answer:
    """The tiles of its boards, one item each."""
    return lists.item_page(call, _chosen(call))


def transactions(call: Call) -> Answer:
    """Gifts, online and told of by hand."""
    return lists.transaction_page(call, _chosen(call))


def transaction(call: Call, id: str) -> Answer:
    """One of its transactions."""
    return lists.transaction(call, rows.campaigns(call.organization), id)


def donors(call: Call) -> Answer:
    """Who gave."""
    found = _chosen(call)
    one = found.first() if call.asked.has("campaignID") else None
    return lists.donor_page(call, found, (one or call.organization).currency)


def participants(call: Call) -> Answer:
    """Who raises money."""
    return lists.participant_page(call, _chosen(call))


def teams(call: Call) -> Answer:
    """Teams of participants."""
    return lists.team_page(call, _chosen(call))


def nothing(call: Call) -> Answer:
    """A kind of which there is none here.

    What was asked is checked all the same.
    """
    _chosen(call)
    return listed(call, none(NOTHING, Campaign))


def hooks(call: Call) -> Answer:
    """The addresses that are told of events."""
    found = webhooks.manageable(call.actor).filter(dialect=RALLYUP)
    return listed(
        call, Listing(WEBHOOK, found, lambda keys: list(found.filter(pk__in=keys)))
    )  # fmt: skip


def add_hook(call: Call) -> Answer:
    """Tell an address of one kind of event; the answer holds the key that signs, this once."""
    event, url = call.asked.needed("Event"), call.asked.needed("Url")
    wanted = call.asked.choice("Event", RALLYUP_EVENTS) or event
    made = webhooks.add(call.organization, call.actor, url=url, events=[wanted], dialect=RALLYUP)
    return Answer(show(NEW_WEBHOOK, made))


def remove_hook(call: Call, id: str) -> Answer:
    """Stop telling it."""
    found = webhooks.manageable(call.actor).filter(dialect=RALLYUP)
    endpoint: WebhookEndpoint | None = found.filter(pk=key(id, "id")).first()
    if endpoint is None:
        raise NotHere
    told = show(WEBHOOK, endpoint)
    webhooks.remove(endpoint, call.actor)
    return Answer(told)


def _chosen(call: Call) -> lists.Campaigns:
    return lists.chosen(rows.campaigns(call.organization), call.asked.id("campaignID"))
