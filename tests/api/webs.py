"""Web processes beside a running site: same data, their own settings."""

import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import Popen

from tests import site as sites
from tests.services import free_port


class Web:
    """`python -m rally.up.web` on a port of its own."""

    def __init__(self, site: sites.Site, log: Path, **settings: str) -> None:
        port = free_port()
        environ = {**site.environ, "PORT": str(port), "HOST": "127.0.0.1", **settings}
        environ["DJANGO_SETTINGS_MODULE"] = "rally.settings"
        self.base_url = f"http://127.0.0.1:{port}"
        self.process: Popen[bytes] = sites.python("rally.up.web", environ, log)
        sites.until(lambda: self.call("/livez")[0] == 200, 60, f"a web process; see {log}")

    def call(
        self, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, dict[str, str]]:
        """Status and headers; 0 when nobody answers."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(
            self.base_url + path, body, {"Content-Type": "application/json", **named}
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return reply.status, dict(reply.headers)
        except urllib.error.HTTPError as problem:
            return problem.code, dict(problem.headers)
        except OSError:
            return 0, {}


def webs(site: sites.Site, folder: Path, count: int, **settings: str) -> Iterator[list[Web]]:
    """`count` web processes that share everything."""
    started: list[Web] = []
    try:
        for index in range(count):
            started.append(Web(site, folder / f"web-{index}.log", **settings))
        yield started
    finally:
        for web in started:
            sites.end(web.process)


def at_once(calls: int, call: Callable[[int], int]) -> Counter[int]:
    """Make `calls` calls at the same moment; how often each status came."""
    gate = threading.Barrier(calls)

    def one(index: int) -> int:
        gate.wait()
        return call(index)

    with ThreadPoolExecutor(calls) as pool:
        return Counter(pool.map(one, range(calls)))
