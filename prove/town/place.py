"""Starts and ends the processes of one installation, and builds what is sold in it."""

import contextlib
import datetime as dt
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

from django.core.management import call_command

from accounts.models import Organization
from boards import building
from boards.models import Board
from campaigns.models import Campaign, Goal
from prove.stripe import Stripe
from rally.kit import clock
from tests import site as sites

BOARD = "storm"
UNIT_MINOR = 150


def build(size: int) -> Board:
    """A database with one open board of flat price."""
    call_command("migrate", verbosity=0, interactive=False)
    organization = Organization.objects.create(name="School", slug="school", status="live")
    campaign = Campaign.objects.create(
        organization=organization, title="Instruments", slug="instruments", status="active",
        currency="USD", deadline=clock.now() + dt.timedelta(days=300), published_at=clock.now(),
    )  # fmt: skip
    goal = Goal.objects.create(kind="campaign", campaign=campaign, amount_minor=100_000)
    board = building.build(
        Board(campaign=campaign, goal=goal, title="Tiles", currency="USD", max_num=size,
              price_model="flat", unit_minor=UNIT_MINOR, public_id=BOARD)
    )  # fmt: skip
    building.follow_campaign(campaign)
    return board


class Town:
    """The address of the site, and its processes."""

    def __init__(self) -> None:
        self.var = Path(os.environ["RALLY_VAR"])
        self.url = f"http://127.0.0.1:{os.environ['PORT']}"
        self.stripe = Stripe(os.environ["RALLY_SIMULATOR_URL"])
        self.worker: subprocess.Popen[bytes] | None = None
        self.web: subprocess.Popen[bytes] | None = None

    def start_web(self) -> None:
        """Returns when it answers."""
        self.web = sites.python("rally.up.web", os.environ, self.var / "web.log")
        asked = Stripe(self.url)
        sites.until(lambda: asked._call("GET", "/livez", b"", {})[0] == 200, 60, "a web server")

    def start_worker(self) -> None:
        """At once; it needs a while before it works."""
        self.worker = sites.python("rally.worker", os.environ, self.var / "worker.log")

    def kill_worker(self) -> None:
        """Signal 9: nothing is finished, nothing is given back."""
        if self.worker is not None:
            self.worker.send_signal(signal.SIGKILL)
            self.worker.wait()

    def end(self) -> None:
        """All of it."""
        for process in (self.worker, self.web):
            if process is not None:
                sites.end(process)


@contextlib.contextmanager
def town() -> Iterator[Town]:
    """A running site that ends with the block."""
    here = Town()
    here.start_web()
    here.start_worker()
    try:
        yield here
    finally:
        here.end()
