"""Bad input: the named refusal in the envelope, nothing left behind, never a 5xx."""

import gzip
import time
from typing import Any

import pytest

from accounts.models import ApiCredential, Invitation, Organization, WebhookEndpoint
from tests import tally
from tests.api.rallyup.world import Wire, World, envelope

P = "v1/partnerapi"
ROWS = (Organization, ApiCredential, Invitation, WebhookEndpoint)
NUMBERS = ("abc", "1.0", "1e3", "true", "１２", "0x1", "--1", "1 2", "9" * 401, "+1")
NOWHERE = ("0", "-1", str(2**63), "9" * 400, "999999999")
DAYS = ("0000-00-00", "2024-02-30", "10000-01-01", "2024-13-01", "2024-1-1", "20240101", "now",
        "2024-01-01T00:00:00Z", "2024-01-01+99:99", "-1", "9" * 18, "２０２４-01-01")  # fmt: skip
TEXTS = {"NUL": "a\0b", "markup": "<script>", "spaces": "   ", "invisible": "\u200b\u2060",
         "endless": "x" * 200}  # fmt: skip
Sent = dict[str, Any]
# name: (verb, path, what is sent, status)
CASES: dict[str, tuple[str, str, Any, int]] = {}


def case(name: str, verb: str, path: str, sent: Any, status: int = 400) -> None:
    name = f"{verb} {path.rpartition('/')[2][:20]}: {name}" if name in CASES else name
    assert name not in CASES
    CASES[name] = (verb, path, sent, status)


for word in NUMBERS:
    case(f"campaign {word[:20]}", "GET", f"{P}/campaigns/{word}", {})
    case(f"campaignID {word[:20]}", "GET", f"{P}/campaignitems", {"campaignID": word})
    case(f"pageSize {word[:20]}", "GET", f"{P}/organizations", {"pageSize": word})
for word in NOWHERE:
    case(f"campaign that is nowhere {word[:20]}", "GET", f"{P}/campaigns/{word}", {}, 404)
    case(f"organization {word[:20]}", "GET", f"{P}/organizations/{word}", {}, 404)
    case(f"organizationID {word[:20]}", "GET", f"{P}/campaigns", {"organizationID": word}, 404)
    case(f"webhook {word[:20]}", "DELETE", f"v3/api/webhooks/{word}", {}, 404)
for word in ("0", "-1", "101", str(10**9), str(10**18)):
    case(f"pageSize {word}", "GET", f"{P}/organizations", {"pageSize": word})
for word in ("0", "-1", str(10**18)):
    case(f"pageIndex {word}", "GET", f"{P}/organizations", {"pageIndex": word})
for word in DAYS:
    case(f"startDate {word}", "GET", f"{P}/organizations", {"startDate": word})
    case(f"endDate {word}", "GET", "v1/api/transactions", {"endDate": word})
case("days in the wrong order", "GET", f"{P}/organizations",
     {"startDate": "2024-02-02", "endDate": "2024-02-01"})  # fmt: skip
case("all days there are", "GET", f"{P}/organizations",
     {"startDate": "0001-01-01", "endDate": "9999-12-31"}, 200)  # fmt: skip
for word in ("pk", "-", "--id", "id,name", "organization__partner", "id; drop", "name__x", "?"):
    case(f"sortBy {word}", "GET", "v1/api/campaigns", {"sortBy": word})
for name in ("status", "campaignType", "includeDonationPages"):
    for word in ("nothing", "Started,Ended", "'; --", "x" * 4000):
        case(f"{name} {word[:12]}", "GET", "v1/api/campaigns", {name: word})
for name, text in TEXTS.items():
    case(f"Name: {name}", "POST", f"{P}/addcustomorg", {"Name": text, "Country": "US"})
    case(f"Country: {name}", "POST", f"{P}/addcustomorg", {"Name": "A", "Country": text})
    case(f"EIN: {name}", "POST", f"{P}/addcustomorg",
         {"Name": "A", "Country": "US", "EIN": text}, 200 if name == "spaces" else 400)  # fmt: skip
    case(f"e-mail: {name}", "POST", f"{P}/addorguser", {"Email": text, "own": 1})
for word in ("ZZ", "USA", "1", "U"):
    case(f"Country {word}", "POST", f"{P}/addcustomorg", {"Name": "A", "Country": word})
case("no Name", "POST", f"{P}/addcustomorg", {"Country": "US"})
case("no Country", "POST", f"{P}/addcustomorg", {"Name": "A"})
for word in ("maybe", "2", "on", "null"):
    case(f"501c {word}", "POST", f"{P}/addcustomorg",
         {"Name": "A", "Country": "US", "501c": word})  # fmt: skip
for word in ("12345678", "1234567890", "12-34567-8", "abcdefghi", "１２３４５６７８９"):
    case(f"EIN {word}", "POST", f"{P}/addcustomorg", {"Name": "A", "Country": "US", "EIN": word})
for word in ("Owner", "owner", "admin", "Administrator,Staff", "1"):
    case(f"Role {word}", "POST", f"{P}/addorguser",
         {"Email": "a@example.org", "Role": word, "own": 1})  # fmt: skip
for word in ("a@b", "a@example.org\r\nBcc: b@example.org", "@example.org", "a b@example.org",
             "x" * 250 + "@example.org"):  # fmt: skip
    case(f"e-mail {word[:30]!r}", "POST", f"{P}/addorguser", {"Email": word, "own": 1})
for verb, name in (("POST", "approvecustomorg"), ("DELETE", "deletecustomorg"),
                   ("DELETE", "deleteorguser"), ("POST", "addorguser"),
                   ("POST", "setonbehalfaccount"), ("POST", "generateorgcredentials")):  # fmt: skip
    case(f"{name} of nothing", verb, f"{P}/{name}", {})
    case(f"{name} of two", verb, f"{P}/{name}",
         b"organizationID=1&OrganizationId=2&Email=a%40example.org")  # fmt: skip
for word in ("http://example.com/", "https://127.0.0.1/", "ftp://a", "javascript:1", "x",
             "https://user@example.com/", "https://[::1]/", "https://" + "x" * 600):  # fmt: skip
    case(f"Url {word[:30]}", "POST", "v3/api/webhooks", {"Event": "CampaignEnds", "Url": word})
for word in ("", "tile.sold", "Everything", "TransactionMade,CampaignEnds"):
    case(f"Event {word}", "POST", "v3/api/webhooks",
         {"Event": word, "Url": "https://example.com/"})  # fmt: skip
case("too much", "POST", f"{P}/addcustomorg", b"Name=" + b"x" * 70_000)
case("ten megabytes", "POST", f"{P}/addcustomorg", b" " * 10_000_000)
case("too many fields", "POST", f"{P}/addcustomorg", b"a=1&" * 200)
case("no text", "POST", f"{P}/addcustomorg", b"Name=%ff%fe&Country=US")
case("UTF-16", "POST", f"{P}/addcustomorg", "Name=A&Country=US".encode("utf-16"))
case("a query on a DELETE", "DELETE", f"{P}/deletecustomorg?OrganizationID=abc", b"")


@pytest.mark.parametrize("name", CASES)
def test_refused(name: str, wire: Wire, world: World, record_property: Any) -> None:
    verb, path, sent, status = CASES[name]
    if isinstance(sent, dict) and sent.get("own"):
        made = wire.good("POST", f"{P}/addcustomorg", {"Name": "A", "Country": "US"}, by="partner")
        sent = sent | {"OrganizationID": made["Id"]}
    before = [model.objects.count() for model in ROWS]
    where: Sent = {"query": sent} if verb == "GET" else {"body": sent}
    began = time.perf_counter()
    answer = wire.call(verb, path, by="partner" if P in path else "school", **where)
    seconds = time.perf_counter() - began
    record_property(tally.KEY, ["rallyup/test_bad_input.py", name, answer.status_code, seconds])
    assert answer.status_code == status, answer.content[:300]
    assert seconds < 10
    if status >= 400:
        envelope(answer)
        assert [model.objects.count() for model in ROWS] == before


@pytest.mark.parametrize(
    ("kind", "headers"),
    [("multipart/form-data; boundary=x", {}), ("application/json", {}),
     ("text/plain; charset=utf-7", {}), ("application/x-www-form-urlencoded",
      {"Content_Encoding": "gzip"})],
)  # fmt: skip
def test_bodies_of_other_kinds(kind: str, headers: dict[str, str], wire: Wire) -> None:
    body = gzip.compress(b"Name=A&Country=US") if headers else b"Name=A&Country=US"
    wire.refused("POST", f"{P}/addcustomorg", 400, body, by="partner", kind=kind, **headers)


@pytest.mark.parametrize(
    "body", [b"[1]", b'"x"', b'{"Name": {"a": 1}}', b'{"Name": "A", "Name": "B"}', b"[" * 70_000,
             b'{"Name": "\\ud800", "Country": "US"}', b'{"Name": NaN}'],
)  # fmt: skip
def test_json_that_is_no_flat_object(body: bytes, wire: Wire) -> None:
    path = f"{P}/addcustomorg"
    wire.refused("POST", path, 400, body, by="partner", kind="application/json")


def test_addresses_nobody_could_read(wire: Wire) -> None:
    for path in ("v1/api/campaigns/%00", f"v1/api/campaigns?x={'y' * 9000}", "v1/" + "x" * 9000):
        answer = wire.call("GET", path)
        assert answer.status_code in {400, 404}, path
        envelope(answer)


def test_unknown_names_are_let_be_and_the_key_has_bounds(wire: Wire) -> None:
    wire.get("v1/api/campaigns", query="nothing=1&pk__in=2&_connector=OR")
    wire.refused("POST", f"{P}/addcustomorg", 400, {"Name": "A", "Country": "US"}, by="partner",
                 Idempotency_Key="x" * 256)  # fmt: skip


@pytest.mark.django_db(databases=["default", "cache"])
def test_too_many_calls(wire: Wire, settings: Any) -> None:
    settings.RALLY_LIMITS = True
    settings.RALLY_RATES = settings.RALLY_RATES | {"api": (3, 60), "api_refused": (3, 60)}
    for by in ("school", "partner"):
        path = "v1/api/organization" if by == "school" else f"{P}/organizations"
        told = [wire.call("GET", path, by=by) for _ in range(5)]
        assert [one.status_code for one in told] == [200] * 3 + [429] * 2
        assert int(told[-1]["Retry-After"]) > 0
        envelope(told[-1])
    guesses = [wire.call("GET", "v1/api/organization", by="", Authorization="Bearer rlk_x")
               for _ in range(5)]  # fmt: skip
    assert [one.status_code for one in guesses] == [401] * 3 + [429] * 2
