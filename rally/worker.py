"""`python -m rally.worker`: Celery's worker and its scheduler in one process.

With `--no-beat` it is the worker alone, to be had several times beside one `rally.beat`.

The scheduler is a thread. Celery's own `-B` forks a process for it, which a killed worker would
leave behind, sending every message twice from then on.
"""

import os
import signal
import sys
import warnings
from typing import Any

from celery import bootsteps, signals
from celery.beat import EmbeddedService
from celery.exceptions import SecurityWarning
from celery.worker import state

from rally import fsbroker
from rally.celery import app
from rally.kit import heartbeat

SWEEPS = (
    "boards.tasks.expire_holds",
    "payments.tasks.sweep_events",
    "rally.tasks.dispatch_outbox",
    "payments.tasks.reconcile",
)
THREADS = 4
LOOK_UP_EVERY = 0.3
ALONE = "--no-beat"


class Schedule(bootsteps.StartStopStep):
    """Beat as a thread of the worker, started with it and stopped with it."""

    requires = {"celery.worker.components:Pool"}

    def create(self, parent: Any) -> Any:
        return EmbeddedService(
            parent.app, thread=True, scheduler_cls=parent.app.conf.beat_scheduler
        )

    def stop(self, parent: Any) -> None:
        """Don't wait for its next tick: it is a daemon thread and has nothing to save."""
        self.obj.service.stop()


@signals.worker_ready.connect
def catch_up(**about: Any) -> None:
    """What was missed while no worker ran is looked for at once, not at the next interval."""
    heartbeat.beat()  # the first task comes a moment later, and a start waits for this
    for name in ("rally.tasks.heartbeat", *SWEEPS):
        if name in app.tasks:
            app.send_task(name)


@signals.worker_ready.connect
def stop_when_asked(**about: Any) -> None:
    """Both signals mean the same and say nothing: finish what is under way, then end."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *ignored: setattr(state, "should_stop", 0))


def main() -> int:
    """Run until SIGTERM, then finish the tasks that are under way."""
    if app.conf.broker_url.startswith("rallyfs:"):
        app.conf.worker_enable_remote_control = False  # one more folder to look into, for nobody
        fsbroker.Transport.longest_wait = LOOK_UP_EVERY
    # Celery warns of root because of pickle, which is not accepted here.
    warnings.simplefilter("ignore", SecurityWarning)
    if ALONE not in sys.argv[1:]:
        app.steps["worker"].add(Schedule)
    worker = app.Worker(
        pool="threads",
        concurrency=int(os.environ.get("RALLY_WORKER_THREADS", THREADS)),
        loglevel=os.environ.get("RALLY_LOG_LEVEL", "WARNING"),
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        task_events=False,
        redirect_stdouts=False,
        quiet=True,
    )
    worker.start()
    return int(worker.exitcode or 0)


if __name__ == "__main__":
    sys.exit(main())
