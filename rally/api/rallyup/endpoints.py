"""The table of endpoints: address, verb, whose token, what it does.

Routes, checks, documents and tests are made of it. The name in braces is a row's Id.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from rally.api.rallyup import names
from rally.api.rallyup.acts import custom, organization, partner
from rally.api.rallyup.calls import Endpoint, Who
from rally.api.rallyup.fields import Table
from rally.api.rallyup.objects import campaigns, organizations, people, transactions

VERSION = "2.0"
# Kinds that this site has none of: their lists are there, and empty.
NONE_HERE = ("recurringdonations", "eventtickets", "bids", "pledges", "winners", "activityresults")


def _make(verb: str, path: str, who: Who, act: Callable, table: Table | None,
          *parameters: Any, **more: Any) -> Endpoint:  # fmt: skip
    about = (act.__doc__ or "").strip()
    if more.get("lists"):
        parameters = (*parameters, *names.PAGES)
    return Endpoint(verb, path, who, act, table, about, parameters=parameters, **more)


def _own(base: str) -> Iterator[Endpoint]:
    who, act, one = Who.ORGANIZATION, organization, names.ONE_CAMPAIGN
    tables = (
        ("campaigns", act.campaigns, campaigns.CAMPAIGN, names.OF_CAMPAIGNS),
        ("campaignitems", act.campaignitems, campaigns.CAMPAIGN_ITEM, (one,)),
        ("transactions", act.transactions, transactions.TRANSACTION, (one, *names.DAYS)),
        ("donors", act.donors, people.DONOR, (one,)),
        ("participants", act.participants, people.PARTICIPANT, (one,)),
        ("teams", act.teams, people.TEAM, (one,)),
        ("webhooks", act.hooks, people.WEBHOOK, ()),
        *((name, act.nothing, transactions.NOTHING, (one,)) for name in NONE_HERE),
    )
    yield _make("GET", f"{base}/organization", who, act.organization, organizations.ORGANIZATION)
    for name, read, table, parameters in tables:
        yield _make("GET", f"{base}/{name}", who, read, table, *parameters, lists=True)
    yield _make("GET", f"{base}/campaigns/{{id}}", who, act.campaign, campaigns.CAMPAIGN)
    yield _make("GET", f"{base}/transactions/{{id}}", who, act.transaction,
                transactions.TRANSACTION)  # fmt: skip
    yield _make("POST", f"{base}/webhooks", who, act.add_hook, people.NEW_WEBHOOK, *names.HOOK,
                once=True)  # fmt: skip
    yield _make("DELETE", f"{base}/webhooks/{{id}}", who, act.remove_hook, people.WEBHOOK)


def _partners() -> Iterator[Endpoint]:
    base, who, act = "v1/partnerapi", Who.PARTNER, partner
    organization, own = organizations.ORGANIZATION, {"custom": True}
    yield _make("GET", f"{base}/organizations", who, act.organizations, organization, *names.DAYS,
                lists=True)  # fmt: skip
    yield _make("GET", f"{base}/organizations/{{id}}", who, act.organization, organization)
    yield _make("POST", f"{base}/addcustomorg", who, custom.add, organization,
                *names.NEW_ORGANIZATION, **own)  # fmt: skip
    yield _make("POST", f"{base}/approvecustomorg", who, custom.approve, organization,
                names.ORGANIZATION, **own)  # fmt: skip
    yield _make("DELETE", f"{base}/deletecustomorg", who, custom.delete, organization,
                names.ORGANIZATION, **own)  # fmt: skip
    yield _make("POST", f"{base}/setonbehalfaccount", who, act.set_account, organization,
                replace(names.ORGANIZATION, name="OrganizationId"), names.ACCOUNT)  # fmt: skip
    yield _make("GET", f"{base}/listorgusers", who, custom.users, organizations.ORG_USER,
                names.ORGANIZATION, lists=True, **own)  # fmt: skip
    yield _make("POST", f"{base}/addorguser", who, custom.add_user, organizations.ADDED_USER,
                names.ORGANIZATION, names.EMAIL, names.ROLE, **own)  # fmt: skip
    yield _make("DELETE", f"{base}/deleteorguser", who, custom.delete_user,
                organizations.ADDED_USER, names.ORGANIZATION, names.EMAIL, **own)  # fmt: skip
    yield _make("GET", f"{base}/campaigns", who, act.campaigns, campaigns.CAMPAIGN,
                names.NEEDED_ORGANIZATION, *names.OF_CAMPAIGNS, lists=True)  # fmt: skip
    yield _make("GET", f"{base}/campaigns/{{id}}", who, act.campaign, campaigns.CAMPAIGN)
    yield _make("GET", f"{base}/campaignitems", who, act.campaignitems, campaigns.CAMPAIGN_ITEM,
                names.NEEDED_CAMPAIGN, lists=True)  # fmt: skip
    yield _make("GET", f"{base}/transactions", who, act.transactions, transactions.TRANSACTION,
                names.ONE_ORGANIZATION, names.ONE_CAMPAIGN, *names.DAYS, lists=True)  # fmt: skip
    yield _make("POST", f"{base}/generateorgcredentials", who, act.credentials,
                organizations.CREDENTIALS, names.ORGANIZATION, once=True)  # fmt: skip


def _plain(endpoint: Endpoint) -> Endpoint:
    return replace(endpoint, plain=endpoint.lists)


ENDPOINTS: tuple[Endpoint, ...] = (
    *_own("v1/api"), *(_plain(one) for one in _own("v3/api")), *_partners(),
)  # fmt: skip


def by_path() -> dict[str, dict[str, Endpoint]]:
    """Addresses, each with its verbs."""
    found: dict[str, dict[str, Endpoint]] = {}
    for endpoint in ENDPOINTS:
        found.setdefault(endpoint.path, {})[endpoint.verb] = endpoint
    return found
