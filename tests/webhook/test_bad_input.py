"""What the webhook may get: forged, garbled, odd and repeated deliveries."""

import gzip
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from payments.models import StaffTask, StripeEvent
from tests import tally
from tests.api import kit as api_kit
from tests.api.kit import Api, error
from tests.webhook import kit
from tests.webhook.kit import as_bytes, event, send, sign

pytestmark = pytest.mark.django_db
EVENT = as_bytes(event() | {"id": "evt_1"})
OLD, NEW = "whsec_old", "whsec_new"
Signer = Callable[[bytes], str]


@dataclass
class Case:
    """A delivery and its status; 200 must be kept, anything else must leave nothing behind."""

    name: str
    status: int
    body: bytes = EVENT
    signer: Signer = sign
    type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)


def stamped(*stamps: float) -> Signer:
    """A header with these times, signed for the first."""

    def signer(body: bytes) -> str:
        right = sign(body, at=stamps[0]).split(",")[1]
        return ",".join([*(f"t={int(stamp)}" for stamp in stamps), right])

    return signer


def of(**more: Any) -> bytes:
    return as_bytes(event(**more))


def without(name: str) -> bytes:
    return as_bytes({key: value for key, value in event().items() if key != name})


def mac(body: bytes) -> str:
    return sign(body).partition("v1=")[2]


NOW = time.time()
SIGNATURES = [
    Case("no signature", 400, signer=lambda body: ""),
    Case("garbage", 400, signer=lambda body: "garbage"),
    Case("only commas", 400, signer=lambda body: ",,,="),
    Case("no time", 400, signer=lambda body: f"v1={mac(body)}"),
    Case("no v1", 400, signer=lambda body: f"t={int(time.time())}"),
    Case("only v0", 400, signer=lambda body: sign(body).replace("v1=", "v0=")),
    Case("an empty v1", 400, signer=lambda body: f"t={int(time.time())},v1="),
    Case("a time that is none", 400, signer=lambda body: f"t=now,v1={mac(body)}"),
    Case("a time that is endless", 400, signer=lambda body: f"t=inf,v1={mac(body)}"),
    Case("a time of 5,000 digits", 400, signer=lambda body: f"t={'9' * 5000},v1={mac(body)}"),
    Case("a negative time", 400, signer=lambda body: f"t=-1,v1={mac(body)}"),
    Case("a wrong secret", 400, signer=lambda body: sign(body, "whsec_wrong")),
    Case("an empty secret", 400, signer=lambda body: sign(body, " ")),
    Case("a byte changed", 400, signer=lambda body: sign(body.replace(b"evt_1", b"evt_2"))),
    Case("a space added", 400, signer=lambda body: sign(body + b" ")),
    Case("capital digits", 400, signer=lambda body: sign(body).upper()),
    Case("not ASCII", 400, signer=lambda body: "t=1,v1=\xe9"),
    Case("not ASCII at all", 400, signer=lambda body: "\xff\xfe"),
    Case("100 kB", 400, signer=lambda body: "t=1," + "v1=a," * 20_000),
    Case("two v1, the second right", 200, signer=lambda body: sign(body).replace("v1", "v1=0,v1")),
    Case("two v1, both wrong", 400, signer=lambda body: f"t={int(time.time())},v1=0,v1=1"),
    Case("v0 beside v1", 200, signer=lambda body: sign(body) + ",v0=6ffbb59b2300aae63f272406069a"),
    Case("two times, first right", 400, signer=stamped(NOW, NOW - 4_000)),
    Case("two times, first right, then future", 400, signer=stamped(NOW, NOW + 86_400)),
    Case("the same time twice", 400, signer=stamped(NOW, NOW)),
    Case("301 seconds old", 400, signer=lambda body: sign(body, at=time.time() - 301)),
    Case("290 seconds old", 200, signer=lambda body: sign(body, at=time.time() - 290)),
    Case("301 seconds ahead", 400, signer=lambda body: sign(body, at=time.time() + 302)),
    Case("a day ahead", 400, signer=lambda body: sign(body, at=time.time() + 86_400)),
    Case("60 seconds ahead", 200, signer=lambda body: sign(body, at=time.time() + 60)),
]
BODIES = [
    *(
        Case(f"signed {body[:20]!r}", 400, body)
        for body in (
            b"", b"{", b"{}", b"[]", b'"x"', b"null", b"1", b"true", b"\xff\xfe",
            b"\xef\xbb\xbf" + EVENT,
            b'{"data": []}', b'{"data": {}}', b'{"data": {"object": []}}', b"not json",
        )
    ),
    Case("UTF-16", 400, EVENT.decode().encode("utf-16")),
    Case("bytes that are no text", 400, EVENT[:-1] + b',"x":"\xff"}'),
    Case("deep", 400, b'{"a":' * 40_000 + b"1" + b"}" * 40_000),
    Case("deep inside of an event", 400, EVENT[:-1] + b',"x":' + b"[" * 60_000 + b"]" * 60_001),
    Case("a number of 5,000 digits", 400, EVENT[:-1] + b',"x":' + b"9" * 5_000 + b"}"),
    Case("compressed", 400, gzip.compress(EVENT), headers={"Content-Encoding": "gzip"}),
    Case("5 MB", 413, b" " * 5_000_000),
    Case("one byte too many", 413, EVENT + b" " * (256_001 - len(EVENT))),
    Case("as large as may be", 200, EVENT + b" " * (256_000 - len(EVENT))),
    *(
        Case(f"no {name}", 400, without(name))
        for name in ("type", "data")
    ),
    Case("a thin event", 400, as_bytes({"id": "evt_1", "object": "v2.core.event", "type": "v1.x",
         "livemode": False, "related_object": {"id": "x", "type": "account", "url": "/v1"}})),
    *(
        Case(f"{name} {value!r}"[:50], 400, as_bytes(event() | {name: value}))
        for name, value in (
            ("id", ""), ("id", None), ("id", 1), ("id", "x" * 81), ("id", "evt_\0"), ("id", ["x"]),
            ("id", "evt_\ud800"), ("type", None), ("type", 1), ("type", "x" * 81), ("type", "a\0"),
            ("account", 1), ("account", "x" * 81), ("account", "acct\0"), ("api_version", 1),
            ("object", "list"), ("object", None), ("data", None), ("data", "x"), ("data", []),
        )
    ),
    *(
        Case(f"object {value!r}"[:50], 400, as_bytes(event() | {"data": {"object": value}}))
        for value in (None, [], "x", 1, {"id": 1}, {"id": ["x"]}, {"id": "x" * 81}, {"id": "\0"},
                      {"id": "x", "reason": "\0"}, {"id": "x", "a": [{"b": "\ud800"}]})
    ),
]  # fmt: skip
TAKEN = [
    Case("another content type", 200, type="text/plain"),
    Case("no content type", 200, type=""),
    Case("a form's content type", 200, type="application/x-www-form-urlencoded"),
    Case("from a browser", 200, headers={"Origin": "https://evil.example", "Cookie": "session=x"}),
    Case("an unknown type", 200, of(type="something.new")),
    Case("an unknown object", 200, of(found={"object": "something_new", "a": [1, {"b": None}]})),
    Case("an object without id", 200, of(found={"reason": "fraudulent"})),
    Case("an empty object", 200, of(found={})),
    Case("metadata null", 200, of(type="checkout.session.completed",
                                  found={"id": "cs_test_x", "metadata": None})),
    Case("more fields", 200, of(something={"new": [1, 2, 3]}, context=None)),
    Case("an account that isn't ours", 200, of(account="acct_foreign")),
    Case("live mode", 200, of(livemode=True)),
    Case("text in any script", 200, of(found={"id": "x", "name": "Zoë 🎈 \u202e"})),
    *(
        Case(f"no {name}", 200, without(name))
        for name in ("id", "object", "livemode", "api_version", "created", "request")
    ),
    Case("a key twice", 200, EVENT[:-1] + b',"type":"other.type"}'),
]  # fmt: skip
CASES = SIGNATURES + BODIES + TAKEN


@pytest.mark.parametrize("case", CASES, ids=[case.name[:60] for case in CASES])
def test_it_is_kept_or_leaves_nothing_behind(
    case: Case, api: Api, record_property: Callable[[str, object], None]
) -> None:
    before = api_kit.counts()
    signature = case.signer(case.body)
    answer = send(api, case.body, signature, content_type=case.type, headers=case.headers)
    record_property(tally.KEY, ["webhook/" + Path(__file__).name, case.name,
                                answer.status_code, api.seconds])  # fmt: skip
    assert answer.status_code == case.status, answer.content
    assert api.busy < 2
    if case.status == 200:
        assert answer.content == b'{"received": true}'
        assert StripeEvent.objects.get().body.encode() == case.body
    else:
        error(answer, case.status, {413: "too_large"}.get(case.status, "invalid_request"))
        assert api_kit.counts() == before


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_events_are_posted(method: str, api: Api) -> None:
    headers = {"Stripe-Signature": sign(EVENT)}
    answer = api.call(method, kit.PATH, EVENT, headers=headers)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert not StripeEvent.objects.exists()


@pytest.mark.parametrize(("secret", "status"), [(OLD, 200), (NEW, 200), ("whsec_older", 400)])
def test_two_secrets_while_one_is_replaced(
    secret: str, status: int, api: Api, settings: Settings
) -> None:
    settings.STRIPE_WEBHOOK_SECRETS = [NEW, OLD]
    assert send(api, EVENT, sign(EVENT, secret)).status_code == status


@pytest.mark.parametrize("secrets", [[""], [], ["", NEW]])
def test_without_a_secret_nothing_is_believed(
    secrets: list[str], api: Api, settings: Settings
) -> None:
    signed = [sign(EVENT, " "), sign(EVENT, "whsec_"), sign(EVENT, "\0")]
    settings.STRIPE_WEBHOOK_SECRETS = secrets
    assert {send(api, EVENT, one).status_code for one in signed} == {400}


def test_a_repeat_is_kept_once_and_alarms_nobody(api: Api) -> None:
    again = as_bytes(json.loads(EVENT) | {"pending_webhooks": 0})
    for body in (EVENT, EVENT, again, EVENT):
        assert send(api, body).status_code == 200
    assert StripeEvent.objects.get().body.encode() == EVENT
    assert not StaffTask.objects.exists()


@pytest.mark.parametrize(
    "change",
    [{"type": "other.type"}, {"data": {"object": {"id": "obj_2"}}}, {"livemode": True}],
    ids=str,
)
def test_another_body_under_the_same_id_is_an_alarm_and_the_first_stands(
    change: dict[str, Any], api: Api
) -> None:
    send(api, EVENT)
    other = as_bytes(json.loads(EVENT) | change)
    assert [send(api, other).status_code for _ in range(3)] == [200, 200, 200]
    assert StripeEvent.objects.get().body.encode() == EVENT
    task = StaffTask.objects.get()
    assert (task.kind, task.facts["why"]) == ("mismatch", "came again with another body")


def test_the_same_id_from_another_account_is_another_event(api: Api) -> None:
    send(api, EVENT)
    send(api, as_bytes(json.loads(EVENT) | {"account": "acct_other"}))
    assert StripeEvent.objects.count() == 2
    assert not StaffTask.objects.exists()
