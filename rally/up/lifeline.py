"""Ties a process to the one that started it, so that a killed supervisor leaves no orphans.

Two ways at once: on Linux the kernel is asked to send SIGTERM when the parent dies; everywhere
a thread looks twice a second whether the parent is still the parent. A process that does not
end within `GRACE` seconds after that is killed.
"""

import ctypes
import os
import signal
import sys
import threading
import time

VARIABLE = "RALLY_PARENT_PID"
LOOK_EVERY = 0.5
GRACE = 4.0
PR_SET_PDEATHSIG = 1


def hold() -> None:
    """End with the parent named by RALLY_PARENT_PID; without the variable do nothing.

    The variable is then set to this process, so that its own children can hold on to it.
    """
    parent = os.environ.get(VARIABLE, "")
    if not parent.isdigit() or int(parent) == os.getpid():
        return
    os.environ[VARIABLE] = str(os.getpid())
    _ask_kernel()
    watch = threading.Thread(target=_watch, args=(int(parent),), name="lifeline", daemon=True)
    watch.start()


def _ask_kernel() -> None:
    """SIGTERM at the parent's death. The parent may be dead already: `_watch` sees that."""
    if sys.platform == "linux":
        try:
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        except (OSError, AttributeError):
            return


def _watch(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(LOOK_EVERY)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os.kill(os.getpid(), signal.SIGKILL)
