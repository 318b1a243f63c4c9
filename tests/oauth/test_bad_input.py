"""What broken or hostile programs send to the token endpoints: words, never a fault of ours."""

import base64
import time
from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import ApiAccessToken, ApiGrantCode
from tests import tally
from tests.oauth.conftest import BASE, FORM, World, basic

LONG = "x" * 9_000
CODE = "grant_type=authorization_code"
FRESH = "grant_type=refresh_token"
ENDPOINTS = ("token", "refresh", "revoke", "introspect")

# name: (endpoint, body, status, error)
BODIES: dict[str, tuple[str, Any, int, str]] = {
    "nothing": ("token", "", 400, "invalid_request"),
    "no kind": ("token", "code=x", 400, "invalid_request"),
    "empty kind": ("token", "grant_type=", 400, "invalid_request"),
    "password": ("token", "grant_type=password&username=a", 400, "unsupported_grant_type"),
    "machine": ("token", "grant_type=client_credentials", 400, "unsupported_grant_type"),
    "code at refresh": ("refresh", CODE + "&code=x", 400, "unsupported_grant_type"),
    "implicit": ("token", "grant_type=implicit", 400, "unsupported_grant_type"),
    "no code": ("token", CODE, 400, "invalid_request"),
    "empty code": ("token", CODE + "&code=", 400, "invalid_request"),
    "unknown code": ("token", CODE + "&code=unknown", 400, "invalid_grant"),
    "nul code": ("token", CODE + "&code=%00", 400, "invalid_request"),
    "raw nul": ("token", b"grant_type=authorization_code&code=\x00", 400, "invalid_request"),
    "surrogate": ("token", CODE + "&code=%ed%a0%80", 400, "invalid_request"),
    "not utf-8": ("token", b"grant_type=\xff\xfe", 400, "invalid_request"),
    "code of emoji": ("token", CODE + "&code=%F0%9F%8E%88", 400, "invalid_grant"),
    "two codes": ("token", CODE + "&code=a&code=b", 400, "invalid_request"),
    "two kinds": ("token", CODE + "&grant_type=refresh_token&code=a", 400, "invalid_request"),
    "too large": ("token", CODE + "&code=" + LONG, 413, "invalid_request"),
    "many fields": ("token", "&".join(f"a{n}=1" for n in range(50)), 400, "invalid_request"),
    "json": ("token", '{"grant_type": "authorization_code"}', 400, "invalid_request"),
    "xml": ("token", "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>", 400,
            "invalid_request"),
    "no refresh token": ("refresh", FRESH, 400, "invalid_request"),
    "unknown refresh token": ("refresh", FRESH + "&refresh_token=rlr_x", 400, "invalid_grant"),
    "long refresh token": ("refresh", FRESH + "&refresh_token=" + LONG[:4_000], 400,
                           "invalid_grant"),
    "sql": ("refresh", FRESH + "&refresh_token=' OR 1=1 --", 400, "invalid_grant"),
    "percent garbage": ("refresh", FRESH + "&refresh_token=%zz%", 400, "invalid_grant"),
    "no token": ("revoke", "", 400, "invalid_request"),
    "no token to look at": ("introspect", "token_type_hint=x", 400, "invalid_request"),
    "secret in body": ("token", CODE + "&code=x&client_secret=y", 400, "invalid_request"),
    "another client in body": ("token", CODE + "&code=x&client_id=other", 400, "invalid_request"),
    "assertion": ("token", CODE + "&code=x&client_assertion=y", 400, "invalid_request"),
}  # fmt: skip
HEADERS = {
    "none": "",
    "empty": " ",
    "word": "Basic",
    "bearer": "Bearer rla_x",
    "digest": "Digest a=b",
    "not base64": "Basic !!!",
    "no colon": "Basic " + base64.b64encode(b"nocolon").decode(),
    "no name": "Basic " + base64.b64encode(b":secret").decode(),
    "not utf-8": "Basic " + base64.b64encode(b"\xff:\xff").decode(),
    "nul": "Basic " + base64.b64encode(b"a\x00:b\x00").decode(),
    "unknown": basic("unknown", "secret"),
    "long": basic("a" * 2_000, "b" * 2_000),
    "non-ascii": "Basic é",
    "two": "Basic YTpi, Basic YTpi",
}


Timed = Callable[[Callable[[], Any]], Any]


@pytest.fixture
def timed(request: pytest.FixtureRequest, record_property: Any) -> Timed:
    """Calls, and tells the tally of the run how it went."""

    def call(act: Callable[[], Any]) -> Any:
        began = time.perf_counter()
        answer = act()
        spent = time.perf_counter() - began
        assert answer.status_code < 500 and spent < 2
        record_property(tally.KEY, ["oauth", request.node.name, answer.status_code, spent])
        return answer

    return call


def refused(answer: Any, status: int, error: str) -> None:
    """The RFC's words, the dialect's number, nothing to be cached or shared."""
    assert answer.status_code == status, answer.content
    body = answer.json()
    assert body["error"] == error and body["error_description"].isascii()
    assert isinstance(body["errorCode"], int) and body["httpStatus"] == status
    assert answer["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in answer
    assert ("WWW-Authenticate" in answer) is (status == 401)


@pytest.mark.parametrize("case", BODIES.values(), ids=BODIES)
def test_bodies(world: World, timed: Timed, case: Any) -> None:
    endpoint, body, status, error = case
    refused(timed(lambda: world.post(endpoint, body)), status, error)
    assert not ApiAccessToken.objects.exists()


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("header", HEADERS.values(), ids=HEADERS)
def test_headers(world: World, timed: Timed, endpoint: str, header: str) -> None:
    body = CODE + "&code=x" if endpoint == "token" else FRESH + "&refresh_token=x&token=x"
    refused(timed(lambda: world.post(endpoint, body, header)), 401, "invalid_client")


def test_credentials_in_the_body_are_refused_with_words(world: World, timed: Timed) -> None:
    code = world.code()
    body = {"grant_type": "authorization_code", "code": code, "client_secret": world.secret,
            "client_id": world.client.client_id}  # fmt: skip
    answer = timed(lambda: world.post("token", body, ""))
    refused(answer, 401, "invalid_client")
    assert "not accepted as request parameters" in answer.json()["error_description"]
    assert ApiGrantCode.objects.get().used_at is None


@pytest.mark.parametrize("name", ["client_secret", "code", "refresh_token", "token"])
def test_secrets_in_the_address_are_refused(world: World, timed: Timed, name: str) -> None:
    answer = timed(lambda: world.post(f"token?{name}=x", CODE + "&code=x"))
    refused(answer, 400, "invalid_request")


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_other_methods(world: World, timed: Timed, endpoint: str, method: str) -> None:
    answer = timed(lambda: world.web.generic(method, BASE + endpoint))
    assert answer.status_code == 405 and answer["Allow"] == "POST"
    assert "Access-Control-Allow-Origin" not in answer


@pytest.mark.parametrize(
    "more",
    [{"CONTENT_TYPE": "multipart/form-data; boundary=x"}, {"HTTP_CONTENT_ENCODING": "gzip"},
     {"CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-7"},
     {"CONTENT_LENGTH": "abc"}, {"HTTP_ORIGIN": "https://evil.example"},
     {"HTTP_X_HTTP_METHOD_OVERRIDE": "GET"}],
    ids=str,
)  # fmt: skip
def test_odd_envelopes(world: World, timed: Timed, more: dict[str, str]) -> None:
    kind = more.pop("CONTENT_TYPE", FORM)
    answer = timed(lambda: world.post("token", "--x\r\nnothing", content_type=kind, **more))
    refused(answer, 400, "invalid_request")


def test_a_public_program_can_t_be_a_confidential_one_without_its_secret(
    world: World, timed: Timed
) -> None:
    body = f"{CODE}&code={world.code()}&client_id={world.client.client_id}"
    refused(timed(lambda: world.post("token", body, "")), 401, "invalid_client")
