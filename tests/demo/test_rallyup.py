"""The demo for RallyUp's clients: logins that work, and enough of every kind."""

import json
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts import credentials
from accounts.actors import SYSTEM
from accounts.models import ApiCredential, Partner, WebhookEndpoint
from tests.demo.test_demo import demo

pytestmark = pytest.mark.django_db(databases=["default", "cache"])
KEYS = {"org_username", "org_password", "partner_username", "partner_password",
        "organization_id", "campaign_id", "stripe_account_id"}  # fmt: skip
FILLED = ("campaigns", "campaignitems", "transactions", "donors", "participants", "teams",
          "webhooks")  # fmt: skip


def bearer(client: Client, facts: dict, kind: str) -> dict[str, str]:
    short, path = {"org": ("org", "token"), "partner": ("partner", "partnertoken")}[kind]
    fields = {"grant_type": "password", "username": facts[f"{short}_username"],
              "password": facts[f"{short}_password"]}  # fmt: skip
    answer = client.generic("POST", f"/v1/{path}", urlencode(fields), "")
    return {"Authorization": f"Bearer {json.loads(answer.content)['access_token']}"}


def test_there_are_three_of_every_kind_and_the_logins_stay(client: Client) -> None:
    facts = demo()["rallyup"]
    assert facts.keys() == KEYS
    mine = bearer(client, facts, "org")
    for name in FILLED:
        found = client.get(f"/v1/api/{name}", headers=mine).json()["Result"]
        assert found["TotalCount"] >= 3, name
    own = client.get("/v1/api/organization", headers=mine).json()["Result"]
    assert own["Id"] == facts["organization_id"]
    theirs = bearer(client, facts, "partner")
    seen = client.get("/v1/partnerapi/organizations", headers=theirs).json()["Result"]
    assert seen["TotalCount"] == 3 and facts["organization_id"] in {
        one["Id"] for one in seen["Items"]
    }
    path = f"/v1/partnerapi/campaigns/{facts['campaign_id']}"
    assert client.get(path, headers=theirs).json()["Result"]["CampaignStatus"] == "Started"
    # Nothing is sent to where nobody listens.
    assert not WebhookEndpoint.objects.filter(dialect="rallyup", disabled_at=None).exists()
    credentials.revoke(ApiCredential.objects.get(login=facts["org_username"]), SYSTEM)
    assert demo()["rallyup"] == facts
    assert bearer(client, facts, "org")


def test_reset_makes_it_anew() -> None:
    first = demo()["rallyup"]
    again = demo("--reset")["rallyup"]
    same = KEYS - {"organization_id", "campaign_id"}
    assert {name: again[name] for name in same} == {name: first[name] for name in same}
    assert Partner.objects.count() == 1
