"""`python -m rally.beat`: the schedule alone, once, beside workers started with `--no-beat`.

It sends a message whenever something is due and knows nothing else: there is no file to keep,
and a second one by mistake only wakes the workers twice.
"""

import signal
import sys
from types import FrameType

from celery.beat import Service

from rally.celery import app
from rally.up import lifeline


def main() -> int:
    """Run until SIGTERM."""
    lifeline.hold()
    app.loader.import_default_modules()
    service = Service(app, scheduler_cls=app.conf.beat_scheduler)

    def stop(number: int, frame: FrameType | None) -> None:
        service.stop()
        raise SystemExit(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    service.start()
    return 0


if __name__ == "__main__":
    sys.exit(main())
