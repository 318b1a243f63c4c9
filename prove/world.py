"""One small installation in this process: a database, a simulator, two boards, three buyers."""

import datetime as dt
import os
import shutil
from pathlib import Path

from django.core.management import call_command
from django.db import connection, connections
from kombu.transport import memory

from accounts.models import Organization
from boards import building
from boards.models import Board
from campaigns.models import Campaign, Goal
from payments import snapshots
from prove.stripe import Stripe
from rally.kit import clock, failpoints

SIZES = (6, 4)
UNIT_MINOR = 150
TOKENS = ("buyer-one-0a1b2c3d4e5f6g7h", "buyer-two-8i9j0k1l2m3n4o5p", "buyer-3-6q7r8s9t0u1v2w3x")
LATER = 3 * 86_400


class World:
    """What an example starts from; `reset` brings it back within milliseconds."""

    def __init__(self, stripe: Stripe, folder: Path) -> None:
        self.stripe = stripe
        self.boards: list[int] = []
        self._pristine = folder / "pristine.sqlite3"

    def prepare(self) -> None:
        """Make the tables, and on SQLite a copy of the file to come back to."""
        if self._pristine.exists():
            return
        call_command("migrate", verbosity=0, interactive=False)
        if connection.vendor == "sqlite":
            self._build()
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.close()
            shutil.copy(connection.settings_dict["NAME"], self._pristine)

    def reset(self) -> None:
        """Forget what the last example did, here and at Stripe."""
        failpoints.armed = ""
        self.stripe.reset()
        # Nothing is delivered but what the machine delivers.
        self.stripe.control("POST", "delivery", delay_s=LATER)
        snapshots._memory.clear()
        memory.Channel.queues.clear()
        if connection.vendor == "sqlite":
            self._copy()
        else:
            self._truncate()
            self._build()

    def _copy(self) -> None:
        name = Path(connection.settings_dict["NAME"])
        connection.close()
        for suffix in ("-wal", "-shm"):
            Path(f"{name}{suffix}").unlink(missing_ok=True)
        shutil.copy(self._pristine, name)
        self.boards = list(Board.objects.order_by("pk").values_list("pk", flat=True))

    def _truncate(self) -> None:
        keep = {"django_migrations", "django_content_type", "auth_permission"}
        tables = [name for name in connection.introspection.table_names() if name not in keep]
        with connections["default"].cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")

    def _build(self) -> None:
        organization = Organization.objects.create(name="School", slug="school", status="live")
        campaign = Campaign.objects.create(
            organization=organization, title="Instruments", slug="instruments", status="active",
            currency="USD", deadline=clock.now() + dt.timedelta(days=300),
            published_at=clock.now(),
        )  # fmt: skip
        goal = Goal.objects.create(kind="campaign", campaign=campaign, amount_minor=100_000)
        self.boards = [
            building.build(
                Board(campaign=campaign, goal=goal, title=f"Board {size}", currency="USD",
                      max_num=size, unit_minor=UNIT_MINOR, public_id=f"board{size}")
            ).pk
            for size in SIZES
        ]  # fmt: skip
        building.follow_campaign(campaign)


def from_environment() -> World:
    """The world that this process was started for."""
    return World(Stripe(os.environ["RALLY_SIMULATOR_URL"]), Path(os.environ["RALLY_VAR"]))
