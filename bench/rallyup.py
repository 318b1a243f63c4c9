"""`python -m bench.rallyup ORGANIZATIONS GIFTS`: RallyUp's pages among very many rows.

A partner has all organizations, one campaign each; the demo's organization has 120 campaigns and
all gifts, each by one of many givers. Prints JSON alone. It has a database of its own, which
must be PostgreSQL.
"""

import io
import json
import statistics
import sys
import time
from typing import Any
from urllib.parse import urlencode

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.test import Client

from accounts.models import Organization, Person
from bench.copies import copy
from bench.counts import captured
from campaigns.models import Campaign, Donation, DonationEntry, Goal
from rally.demo import rallyup
from rally.kit import clock

ROUNDS, CAMPAIGNS, FAR = 5, 120, 10_000


def fill(school: Organization, organizations: int, gifts: int) -> None:
    """Rows as the verbs make them, copied by one statement each."""
    kept = Organization.objects.get(slug="example-club")
    copy(kept, organizations, public_id="'bench-o' || i", slug="'bench-o' || i",
         code="'0' || lpad(to_hex(i), 5, '0')", name="'Club ' || i")  # fmt: skip
    sample = Campaign.objects.create(organization=kept, title="Kept", slug="bench-kept",
                                     status="active", deadline=clock.now())  # fmt: skip
    made = "(SELECT id FROM accounts_organization WHERE slug = 'bench-o' || i)"
    names = {"public_id": "'bench-c{0}' || i", "slug": "'bench-c{0}' || i"}
    copy(sample, organizations, organization_id=made, code="'8' || lpad(to_hex(i), 5, '0')",
         **{key: value.format("a") for key, value in names.items()})  # fmt: skip
    copy(sample, CAMPAIGNS, organization_id=str(school.pk), code="'9' || lpad(to_hex(i), 5, '0')",
         **{key: value.format("b") for key, value in names.items()})  # fmt: skip
    _goals()
    giver = Person.objects.create(organization=school, first_name="No.", email="p@example.com")
    copy(giver, max(1, gifts // 10), public_id="'bench-p' || i")
    _gifts(school, giver, gifts)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _goals() -> None:
    bare = Campaign.objects.filter(goal=None)
    rows = (Goal(kind=Goal.Kind.CAMPAIGN, campaign=one, amount_minor=500_000) for one in bare)
    Goal.objects.bulk_create(rows, batch_size=5_000)


def _gifts(school: Organization, giver: Person, gifts: int) -> None:
    one = (
        Campaign.objects.filter(organization=school, slug="bench-cb1").select_related("goal").get()
    )
    kept = Donation.objects.create(
        campaign=one, goal=one.goal, person=giver, amount_minor=2_500, currency="USD",
        status="confirmed", payment_type="Cash", paid_at=clock.now(), display_name="Placeholder",
    )  # fmt: skip
    people = max(1, gifts // 10)
    copy(kept, gifts, public_id="'bench-g' || i",
         campaign_id=f"{one.pk} + mod(i, {CAMPAIGNS})",
         goal_id=f"{one.goal.pk} + mod(i, {CAMPAIGNS})",
         person_id=f"{giver.pk} + mod(i, {people})")  # fmt: skip
    entry = DonationEntry.objects.create(
        donation=kept, goal=one.goal, kind="gift", amount_minor=2_500, reference="bench-e"
    )
    copy(entry, gifts, donation_id=f"{kept.pk} + i", goal_id=f"{one.goal.pk} + mod(i, {CAMPAIGNS})",
         reference="'bench-e' || i")  # fmt: skip


def bearer(client: Client, kind: str, path: str) -> str:
    form = {"grant_type": "password", "username": rallyup.login(kind),
            "password": rallyup.secret(kind)}  # fmt: skip
    answer = client.generic("POST", path, urlencode(form))
    return str(json.loads(answer.content)["access_token"])


def ask(client: Client, token: str, path: str) -> Any:
    answer = client.get(path, headers={"Authorization": f"Bearer {token}"})
    if answer.status_code != 200:
        raise SystemExit(f"{path} answered {answer.status_code}: {answer.content[:200]!r}")
    return json.loads(answer.content)["Result"]


def measured(client: Client, token: str, path: str, rows: int) -> dict[str, float]:
    """Milliseconds in the middle of some rounds, and statements."""
    page = ask(client, token, path)
    if page["Count"] != rows:
        raise SystemExit(f"{path} has {page['Count']} rows, not {rows}")
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask(client, token, path)
        times.append((time.perf_counter() - began) * 1000)
    queries = len(captured(lambda: ask(client, token, path)))
    return {"ms": round(statistics.median(times), 1), "queries": queries}


def main() -> None:
    organizations, gifts = int(sys.argv[1]), int(sys.argv[2])
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    call_command("demo", stdout=io.StringIO())
    school = Organization.objects.get(slug="example-school")
    fill(school, organizations, gifts)
    client = Client(SERVER_NAME="127.0.0.1")
    own = bearer(client, "organization", "/v1/token")
    partner = bearer(client, "partner", "/v1/partnertoken")
    size, last = min(100, gifts // FAR), organizations // 100
    whose = f"organizationID={school.pk}"
    pages = {
        "campaigns": (own, "/v1/api/campaigns", 100),
        "campaigns in a period": (own, "/v1/api/campaigns?startDate=2020-01-01", 100),
        "organizations": (partner, "/v1/partnerapi/organizations", 100),
        "organizations, far": (partner, f"/v1/partnerapi/organizations?pageIndex={last}",
                               100),
        "a partner's campaigns": (partner, f"/v1/partnerapi/campaigns?{whose}", 100),
        "transactions": (own, f"/v1/api/transactions?pageSize={size}", size),
        "transactions, far": (own, f"/v1/api/transactions?pageSize={size}&pageIndex={FAR}", size),
        "donors": (own, "/v1/api/donors", 100),
    }  # fmt: skip
    found = {name: measured(client, *asked) for name, asked in pages.items()}
    print(json.dumps({"pages": found, "far": FAR, "size": size}))


if __name__ == "__main__":
    main()
