"""Production refuses what would be unsafe: one sentence, and nothing starts."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.services import BASE
from tests.site import plain_environment

SAFE = {
    "RALLY_ENV": "production",
    "RALLY_SECRET_KEY": "q7" * 40 + "!aB3dEf6hIj9kLm",
    "RALLY_HOSTS": "tiles.example.org",
    "RALLY_BASE_URL": "https://tiles.example.org",
    "STRIPE_SECRET_KEY": "sk_test_x",
    "STRIPE_WEBHOOK_SECRET": "whsec_x",
    "DATABASE_URL": "postgres://rally@127.0.0.1:9/rally",
    "REDIS_URL": "redis://127.0.0.1:9/0",
    "DJANGO_SETTINGS_MODULE": "rally.settings",
}


def run(var: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Python with a production environment; an empty value unsets one."""
    chosen = {name: value for name, value in (SAFE | settings).items() if value}
    return subprocess.run(
        [sys.executable, *arguments], cwd=BASE, capture_output=True, text=True, check=False,
        env=plain_environment(RALLY_VAR=str(var), **chosen),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"RALLY_SECRET_KEY": ""}, "RALLY_SECRET_KEY"),
        ({"RALLY_SECRET_KEY": "short"}, "RALLY_SECRET_KEY"),
        ({"RALLY_HOSTS": ""}, "RALLY_HOSTS"),
        ({"RALLY_HOSTS": " , "}, "RALLY_HOSTS"),
        ({"RALLY_HOSTS": "*"}, "RALLY_HOSTS"),
        ({"RALLY_BASE_URL": ""}, "RALLY_BASE_URL"),
        ({"RALLY_BASE_URL": "http://tiles.example.org"}, "RALLY_BASE_URL"),
        ({"RALLY_SIMULATOR_URL": "http://127.0.0.1:9"}, "RALLY_SIMULATOR_URL"),
        ({"RALLY_LIMITS": "off"}, "RALLY_LIMITS"),
        ({"RALLY_DEBUG": "on"}, "RALLY_DEBUG"),
        ({"STRIPE_SECRET_KEY": ""}, "STRIPE_SECRET_KEY"),
        ({"STRIPE_WEBHOOK_SECRET": ""}, "STRIPE_WEBHOOK_SECRET"),
        ({"STRIPE_WEBHOOK_SECRET": ","}, "STRIPE_WEBHOOK_SECRET"),
        ({"RALLY_LIMITS": "maybe"}, "RALLY_LIMITS"),
        ({"RALLY_PROXIES": "one"}, "RALLY_PROXIES"),
        ({"RALLY_PROXIES": "-1"}, "RALLY_PROXIES"),
        ({"RALLY_ENV": "prod"}, "RALLY_ENV"),
    ],
    ids=str,
)
def test_it_refuses(changed: dict[str, str], named: str, tmp_path: Path) -> None:
    done = run(tmp_path, "-c", "import rally.settings", **changed)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("django.core.exceptions.ImproperlyConfigured: ")
    assert named in last
    assert last.endswith(".")


def test_a_safe_environment_has_nothing_to_warn_of(tmp_path: Path) -> None:
    done = run(tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout


def test_limits_can_be_turned_off_locally(tmp_path: Path) -> None:
    code = "import rally.settings as s; print(s.RALLY_LIMITS, s.RALLY_PROXIES, s.HTTPS)"
    done = run(tmp_path, "-c", code, RALLY_ENV="local", RALLY_LIMITS="off", RALLY_BASE_URL="")
    assert (done.stdout, done.returncode) == ("False 0 False\n", 0), done.stderr
