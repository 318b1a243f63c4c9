"""What a person can put right is one sentence on stderr and exit code 1, never a traceback."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.services import BASE
from tests.site import plain_environment

NOBODY_LISTENS = "127.0.0.1:9"


def refused(*command: str, cwd: Path = BASE, **environ: str) -> str:
    """Run `./run` and give its only line of complaint."""
    done = subprocess.run(
        [str(cwd / "run"), *command],
        cwd=cwd,
        env=plain_environment(**environ),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done
    lines = done.stderr.splitlines()
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stdout
    assert lines[0].rstrip().endswith("."), lines[0]
    return lines[0]


@pytest.fixture
def var(tmp_path: Path) -> str:
    return str(tmp_path / "var")


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A fresh clone, as far as installing goes."""
    made = tmp_path / "clone"
    shutil.copytree(BASE / "rally" / "up", made / "rally" / "up")
    for name in ("run", "requirements.txt", "rally/__init__.py"):
        shutil.copy(BASE / name, made / name)
    return made


def test_a_taken_port_is_named(taken_port: int, var: str) -> None:
    assert f"Port {taken_port} " in refused(PORT=str(taken_port), RALLY_VAR=var)


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "²", "٣٣٣"])
def test_a_port_that_is_none(port: str, var: str) -> None:
    assert "PORT" in refused(PORT=port, RALLY_VAR=var)


def test_an_address_of_another_machine(var: str) -> None:
    assert "192.0.2.1" in refused(HOST="192.0.2.1", RALLY_VAR=var)


def test_a_folder_that_can_not_be_written() -> None:
    assert "/dev/null/var" in refused(RALLY_VAR="/dev/null/var")


def test_an_unknown_verb() -> None:
    assert "'dance'" in refused("dance")


def test_an_argument_too_many(var: str) -> None:
    assert "'--fast'" in refused("up", "--fast", RALLY_VAR=var)


@pytest.mark.parametrize("verb", [("up",), ("manage", "check")])
@pytest.mark.parametrize(
    "url",
    [
        "mysql://me@here/rally", "postgres://me@here:port/rally", "postgres://me@here",
        "postgres://me@[::1/rally",
    ],
)  # fmt: skip
def test_a_database_url_that_is_none(verb: tuple[str, ...], url: str, var: str) -> None:
    assert "DATABASE_URL" in refused(*verb, DATABASE_URL=url, RALLY_VAR=var, PORT="18099")


def test_an_unreachable_database_is_named_without_its_password(var: str) -> None:
    url = f"postgres://me:secret@{NOBODY_LISTENS}/rally"
    said = refused(DATABASE_URL=url, RALLY_VAR=var, PORT="18099")
    assert "DATABASE_URL" in said
    assert NOBODY_LISTENS in said
    assert "secret" not in said


def test_a_database_option_that_nobody_knows_and_a_file_that_is_no_database(
    tmp_path: Path, var: str
) -> None:
    url = f"postgres://me@{NOBODY_LISTENS}/rally?dance=1"
    assert "dance" in refused(DATABASE_URL=url, RALLY_VAR=var, PORT="18099")
    text = tmp_path / "notes.txt"
    text.write_text("not a database " * 100)
    assert str(text) in refused(DATABASE_URL=f"sqlite://{text}", RALLY_VAR=var, PORT="18099")


def test_an_unreachable_redis(var: str) -> None:
    url = f"redis://:secret@{NOBODY_LISTENS}/0"
    said = refused(REDIS_URL=url, RALLY_VAR=var, PORT="18099")
    assert "REDIS_URL" in said
    assert "secret" not in said


def test_production_without_its_secrets(var: str) -> None:
    assert "RALLY_SECRET_KEY" in refused(RALLY_ENV="production", RALLY_VAR=var, PORT="18099")


def test_a_python_that_is_too_old(clone: Path, tmp_path: Path) -> None:
    stubs = tmp_path / "stubs"
    stubs.mkdir()
    for name in ("python3", *(f"python3.{minor}" for minor in range(11, 15))):
        (stubs / name).write_text("#!/bin/sh\nexit 1\n")
        (stubs / name).chmod(0o755)
    said = refused(cwd=clone, PATH=f"{stubs}:{os.environ['PATH']}")
    assert "Python 3.11" in said


def test_no_network_at_the_first_start(clone: Path) -> None:
    offline = {
        "PIP_INDEX_URL": f"http://{NOBODY_LISTENS}/simple",
        "PIP_EXTRA_INDEX_URL": "",
        "PIP_FIND_LINKS": "",
        "PIP_CONFIG_FILE": "/dev/null",
    }
    said = refused(cwd=clone, **offline)
    assert "fetch" in said
    assert not list(clone.glob(".venv*/bin")), "a half-made environment is left behind"


@pytest.mark.parametrize("options", [(), ("--json",), ("--reset",)])
def test_production_has_no_demo_whatever_else_it_lacks(options: tuple[str, ...], var: str) -> None:
    done = subprocess.run(
        [str(BASE / "run"), "manage", "demo", *options],
        cwd=BASE,
        env=plain_environment(RALLY_ENV="production", RALLY_VAR=var),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2, done
    assert done.stdout == ""
    assert done.stderr == "The demo is not for production: RALLY_ENV=production is set.\n"


def test_a_command_before_the_first_start_says_what_to_do(var: str) -> None:
    assert "start ./run once" in refused("manage", "demo", "--json", RALLY_VAR=var)
