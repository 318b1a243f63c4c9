"""`python -m bench.sprocket GIFTS PEOPLE`: Sprocket's lists and batches at their full size.

One campaign has all gifts and all users. Prints JSON alone. It has a database of its own, which
must be PostgreSQL: plans are looked at.
"""

import io
import json
import re
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.core.management import call_command
from django.db import connection
from django.http import QueryDict
from django.test import Client

from accounts.models import Address, Person
from bench.copies import copy
from bench.counts import captured
from campaigns.models import Campaign, Donation, Goal, Member, Team
from rally.api.sprocket import rows
from rally.api.sprocket.asking import Asked
from rally.api.sprocket.fields import Level, Sight, Table
from rally.api.sprocket.filters import filtered
from rally.api.sprocket.objects.donations import DONATION
from rally.api.sprocket.objects.people import USER
from rally.api.sprocket.objects.teams import TEAM
from rally.api.sprocket.sorting import parts
from rally.demo import programs
from rally.kit import clock

ROUNDS, PAGE = 7, 100
TEAMS = 1000
# A table of so many rows has to have an index for what is asked of it.
SMALL = 200_000
MOST_SORTED = 5000
ADMIN = Sight(frozenset({Level.OWN, Level.ADMIN, Level.CONTACTS}))
LISTS = ("donations", "donations/modified", "users", "users/modified", "teams", "teams/modified")
# Pages whose rows an index finds, in order: what is asked, and the table that may not be read
# from end to end.
ASKED: dict[str, tuple[Table, tuple[str, ...]]] = {
    "donations": (DONATION, (
        "", "sort=-donation.id", "from_id=MIDDLE", "donation.id=>500",
        "donation.amount=>100", "sort=donation.amount", "sort=-donation.amount",
        "donation.amount=>900&sort=-donation.amount,donation.id",
        "sort=donation.date", "sort=-donation.date", "donation.date=>1000&sort=donation.date",
        "donation.last_modified_on=>1000&sort=donation.last_modified_on",
        "sort=-donation.last_modified_on", "donation.is_pending=false",
        "donation.payment.payment_type=Cash", "donation.recipient.user_id=MEMBER",
        "donation.donor.id=MEMBER", "donation.donor_name=No. 17*",
        "donation.payment.currency_key=USD", "sort=donation.payment.paid_at",
        "sort=-donation.payment.paid_at",
    )),
    "users": (USER, (
        "", "sort=-user.id", "from_id=MIDDLE", "user.team_id=TEAM", "user.is_fundraiser=true",
        "sort=user.last_modified_on", "sort=-user.last_modified_on",
        "user.last_modified_on=>1000&sort=user.last_modified_on", "sort=user.team_id",
        "sort=-user.team_id", "sort=user.first_name", "sort=-user.first_name",
        "sort=user.last_name", "sort=-user.last_name", "sort=user.amount_raised",
        "sort=-user.amount_raised", "user.amount_raised=>900&sort=-user.amount_raised",
        "sort=user.goal_amount", "sort=-user.goal_amount", "sort=user.amount_to_goal",
        "sort=-user.amount_to_goal", "user.amount_to_goal=>100&sort=user.amount_to_goal",
    )),
    "teams": (TEAM, (
        "", "team.name=team 17*", "sort=team.name", "sort=-team.last_modified_on",
        "sort=team.amount_raised", "sort=-team.amount_raised", "sort=team.goal_amount",
        "sort=team.amount_to_goal", "sort=-team.amount_to_goal",
    )),
}  # fmt: skip
# Timed. For a page that ends among those without a goal all users, or teams, are looked at.
SORTED = ("users?sort=user.first_name", "users?sort=-user.amount_raised",
          "users?sort=user.goal_amount", "teams?sort=-team.amount_raised",
          "donations?sort=-donation.payment.paid_at",
          "users?sort=user.amount_to_goal", "users?sort=-user.amount_to_goal",
          "teams?sort=team.amount_to_goal")  # fmt: skip


def fill(campaign: Campaign, gifts: int, people: int) -> None:
    """Teams, users with goals and addresses, and gifts to them, a million rows a minute or so."""
    kept = Person.objects.create(organization_id=campaign.organization_id, first_name="No.")
    copy(kept, people, public_id="'bench-p' || i", first_name="'No. ' || i",
         last_name="'Example ' || mod(i, 977)",
         name_key="'no. ' || i || ' example ' || mod(i, 977)",
         email="'p' || i || '@example.com'")  # fmt: skip
    first = Person.objects.get(public_id="bench-p1").pk - 1
    home = Address.objects.create(person=kept, line_1="1 Example Street", city="Exampleville")
    copy(home, people, person_id=f"{first} + i")
    team = Team.objects.create(campaign=campaign, name="Bench team", slug="bench-team")
    copy(team, TEAMS, slug="'bench-team-' || i", name="'Team ' || i", name_key="'team ' || i")
    team_1 = Team.objects.get(slug="bench-team-1").pk - 1
    _goals(team, TEAMS, team_id=f"{team_1} + i")
    member = Member.objects.create(campaign=campaign, person=kept, slug="bench", is_fundraiser=True)
    copy(member, people, person_id=f"{first} + i", slug="'bench-' || i",
         is_fundraiser="mod(i, 2) = 0", team_id=f"{team_1} + 1 + mod(i, {TEAMS})",
         modified_at="now() - i * interval '1 second'")  # fmt: skip
    member_1 = Member.objects.get(slug="bench-1").pk - 1
    goal_1 = _goals(member, people, member_id=f"{member_1} + i")
    gift = Donation.objects.create(
        campaign=campaign, goal=campaign.goal, person=kept, amount_minor=100, currency="USD",
        status="confirmed", payment_type="Cash", paid_at=clock.now(), display_name="Placeholder",
    )  # fmt: skip
    copy(gift, gifts, public_id="'bench-g' || i", amount_minor="100 + mod(i * 7919, 99991)",
         goal_id=f"{goal_1} + 1 + mod(i, {people})", person_id=f"{first} + 1 + mod(i, {people})",
         donor_id=f"{member_1} + 1 + mod(i, {people})",
         paid_at="now() - mod(i * 104729, 31536000) * interval '1 second'",
         modified_at="now() - mod(i, 31536000) * interval '1 second'")  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _goals(owner: Any, count: int, **differing: str) -> int:
    """A goal for the row and for each of its copies; the key before the copies' first."""
    kind = "team" if isinstance(owner, Team) else "member"
    kept = Goal.objects.create(kind=kind, amount_minor=50_000, **{kind: owner})
    copy(kept, count, raised_minor="mod(i * 7919, 99991)", **differing)
    return kept.pk


# Asking ---------------------------------------------------------------------------------------
class Program:
    """The demo's program with its admin token, at the campaign's addresses."""

    def __init__(self, campaign: Campaign) -> None:
        self.client = Client(SERVER_NAME="127.0.0.1")
        self.root = f"/sprocket/v2/admin/campaigns/{campaign.pk}/"
        self.token = programs.access("admin")

    def get(self, path: str, **headers: str) -> bytes:
        headers = {"Authorization": f"Bearer {self.token}", **headers}
        answer = self.client.get(self.root + path, headers=headers)
        if answer.status_code != 200:
            raise SystemExit(f"{path} answered {answer.status_code}: {answer.content[:300]!r}")
        return answer.content

    def post(self, path: str, body: Any) -> Any:
        answer = self.client.post(
            self.root + path, json.dumps(body), "application/json",
            headers={"Authorization": f"Bearer {self.token}"},
        )  # fmt: skip
        if answer.status_code != 200:
            raise SystemExit(f"{path} answered {answer.status_code}: {answer.content[:300]!r}")
        return answer.json()


def median(act: Callable[[], Any], timer: Callable[[], float] = time.perf_counter) -> float:
    """Milliseconds, of several goes."""
    act()
    times = []
    for _ in range(ROUNDS):
        began = timer()
        act()
        times.append((timer() - began) * 1000)
    return statistics.median(times)


def queries(program: Program) -> dict[str, list[int]]:
    """Statements of a page with ten rows and with a hundred."""
    return {
        path: [
            len(captured(lambda p=path, n=count: program.get(f"{p}?limit={n}")))
            for count in (10, PAGE)
        ]
        for path in LISTS
    }


def plans(campaign: Campaign) -> dict[str, str]:
    """What the planner does for each page: "" where an index finds its rows, in order."""
    if Donation.objects.count() < SMALL:
        with connection.cursor() as cursor:
            # So few rows are quicker read whole; what counts is what the planner can do.
            cursor.execute("SET enable_seqscan = off")
    middle = {"donations": Donation, "users": Member, "teams": Team}
    found = {}
    for name, (table, asked) in ASKED.items():
        model = middle[name]
        keys = model._default_manager.order_by("pk").values_list("pk", flat=True)
        words = {"MIDDLE": keys[keys.count() // 2], "MEMBER": Member.objects.get(slug="bench-9").pk,
                 "TEAM": Team.objects.get(slug="bench-team-9").pk}  # fmt: skip
        for query in asked:
            for word, value in words.items():
                query = query.replace(word, str(value))
            found[f"{name}?{query}"] = _bad(_plan(campaign, name, table, query))
    return found


def _plan(campaign: Campaign, name: str, table: Table, query: str) -> str:
    every: dict[str, Any] = {
        "donations": lambda: rows.donations(campaign, ADMIN),
        "users": lambda: rows.members(campaign, public=False),
        "teams": lambda: rows.teams(campaign, public=False),
    }
    asked = Asked.of(QueryDict(query))
    found = filtered(every[name](), table, asked, ADMIN)
    first = asked.whole("from_id", None)
    if first is not None:
        found = found.filter(pk__gte=first)
    steps = []
    for part in parts(found, table, asked, ADMIN):
        page = part.values_list("pk")[:PAGE]
        steps.append(str(page.explain()))
        if page.count() == PAGE:
            break
    return "\n".join(steps)


def _bad(plan: str) -> str:
    """The steps that read or sort a whole table. A sort that goes on from an index is none."""
    large = "campaigns_donation|campaigns_member|accounts_person|campaigns_goal"
    steps = [line.strip(" ->") for line in plan.split("\n")]
    return "; ".join(
        one for one in steps
        if re.match(rf"(Parallel )?Seq Scan on ({large})", one)
        or (one.startswith(("Sort ", "Gather Merge")) and _rows(one) > MOST_SORTED)
    )  # fmt: skip


def _rows(step: str) -> int:
    found = re.search(r"rows=(\d+)", step)
    return int(found[1]) if found else 0


def gift(number: int) -> dict[str, Any]:
    donor = {"First_Name": "Batch", "Last_Name": str(number), "Email": f"b{number}@example.com"}
    return {"Amount": 10, "Donor": donor, "Payment": {"Payment_Type": "Cash"}}


def batch(program: Program) -> float:
    """Statements for each of a hundred gifts."""
    sent = []
    for size in (1, PAGE):
        body = {"Donations": [gift(n) for n in range(size)]}
        sent.append(len(captured(lambda b=body: program.post("donations", b))))
    return sent[1] / PAGE


def main() -> None:
    gifts, people = int(sys.argv[1]), int(sys.argv[2])
    call_command("migrate", verbosity=0, interactive=False)
    call_command("demo", stdout=io.StringIO())
    campaign = Campaign.objects.select_related("goal").get(code="8de300")
    began = time.monotonic()
    fill(campaign, gifts, people)
    filled = time.monotonic() - began
    program = Program(campaign)
    keys = Donation.objects.filter(campaign=campaign).order_by("pk").values_list("pk", flat=True)
    first_id, last = keys[0], gifts - 10
    page = f"donations?limit={PAGE}"
    xml = {"Accept": "application/xml"}
    print(json.dumps({
        "filled_s": round(filled), "queries": queries(program), "plans": plans(campaign),
        "from_first_ms": median(lambda: program.get(f"{page}&from_id={first_id}")),
        "from_middle_ms": median(lambda: program.get(f"{page}&from_id={keys[gifts // 2]}")),
        "from_last_ms": median(lambda: program.get(f"{page}&from_id={keys[gifts - PAGE]}")),
        "offset_0_ms": median(lambda: program.get("donations?limit=10&offset=0")),
        "offset_end_ms": median(lambda: program.get(f"donations?limit=10&offset={last}")),
        "json_cpu_ms": median(lambda: program.get(page), time.process_time),
        "xml_cpu_ms": median(lambda: program.get(page, **xml), time.process_time),
        "sorted_ms": {path: median(lambda p=path: program.get(f"{p}&limit={PAGE}"))
                      for path in SORTED},
        "batch": batch(program),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
