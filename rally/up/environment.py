"""What the environment of our own processes holds beyond the person's, and the simulator's."""

import random
import socket
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from rally.up import lifeline
from rally.up.place import Place, bind
from rally.up.refusal import Refusal

BELOW_BORROWED = (20_000, 32_000)


def simulated(environ: Mapping[str, str]) -> bool:
    """Whether payments go to the simulator: no Stripe key is given and nothing is at stake."""
    name = "STRIPE_SECRET_KEY"
    key = environ[name] if name in environ else environ.get(f"{name}_FILE")
    return not key and environ.get("RALLY_ENV", "local") != "production"


def remembered_port(var: Path) -> int:
    """The simulator's port of the last start, 0 when there was none."""
    try:
        return int((var / "simulator-port").read_text())
    except (OSError, ValueError):
        return 0


def simulator_port(place: Place) -> int:
    """A free port for the simulator: the last one if possible, so that its pages keep their
    addresses over a restart, else any, so that two installations never collide.

    Chosen below the ports that systems lend to outgoing connections: one of those could be
    taken again before the simulator listens on it.
    """
    tries = [random.randrange(*BELOW_BORROWED) for _ in range(50)]
    for port in [remembered_port(place.var) or tries[0], *tries]:
        try:
            bind(place.host, port).close()
        except (OSError, OverflowError):
            continue
        (place.var / "simulator-port").write_text(f"{port}\n")
        return port
    raise Refusal(f"No free port was found on {place.host} for the payment simulator.")


def complete(place: Place, environ: MutableMapping[str, str], simulator: int) -> None:
    """Add what every process of ours needs to know to `environ`; `simulator` 0: there is none."""
    environ["HOST"], environ["PORT"] = place.host, str(place.port)
    environ["RALLY_VAR"] = str(place.var)
    environ.update(place.pair.environ() if place.pair else {})
    environ["RALLY_UP_STATE"] = str(place.state)
    environ.setdefault("DJANGO_SETTINGS_MODULE", "rally.settings")
    environ.setdefault("RALLY_BASE_URL", place.url())
    environ.pop("RALLY_SIMULATOR_URL", None)
    if simulator:
        # Our own calls never leave this machine, and need no certificate for it.
        environ["RALLY_SIMULATOR_URL"] = replace(place, pair=None).url(simulator)
    hosts = [*environ.get("RALLY_HOSTS", "").split(","), *hosts_of(place)]
    environ["RALLY_HOSTS"] = ",".join(dict.fromkeys(filter(None, hosts)))


def hosts_of(place: Place) -> list[str]:
    """The names under which we may be asked for, besides those the person gave."""
    near = f"[{place.near}]" if ":" in place.near else place.near
    return [near, *addresses(), socket.gethostname()] if place.everywhere else [near]


def addresses() -> list[str]:
    """This machine's IPv4 addresses, the one towards the network first; loopback left out."""
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe, suppress(OSError):
        probe.connect(("192.0.2.1", 9))  # a documentation address: nothing is sent
        found.append(probe.getsockname()[0])
    with suppress(OSError):
        found += socket.gethostbyname_ex(socket.gethostname())[2]
    return [address for address in dict.fromkeys(found) if not address.startswith("127.")]


def for_simulator(place: Place, port: int, secret: str) -> dict[str, str]:
    """The simulator's own settings; it knows nothing of ours.

    Its payment pages carry an address every browser that reaches us can reach too.
    """
    seen_from = addresses()[:1] if place.everywhere else []
    return {
        "RALLY_SIMULATOR_TLS_CERT": str(place.pair.cert) if place.pair else "",
        "RALLY_SIMULATOR_TLS_KEY": str(place.pair.key) if place.pair else "",
        "RALLY_SIMULATOR_HOST": place.host,
        "RALLY_SIMULATOR_PORT": str(port),
        "RALLY_SIMULATOR_DB": str(place.var / "simulator.sqlite3"),
        "RALLY_SIMULATOR_PUBLIC_URL": place.url(port, *seen_from),
        "RALLY_SIMULATOR_WEBHOOK_URL": place.url() + "/api/stripe/webhook",
        "RALLY_SIMULATOR_WEBHOOK_SECRET": secret,
        "RALLY_SIMULATOR_PORT_FILE": str(place.var / "simulator.port"),
    }


def child(environ: Mapping[str, str], parent: int) -> dict[str, str]:
    """A child's environment: ours, with the process it has to hold on to."""
    return {**environ, lifeline.VARIABLE: str(parent)}
