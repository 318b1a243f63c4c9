"""`python3 -m rally.up.install SET`: put the packages of `SET.txt` into `.venv`.

Runs on whatever Python 3.11+ the machine has, with nothing but the standard library. A new
environment is built beside its final place and renamed at the end, so that there is either a
whole one or none. A lock makes a second caller wait and then find the work done.
"""

import fcntl
import filecmp
import importlib.util
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from rally.up import pipwheel
from rally.up.place import BASE
from rally.up.refusal import Refusal, answer

FINAL, BUILD, LOG = BASE / ".venv", BASE / ".venv.tmp", BASE / ".venv.log"
OFFLINE = re.compile(r"NewConnectionError|NameResolution|Max retries|timed out|Connection refused")
ADVICE = {
    "requirements": "Installing Rally's packages into .venv (once, about half a minute)…",
    "requirements-dev": "Installing the tools for tests and checks into .venv (once)…",
}


def main(name: str) -> None:
    """Install the named set unless somebody else just did."""
    try:
        lock = os.open(BASE / ".venv.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as why:
        raise Refusal(f"The folder {BASE} can't be written ({why.strerror}).") from None
    fcntl.flock(lock, fcntl.LOCK_EX)
    if _installed(name):
        return
    print(ADVICE.get(name, f"Installing {name}…"), flush=True)
    try:
        _install(name)
    except OSError as why:
        raise Refusal(f"{BASE / '.venv'} can't be made: {why}.") from None
    finally:
        shutil.rmtree(BUILD, ignore_errors=True)


def _installed(name: str) -> bool:
    stamp = FINAL / f"installed-{name}.txt"
    python = FINAL / "bin" / "python"
    return python.exists() and stamp.exists() and filecmp.cmp(BASE / f"{name}.txt", stamp, False)


def _install(name: str) -> None:
    """Into the environment that is there, else into a new one that then takes its place."""
    there = (FINAL / "bin" / "python").exists()
    folder = FINAL if there else BUILD
    if not there:
        shutil.rmtree(FINAL, ignore_errors=True)
        make(folder)
    pip(folder, "install", "--require-hashes", "-r", str(BASE / f"{name}.txt"))
    shutil.copy(BASE / f"{name}.txt", folder / f"installed-{name}.txt")
    if not there:
        os.rename(folder, FINAL)


def make(folder: Path) -> None:
    """An empty environment with pip; where the system's Python has none, from pip's wheel."""
    complete = importlib.util.find_spec("ensurepip") is not None
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(folder, with_pip=complete, symlinks=True)
    if not complete:
        wheel = pipwheel.fetch(folder)
        run([_python(folder), str(wheel / "pip"), "install", "--no-index", str(wheel)])


def pip(folder: Path, *arguments: str) -> None:
    """pip, asking no question and trying for no more than a minute when there is no network."""
    quiet = ("--quiet", "--no-input", "--disable-pip-version-check", "--retries", "2")
    run([_python(folder), "-m", "pip", *arguments, *quiet])


def _python(folder: Path) -> str:
    return str(folder / "bin" / "python")


def run(command: list[str]) -> None:
    """Run it with its output in a file; a failure becomes one sentence."""
    with LOG.open("w") as log:
        code = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, check=False
        ).returncode
    if not code:
        LOG.unlink()
        return
    raise Refusal(_why(LOG.read_text(errors="replace")))


def _why(output: str) -> str:
    if OFFLINE.search(output):
        return (
            "The packages could not be fetched: the package index can't be reached "
            f"(is this machine online? the details are in {LOG.name})."
        )
    errors = [line for line in output.splitlines() if line.startswith("ERROR:")]
    reason = errors[0].removeprefix("ERROR:").strip() if errors else "pip failed"
    return f"Installing the packages failed: {reason.rstrip('.')} (see {LOG.name})."


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except Refusal as why:
        sys.exit(answer(why))
    except KeyboardInterrupt:
        sys.exit(130)
