"""Named places where a test may make the process die. Outside tests they do nothing."""

import os
import signal

armed = os.environ.get("RALLY_FAILPOINT", "")


def die() -> None:
    """End this process as a power cut would: nothing is flushed, nothing is rolled back."""
    os.kill(os.getpid(), signal.SIGKILL)


def failpoint(name: str) -> None:
    """Die here if `name` is armed, by RALLY_FAILPOINT or by a test in this process."""
    if name == armed:
        die()
