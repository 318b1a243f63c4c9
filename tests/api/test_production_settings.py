"""Production refuses what would be unsafe: one sentence, and nothing starts."""

import json
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


CALLS = """
import json, django
django.setup()
from django.conf import settings
settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
from django.test import Client
web = Client(HTTP_HOST="tiles.example.org")
seen = {}
for path in ("/api/boards/x", "/api/checkout/session", "/api/healthz",
             "/sprocket/v2/campaigns/1", "/sprocket/auth/oauth2/token",
             "/sprocket/auth/oauth2/authorize?client_id=x", "/accounts/login/", "/", "/livez"):
    for method in ("GET", "POST"):
        try:
            answer = web.generic(method, path)
        except Exception as why:  # the health check may look for a database
            seen[f"{method} {path}"] = [type(why).__name__, "", ""]
            continue
        body = answer.content.decode() if answer.status_code == 403 else ""
        seen[f"{method} {path}"] = [answer.status_code, answer.get("Location", ""), body]
xml = web.get("/sprocket/v2/campaigns/1", headers={"Accept": "application/xml"})
seen["xml"] = [xml.status_code, "", xml.content.decode()]
safe = web.post("/sprocket/auth/oauth2/token?code=x", secure=True)
seen["secure"] = [safe.status_code, safe.get("Strict-Transport-Security", ""), ""]
print(json.dumps(seen))
"""


def test_plain_http_is_refused_by_apis_and_redirected_by_pages(tmp_path: Path) -> None:
    done = run(tmp_path, "-c", CALLS)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout.splitlines()[-1])
    for call, (status, location, body) in seen.items():
        if call in {"xml", "secure"} or "healthz" in call or "livez" in call:
            continue
        path = call.split()[1]
        if path.startswith(("/api/", "/sprocket/v2", "/sprocket/auth/oauth2/token")):
            assert status == 403, call
            told = json.loads(body)
            if path.startswith("/api/"):
                assert told["ok"] is False and told["error"]["code"] == "https_required"
            else:
                assert told["errorCode"] == 10006 and told["httpStatus"] == 403
        else:
            assert (status, location) == (301, f"https://tiles.example.org{path}"), call
    assert seen["xml"][0] == 403 and "<errorCode>10006</errorCode>" in seen["xml"][2]
    assert seen["secure"][0] == 400
    assert seen["secure"][1] == "max-age=31536000; includeSubDomains; preload"
