"""Named places where a test may make the process die. Outside tests they do nothing."""

import os
import signal

ARMED = os.environ.get("RALLY_FAILPOINT", "")


def failpoint(name: str) -> None:
    """Kill this process, uncleanly, if `name` is armed by RALLY_FAILPOINT."""
    if name == ARMED:
        os.kill(os.getpid(), signal.SIGKILL)
