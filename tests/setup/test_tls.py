"""With a certificate everything speaks https and says so; without one, http as before."""

import datetime as dt
import json
import re
import socket
import ssl
import stat
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from rally import devcert
from tests import prepared
from tests.api.rallyup import flow
from tests.api.rallyup.gem import Gem
from tests.setup.test_refusals import refused
from tests.site import Site, start_site, until

pytestmark = pytest.mark.xdist_group("up")
NOW = dt.datetime.now(dt.UTC)


def pair(files: devcert.Files) -> dict[str, str]:
    return {"TLS_CERT": str(files.cert), "TLS_KEY": str(files.key)}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> devcert.Files:
    return devcert.make(tmp_path_factory.mktemp("tls"), ["localhost", "127.0.0.1"], NOW)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, files: devcert.Files) -> Iterator[Site]:
    var = tmp_path_factory.mktemp("secure") / "var"
    found = start_site(var, **prepared.furnished(var), **pair(files), RALLY_LIMITS="off")
    yield found
    found.stop()


def said(site: Site, request: bytes, trust: ssl.SSLContext) -> bytes:
    """What the site answers to exactly these bytes, over TLS."""
    port = int(site.base_url.rpartition(":")[2])
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
        trust.wrap_socket(plain, server_hostname="localhost") as line,
    ):
        line.sendall(request)
        return b"".join(iter(lambda: line.recv(65_536), b""))


def json_of(answer: bytes) -> dict:
    head, _, body = answer.partition(b"\r\n\r\n")
    if b"chunked" in head.lower():
        body = body.partition(b"\r\n")[2].rpartition(b"\r\n0\r\n")[0]
    return json.loads(body)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_raw_client_that_trusts_the_authority_is_answered(
    site: Site, files: devcert.Files, version: ssl.TLSVersion
) -> None:
    trust = ssl.create_default_context(cafile=str(files.authority))
    trust.minimum_version = trust.maximum_version = version
    answer = said(
        site, b"GET /api/healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", trust
    )
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert json_of(answer)["ok"] is True


def test_who_does_not_trust_it_is_not_led_on(site: Site) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        said(site, b"", ssl.create_default_context())


def test_plain_http_gets_no_page(site: Site) -> None:
    port = int(site.base_url.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
        plain.sendall(b"GET / HTTP/1.0\r\n\r\n")
        try:
            assert not plain.recv(100).startswith(b"HTTP")
        except ConnectionResetError:
            return


def test_every_printed_address_says_https(site: Site) -> None:
    assert "http://" not in site.output
    assert f"{site.base_url}/b/board123/" in site.output
    assert site.base_url.startswith("https://")
    told = site.manage("demo", "--json")
    urls = re.findall(r"https?://[^\"]+", told)
    loopback_client = "http://127.0.0.1:8765/"  # the redirect of the demo's sample program
    assert [url for url in urls if not url.startswith(("https://", loopback_client))] == []
    assert json.loads(told)["stripe"]["simulator_url"].startswith("https://")


def test_a_running_site_tells_commands_without_the_variables(site: Site) -> None:
    bare = {name: value for name, value in site.environ.items() if not name.startswith("TLS_")}
    again = Site(site.base_url, site.var, bare, site.process)
    assert json.loads(again.manage("demo", "--json"))["base_url"] == site.base_url


def test_from_picking_to_paid_over_tls(site: Site, files: devcert.Files) -> None:
    trust = ssl.create_default_context(cafile=str(files.authority))
    demo = site.demo

    def post(path: str, body: dict, host: str = "localhost") -> dict:
        text = json.dumps(body).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(text)}\r\nConnection: close\r\n\r\n"
        )
        return json_of(said(site, head.encode() + text, trust))

    board = demo["board"]["id"]
    supporter = {"name": "Sample Supporter", "email": f"{uuid.uuid4().hex}@example.com"}
    order = post("/api/checkout/session", {
        "boardId": board, "slotIds": [7], "supporter": supporter, "ownerToken": str(uuid.uuid4()),
    })  # fmt: skip
    assert order["url"].startswith("https://")
    pay_page = Site(order["url"].rpartition("/c/pay/")[0], site.var, {}, site.process, site.trust)
    assert pay_page.get(order["url"].removeprefix(pay_page.base_url))[0] == 200
    session = re.search(r"cs_test_\w+", order["url"])[0]
    paid = Site(demo["stripe"]["simulator_url"], site.var, {}, site.process, site.trust)
    text = json.dumps({"outcome": "paid"}).encode()
    with (
        socket.create_connection(("127.0.0.1", int(paid.base_url.rpartition(":")[2]))) as plain,
        trust.wrap_socket(plain, server_hostname="127.0.0.1") as line,
    ):
        head = f"POST /_sim/sessions/{session}/complete HTTP/1.1\r\nHost: x\r\n"
        line.sendall(f"{head}Content-Length: {len(text)}\r\n\r\n".encode() + text)
        assert b" 200 " in line.recv(1_000)

    def told() -> bool:
        """By the simulator's webhook, which reaches us over TLS, too."""
        slots = json.loads(site.get(f"/api/boards/{board}")[1])["board"]["slots"]
        return slots[6]["status"] == "sold"

    until(told, 10, "tile 7 sold")


def test_cookies_are_for_https_only(site: Site, files: devcert.Files) -> None:
    trust = ssl.create_default_context(cafile=str(files.authority))
    page = said(
        site, b"GET /accounts/login/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        trust,
    )  # fmt: skip
    cookies = [line for line in page.split(b"\r\n") if line.lower().startswith(b"set-cookie:")]
    assert cookies and all(b"secure" in line.lower() for line in cookies)


def test_keys_are_for_their_owner_alone_and_the_authority_stays(tmp_path: Path) -> None:
    first = devcert.make(tmp_path / "tls", ["localhost"], NOW)
    before = first.authority.read_bytes(), first.cert.read_bytes()
    again = devcert.make(tmp_path / "tls", ["localhost", "rally.example.com"], NOW)
    assert again.authority.read_bytes() == before[0]
    assert again.cert.read_bytes() != before[1]
    for path in (again.key, again.authority_key):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "tls").stat().st_mode) == 0o700


def test_the_command_makes_files_that_fit_and_says_how_to_use_them(
    site: Site, tmp_path: Path
) -> None:
    told = site.manage("devcert", "rally.example.com")
    made = devcert.Files(site.var / "tls")
    assert f"TLS_CERT={made.cert} TLS_KEY={made.key} ./run" in told
    assert "rally.example.com" in told
    ssl.create_default_context(cafile=str(made.authority)).load_cert_chain(made.cert, made.key)


@pytest.mark.parametrize("lacking", ["TLS_CERT", "TLS_KEY"])
def test_half_a_pair_is_refused(lacking: str, files: devcert.Files, tmp_path: Path) -> None:
    half = {name: path for name, path in pair(files).items() if name != lacking}
    assert f"{lacking} isn't" in refused(RALLY_VAR=str(tmp_path / "var"), **half)


@pytest.mark.parametrize("lacking", ["TLS_CERT", "TLS_KEY"])
def test_a_file_that_is_not_there_is_named(
    lacking: str, files: devcert.Files, tmp_path: Path
) -> None:
    gone = str(tmp_path / "gone.pem")
    sentence = refused(RALLY_VAR=str(tmp_path / "var"), **pair(files) | {lacking: gone})
    assert lacking in sentence and gone in sentence


def test_a_key_of_another_certificate_is_refused(files: devcert.Files, tmp_path: Path) -> None:
    other = devcert.make(tmp_path / "other", ["localhost"], NOW)
    both = {"TLS_CERT": str(files.cert), "TLS_KEY": str(other.key)}
    assert "is not the key of" in refused(RALLY_VAR=str(tmp_path / "var"), **both)


def test_files_of_something_else_or_locked_ones_are_refused(
    files: devcert.Files, tmp_path: Path
) -> None:
    (tmp_path / "text.pem").write_text("Nothing of the kind.")
    var, text = str(tmp_path / "var"), str(tmp_path / "text.pem")
    assert "PEM" in refused(RALLY_VAR=var, TLS_CERT=text, TLS_KEY=str(files.key))
    assert "PEM" in refused(RALLY_VAR=var, TLS_CERT=str(files.cert), TLS_KEY=text)
    key = serialization.load_pem_private_key(files.key.read_bytes(), None)
    locked = tmp_path / "locked.pem"
    locked.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"sesame"),
        )
    )
    assert "password" in refused(RALLY_VAR=var, TLS_CERT=str(files.cert), TLS_KEY=str(locked))


def test_a_published_client_runs_over_tls(site: Site, files: devcert.Files) -> None:
    trust = ssl.create_default_context(cafile=str(files.authority))
    demo = site.demo["rallyup"]
    domain = f"localhost:{site.base_url.rpartition(':')[2]}"
    gem = Gem(domain, demo["partner_username"], demo["partner_password"], trust)
    flow.run(gem, demo)
    page = gem.call("GET", "/v1/partnerapi/campaigns", organizationID=demo["organization_id"])
    urls = [one["Url"] for one in page["Items"]]
    assert urls and all(url.startswith("https://") for url in urls)
