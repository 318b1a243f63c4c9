"""A million claims in a scratch database, and how long their audit takes.

    export DATABASE_URL=... RALLY_VAR=...    a new database that has been migrated
    python manage.py shell -c "from tests.audit import million; million.fill()"
    python manage.py shell -c "from tests.audit import million; million.measure()"

Not part of any test run.
"""

import json
import os
import resource
import time

from django.db import connection, transaction

from campaigns.models import Goal
from payments.audit import figures, running
from payments.models import StripeAccount
from rally.demo import crowd
from rally.demo.crowd import Crowd
from tests import factories

ORDERS = int(os.environ.get("MILLION_ORDERS", 333_334))
# Organization, campaign and account are the first of a scratch database; goals 3 .. 1002 are
# the fundraisers'.
CROWD = Crowd(
    orders=ORDERS, boards=101, size=10_000, organization=1, campaign=1, account=1,
    campaign_goal=1, goals=(3, 1000), totals=(1, 2),
)  # fmt: skip


def fill() -> None:
    """The few rows by models, the many by SQL."""
    with transaction.atomic():
        campaign = factories.make_campaign()
        team = factories.make_team(campaign)
        for _ in range(1000):
            factories.make_member(campaign, team)
        StripeAccount.objects.create(organization=campaign.organization, livemode=False)
        assert list(Goal.objects.order_by("pk").values_list("pk", flat=True)) == [*range(1, 1003)]
    for _word, statement in crowd.statements(CROWD):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def measure() -> None:
    """Audit once, and say what that took."""
    started = time.monotonic()
    report = running.run()
    seconds = time.monotonic() - started
    drift = figures.drift()
    print(json.dumps(report.as_dict()["findings"][:5], indent=1))
    print("\n".join(line[:150] for line in report.lines()))
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(
        f"audit {seconds:.1f} s, drift {drift}; this process used "
        f"{used.ru_utime + used.ru_stime:.1f} s and {used.ru_maxrss // 1024} MB"
    )
