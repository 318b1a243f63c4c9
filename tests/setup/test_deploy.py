"""The samples for real installations are whole: they parse, and name only what there is."""

import configparser
import importlib.util
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.services import BASE
from tests.site import plain_environment, python, until

UNITS = sorted((BASE / "deploy/systemd").glob("*.service"))
MODULES = re.compile(r"python -m ([\w.]+)(?: (\S+))?")
SERVICES = {"web": "rally.up.web", "worker": "rally.worker", "beat": "rally.beat"}
FOREIGN = {"POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB", "PYTHONUNBUFFERED"}


def known() -> set[str]:
    return set(re.findall(r"^#([A-Z_]+)=", (BASE / ".env.example").read_text(), re.MULTILINE))


def unit(path: Path) -> configparser.RawConfigParser:
    found = configparser.RawConfigParser(strict=False)
    found.optionxform = str
    found.read(path)
    return found


def test_every_sample_starts_modules_and_commands_that_exist() -> None:
    texts = [path.read_text() for path in
             (*UNITS, BASE / "Procfile", BASE / "compose.yaml", BASE / "Dockerfile")]  # fmt: skip
    started = [pair for text in texts for pair in MODULES.findall(text)]
    assert {module for module, _word in started} >= {"rally.up.manage", *SERVICES.values()}
    for module, word in started:
        assert importlib.util.find_spec(module), module
        if module == "rally.up.manage":
            assert word in {"migrate", "collectstatic"}
        if module == "rally.worker":
            assert word == "--no-beat", "there is a beat of its own"


def test_the_procfile_names_the_three_services() -> None:
    lines = (BASE / "Procfile").read_text().splitlines()
    found = dict(line.split(": ", 1) for line in lines)
    assert set(found) == {"release", *SERVICES}
    for name, module in SERVICES.items():
        assert found[name].startswith(f"python -m {module}")


def test_compose_parses_and_keeps_database_and_queue_inside() -> None:
    found = yaml.safe_load((BASE / "compose.yaml").read_text())
    services = found["services"]
    assert set(services) == {"prepare", *SERVICES, "database", "queue"}
    for name, module in SERVICES.items():
        assert module in services[name]["command"]
        assert services[name]["depends_on"] == {
            "prepare": {"condition": "service_completed_successfully"}
        }
        assert set(services[name]["environment"]) <= known()
        assert services[name]["environment"]["DATABASE_URL"].startswith("postgres://")
        assert services[name]["environment"]["REDIS_URL"].startswith("redis://")
    assert "ports" not in services["database"] and "ports" not in services["queue"]
    assert all(port.startswith("127.0.0.1:") for port in services["web"]["ports"])
    used = {line.split(":")[0] for one in services.values() for line in one.get("volumes", [])}
    assert used == set(found["volumes"])
    for name in {other for one in services.values() for other in one.get("depends_on", {})}:
        assert name in services


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_a_unit_is_whole_and_may_do_little(path: Path) -> None:
    found = unit(path)
    service = found["Service"]
    assert service["User"] == "rally" and service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    names = re.findall(r"([A-Z_]+)=", service["Environment"])
    assert set(names) <= known() | FOREIGN
    for line in re.findall(r"^(?:After|Requires)=(.*)$", path.read_text(), re.MULTILINE):
        for name in line.split():
            ours = name.startswith("rally-")
            assert not ours or (BASE / "deploy/systemd" / name).exists(), name


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.stem)
def test_systemd_finds_nothing_but_that_it_is_not_installed(path: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", str(path)], capture_output=True, text=True, check=False
    )
    said = [line for line in done.stderr.splitlines() if path.name in line]
    assert [line for line in said if "is not executable" not in line] == []


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_a_proxy_holds_no_event_back(name: str) -> None:
    text = re.sub(r"^\s*#.*$", "", (BASE / "deploy" / name).read_text(), flags=re.MULTILINE)
    depth = 0
    for letter in text:
        depth += {"{": 1, "}": -1}.get(letter, 0)
        assert depth >= 0
    assert depth == 0
    events = text[text.index("/events/") :]
    stops = {"nginx.conf": "proxy_buffering off;", "Caddyfile": "flush_interval -1"}
    assert stops[name] in events[: events.index("}")]
    if name == "nginx.conf":
        assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
        for line in text.splitlines():
            line = line.strip()
            assert not line or line.endswith((";", "{", "}")), line


def test_the_schedule_runs_alone(tmp_path: Path) -> None:
    """It sends what is due, and ends at once when asked."""
    environ = plain_environment(RALLY_VAR=str(tmp_path))
    process = python("rally.beat", environ, tmp_path / "beat.log")
    try:
        until(lambda: list((tmp_path / "queue/messages").glob("*")), 40, "a message")
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0
        assert "Traceback" not in (tmp_path / "beat.log").read_text()
    finally:
        process.kill()
