"""The process: start, stop, restart, refusals, bounds, memory."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import stripe

from tests.simulator.conftest import ROOT, environment, launch


def run(*argv: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "payments.simulator", *argv],
        cwd=ROOT,
        env=environment(**env),
        capture_output=True,
        text=True,
        timeout=20,
    )


def one_sentence(text: str) -> bool:
    return text.count("\n") == 1 and "Traceback" not in text


def test_it_refuses_a_live_key(tmp_path):
    done = run("--db", str(tmp_path / "x"), STRIPE_SECRET_KEY="sk_live_abc")
    assert done.returncode == 1 and one_sentence(done.stderr)
    assert not (tmp_path / "x").exists()


def test_it_refuses_a_taken_port(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run("--db", str(tmp_path / "x"), "--port", port)
    assert done.returncode == 1 and one_sentence(done.stderr) and port in done.stderr


def test_it_refuses_an_unusable_file(tmp_path):
    done = run("--db", str(tmp_path))
    assert done.returncode == 1 and one_sentence(done.stderr)


def test_it_refuses_wrong_options():
    for argv in (["--port", "x"], ["--seed", "x"], ["--webhook-url", "ftp://x"]):
        done = run(*argv)
        assert done.returncode == 2 and "Traceback" not in done.stderr


def test_it_stops_within_a_second_and_removes_the_port_file(tmp_path):
    port_file = tmp_path / "port"
    sim = launch(tmp_path / "db", "", "--port-file", str(port_file))
    sim.create()
    assert sim.url.endswith(":" + port_file.read_text().strip())
    began = time.monotonic()
    assert sim.stop() == 0
    assert time.monotonic() - began < 1 and not port_file.exists()


def test_it_reads_its_environment(tmp_path):
    port_file = tmp_path / "port"
    process = subprocess.Popen(
        [sys.executable, "-m", "payments.simulator"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        env=environment(
            RALLY_SIMULATOR_DB=str(tmp_path / "db"), RALLY_SIMULATOR_PORT_FILE=str(port_file)
        ),
    )
    assert process.stdout is not None and b"ready" in process.stdout.readline()
    assert port_file.exists() and (tmp_path / "db").exists()
    process.terminate()
    assert process.wait(5) == 0


def test_it_ends_with_its_parent(tmp_path):
    command = (
        "import os, subprocess, sys; p = subprocess.Popen([sys.executable, '-m', "
        f"'payments.simulator', '--db', {str(tmp_path / 'db')!r}], stdout=subprocess.PIPE, "
        "env={**os.environ, 'RALLY_PARENT_PID': str(os.getpid())}); "
        "p.stdout.readline(); print(p.pid)"
    )
    done = subprocess.run(
        [sys.executable, "-c", command],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    pid = int(done.stdout)
    deadline = time.monotonic() + 3
    while _alive(pid):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _alive(pid: int) -> bool:
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False


def test_a_restart_loses_nothing(start):
    one = start()
    session = one.create({"idempotency_key": "a"})
    one.control("clock/advance", {"seconds": 100})
    one.process.kill()
    one.process.wait()
    two = start()
    assert two.get(session).amount_total == 1200
    assert two.create({"idempotency_key": "a"}).id == session.id
    assert two.control("clock", method="GET")["offset_seconds"] == 100


def test_a_seed_drives_the_ids(tmp_path):
    ids = []
    for name in ("one", "two"):
        sim = launch(tmp_path / name, "", "--seed", "7")
        ids.append([sim.create().id, sim.create().id])
        sim.stop()
    assert ids[0] == ids[1] and ids[0][0] != ids[0][1]


def test_a_seed_never_repeats_an_id_after_a_restart(start):
    one = start("", "--seed", "7")
    first = one.create().id
    one.stop()
    assert start("", "--seed", "7").create().id != first


def test_large_and_broken_requests_are_refused(sim):
    address = ("127.0.0.1", int(sim.url.rsplit(":", 1)[1]))
    for head, status in (
        (b"Content-Length: 1048577\r\n", b" 413 "),
        (b"Content-Length: x\r\n", b" 400 "),
        (b"Transfer-Encoding: chunked\r\n", b" 411 "),
        (b"Content-Length: -1\r\n", b" 400 "),
    ):
        with socket.create_connection(address, timeout=5) as line:
            line.sendall(b"POST /v1/checkout/sessions HTTP/1.1\r\nHost: x\r\n" + head + b"\r\n")
            assert status in line.recv(300)


def test_connections_are_kept_alive(sim):
    address = ("127.0.0.1", int(sim.url.rsplit(":", 1)[1]))
    with socket.create_connection(address, timeout=5) as line:
        for _ in range(3):
            line.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            assert b" 200 " in line.recv(2000)


def test_it_stays_small(start):
    sim = start()
    for _ in range(20):
        sim.pay(sim.create())
    status = Path(f"/proc/{sim.process.pid}/status").read_text()
    resident = int(status.split("VmRSS:")[1].split()[0])
    assert resident < 60 * 1024


def test_events_carry_the_version_of_the_pinned_sdk(sim, hook):
    sim.pay(sim.create())
    assert hook.wait("charge.succeeded")[0].api_version == stripe.api_version


def test_a_start_tells_an_application_that_never_heard_of_the_moved_clock(start, hook):
    one = start()
    one.control("clock/advance", {"seconds": 100})
    one.stop()
    start(hook.url)
    told = hook.wait("test_helpers.test_clock.ready")[0]
    assert told.data.object.frozen_time >= int(time.time()) + 99
