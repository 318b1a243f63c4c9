"""What a partner's program may ask of the organizations that are the partner's."""

from accounts import credentials as logins
from accounts.models import Organization
from payments import on_behalf
from rally.api.rallyup import loading, rows
from rally.api.rallyup.acts import lists
from rally.api.rallyup.answers import Answer
from rally.api.rallyup.asking import key
from rally.api.rallyup.calls import Call
from rally.api.rallyup.errors import NotHere
from rally.api.rallyup.fields import show
from rally.api.rallyup.objects.organizations import CREDENTIALS, ORGANIZATION
from rally.api.rallyup.paging import Listing, listed
from rally.kit.errors import InvalidInput


def organizations(call: Call) -> Answer:
    """The partner's organizations, by the days they came here."""
    found = rows.within(rows.organizations(call.partner.pk), "created_at", call.asked.period())
    return listed(call, Listing(ORGANIZATION, found, loading.organizations))


def organization(call: Call, id: str) -> Answer:
    """One of the partner's organizations."""
    return Answer(show(ORGANIZATION, find(call, key(id, "id"))))


def set_account(call: Call) -> Answer:
    """Have an organization paid through a connected Stripe account, a day from now.

    Its owner gets a mail. Refused after the first sale.
    """
    found = named(call)
    account = call.asked.needed("StripeOnBehalfAccountId")
    on_behalf.propose(found, call.partner, call.actor, account)
    return Answer(show(ORGANIZATION, found))


def campaigns(call: Call) -> Answer:
    """The campaigns of one organization."""
    found = named(call)
    return lists.campaign_page(call, rows.campaigns(found), found)


def campaign(call: Call, id: str) -> Answer:
    """One campaign of any of the partner's organizations."""
    return lists.campaign(call, _all(call), id)


def campaignitems(call: Call) -> Answer:
    """The tiles of a campaign's boards, one item each."""
    wanted = call.asked.needed_id("campaignID")
    return lists.item_page(call, lists.chosen(_all(call), wanted))


def transactions(call: Call) -> Answer:
    """The transactions of one organization or campaign."""
    if call.asked.has("organizationID"):
        found = rows.campaigns(named(call))
    elif call.asked.has("campaignID"):
        found = _all(call)
    else:
        raise InvalidInput("organizationID or campaignID is missing.", field="organizationID")
    return lists.transaction_page(call, lists.chosen(found, call.asked.id("campaignID")))


def credentials(call: Call) -> Answer:
    """A login and secret for an organization's own programs; the one made before ends.

    The secret is shown this once.
    """
    found = named(call)
    made = logins.issue_for_partner(found, call.partner, call.actor)
    return Answer(show(CREDENTIALS, made))


def named(call: Call) -> Organization:
    """The organization that `OrganizationID` names. Raises NotHere and InvalidInput."""
    return find(call, call.asked.needed_id("OrganizationID"))


def find(call: Call, pk: int) -> Organization:
    """One of the partner's organizations. Raises NotHere."""
    found = rows.organizations(call.partner.pk).filter(pk=pk).first()
    if found is None:
        raise NotHere
    return found


def _all(call: Call) -> lists.Campaigns:
    return rows.partner_campaigns(call.partner.pk)
