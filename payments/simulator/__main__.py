"""Start the simulator: ``python -m payments.simulator --help``."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import threading
import time
from collections.abc import Mapping, Sequence

from payments.simulator import control, options, sessions, tls
from payments.simulator.server import Server
from payments.simulator.simulator import Simulator


def main(argv: Sequence[str], environ: Mapping[str, str]) -> int:
    if environ.get("STRIPE_SECRET_KEY", "").startswith("sk_live"):
        return _refuse("The simulator refuses to start beside a live Stripe key.")
    chosen = options.read(argv, environ)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    _follow_parent(environ.get("RALLY_PARENT_PID", ""), stop)
    try:
        secure = tls.serving(chosen.tls_cert, chosen.tls_key)
        server = Server((chosen.host, chosen.port), tls=secure)
    except OSError as problem:
        why = problem.strerror or problem
        return _refuse(f"The simulator can't listen on {chosen.host}:{chosen.port}: {why}.")
    try:
        simulator = Simulator(chosen)
    except (OSError, sqlite3.Error) as problem:
        return _refuse(f"The simulator can't use its file {chosen.db}: {problem}.")
    _serve(server, simulator, stop)
    return 0


def _serve(server: Server, simulator: Simulator, stop: threading.Event) -> None:
    chosen = simulator.options
    port = server.server_address[1]
    host = {"0.0.0.0": "127.0.0.1", "::": "127.0.0.1"}.get(chosen.host, chosen.host)
    secure = server.tls is not None
    simulator.base_url = chosen.public_url or f"{'https' if secure else 'http'}://{host}:{port}"
    server.simulator = simulator
    simulator.start(sessions.expire_due)
    control.announce_clock(simulator)
    threading.Thread(target=server.serve_forever, args=(0.1,), name="http", daemon=True).start()
    if chosen.port_file:
        chosen.port_file.parent.mkdir(parents=True, exist_ok=True)
        partial = chosen.port_file.with_name(chosen.port_file.name + ".new")
        partial.write_text(f"{port}\n", encoding="ascii")
        partial.replace(chosen.port_file)
    print(f"Stripe simulator ready at {simulator.base_url} (test only, no money moves)", flush=True)
    stop.wait()
    server.shutdown()
    server.server_close()
    simulator.stop()
    if chosen.port_file:
        chosen.port_file.unlink(missing_ok=True)


def _follow_parent(parent: str, stop: threading.Event) -> None:
    """End when the process that started us is gone, however it went."""
    if not parent.isdigit():
        return

    def watch() -> None:
        while os.getppid() == int(parent):
            time.sleep(0.5)
        stop.set()
        time.sleep(1)
        os._exit(0)

    threading.Thread(target=watch, name="parent", daemon=True).start()


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    code = main(sys.argv[1:], os.environ)
    sys.stdout.flush()
    # Daemon threads may still hold a socket; nothing is left to write.
    os._exit(code)
