"""`python -m bench [--json] [--quick]`: see `./run bench`."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import site
from bench.figures import Figure, over
from tests import services
from tests.site import plain_environment

ROUNDS = {"quick": 5, "usual": 50}
GIFTS = {"quick": 20_000, "usual": 1_000_000}


def child(module: str, folder: Path, *arguments: str, **settings: str) -> Any:
    """What a measuring process prints; it has a folder, and so a database, of its own."""
    var = Path(tempfile.mkdtemp(dir=folder))
    environ = plain_environment(
        RALLY_VAR=str(var), DJANGO_SETTINGS_MODULE="rally.settings", RALLY_LIMITS="off", **settings
    )
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], cwd=services.BASE, env=environ,
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def engines(folder: Path) -> Iterator[tuple[str, dict[str, str], services.Server | None]]:
    """SQLite, and PostgreSQL where its programs can be had."""
    yield "SQLite", {}, None
    try:
        services.install_wheels()
        server = services.postgres(folder)
    except services.Unavailable as why:
        print(f"Without PostgreSQL: {why}.", file=sys.stderr)
        return
    yield "PostgreSQL", {"DATABASE_URL": server.url}, server


def of_engine(
    name: str, folder: Path, settings: dict[str, str], rounds: int, gifts: int
) -> Iterator[Figure]:
    found = child("bench.counts", folder, **settings)
    most = 4 if name == "SQLite" else 2
    yield Figure(f"reserve of 3 tiles, statements, {name}", found["reserve"], at_most=most)
    for what, words in (("page", "board page"), ("json", "board JSON")):
        yield Figure(f"{words}, cold, queries, {name}", found[f"{what}_cold"], at_most=3)
        yield Figure(f"{words}, warm, queries, {name}", found[f"{what}_warm"], at_most=1)
    yield from money_of(name, folder, settings)
    yield from crowd_of(name, folder, settings)
    yield from lists_of(name, folder, settings, gifts)
    if name == "PostgreSQL":
        yield from sprocket_of(folder, settings, gifts)
        yield from rallyup_of(folder, settings, gifts)
    raced = child("bench.races", folder, str(rounds), **settings)
    about = f"200 clients, 100 tiles, {rounds} rounds, {name}"
    yield Figure(f"double sales, {about}", raced["double_sales"], at_most=0)
    yield Figure(f"errors, {about}", raced["errors"], at_most=0)
    yield Figure(f"deadlocks, {about}", raced["deadlocks"], at_most=0)
    yield Figure(f"attempts, {about}", raced["attempts"])
    yield Figure(f"wins, {about}", raced["wins"])
    yield Figure(f"conflicts (409), {about}", raced["conflicts"])
    yield Figure(f"attempts per second, {name}", raced["attempts_per_s"], "1/s")
    yield Figure(f"slowest of a hundred, {name}", raced["p99_ms"], "ms")


def crowd_of(name: str, folder: Path, settings: dict[str, str]) -> Iterator[Figure]:
    """Organizers' and staff's pages at 100,000 gifts of three tiles and 10,000 supporters."""
    found = child("bench.crowd", folder, **settings)
    for page, one in found["pages"].items():
        yield Figure(f"{page}, crowded, queries, {name}", one["queries"], at_most=12)
        yield Figure(f"{page}, crowded, reads of all claims, {name}", len(one["scans"]))
        yield Figure(f"{page}, crowded, {name}", one["ms"], "ms")
    csv = found["csv"]
    words = f"list of {csv['lines'] - 1:,} gifts, growth, {name}"
    yield Figure(words, csv["growth_mb"], "MB", at_most=30)


def money_of(name: str, folder: Path, settings: dict[str, str]) -> Iterator[Figure]:
    """Statements of what moves money, for a goal with three more above it."""
    found = child("bench.money", folder, **settings)
    yield Figure(f"an event kept, statements, {name}", found["event"], at_most=3)
    for tiles in ("1", "100"):
        words = f"of {tiles} tile{'s' if tiles != '1' else ''}, statements, {name}"
        yield Figure(f"settlement {words}", found[tiles]["settle"], at_most=15)
        # SQLite writes one table a statement: ending claims, noting a change and posting to the
        # ledger take one more each than on PostgreSQL.
        most = 15 if name == "SQLite" else 12
        yield Figure(f"refund {words}", found[tiles]["refund"], at_most=most)


def lists_of(name: str, folder: Path, settings: dict[str, str], gifts: int) -> Iterator[Figure]:
    """The API's long lists: what they cost must not depend on where one is in them."""
    found = child("bench.lists", folder, str(gifts), **settings)
    words = f"1,000 campaigns, {name}"
    yield Figure(f"list of {words}, queries", found["campaigns_queries"], at_most=4)
    yield Figure(f"list of 10 campaigns, queries, {name}", found["few_queries"], at_most=4)
    yield Figure(f"list of {words}, memory growth", found["growth_mb"], "MB", at_most=20)
    about = f"{gifts:,} gifts, {name}"
    yield Figure(f"a page of 100 among {about}, queries", found["gifts_queries"], at_most=3)
    yield Figure(f"first page of {about}", found["first_ms"], "ms")
    yield Figure(f"last page of {about}", found["last_ms"], "ms")
    yield Figure(f"last page against first, {about}", found["ratio"], at_most=1.5)


def rallyup_of(folder: Path, settings: dict[str, str], gifts: int) -> Iterator[Figure]:
    """RallyUp's pages: a partner with an organization for each hundred gifts, one has them all."""
    organizations = gifts // 100
    found = child("bench.rallyup", folder, str(organizations), str(gifts), **settings)
    about = f"{organizations:,} organizations, {gifts:,} transactions"
    for name, one in found["pages"].items():
        most = 8 if "campaigns" in name else 12
        yield Figure(f"RallyUp, {name}, queries, {about}", one["queries"], at_most=most)
        yield Figure(f"RallyUp, {name}, {about}", one["ms"], "ms")
    first, far = (found["pages"][name]["ms"] for name in ("transactions", "transactions, far"))
    words = f"RallyUp, transactions, page {found['far']:,} of {found['size']} against page 1"
    yield Figure(words, round(far / first, 2), at_most=25)


def sprocket_of(folder: Path, settings: dict[str, str], gifts: int) -> Iterator[Figure]:
    """Sprocket's lists with all gifts in one campaign, and a user for each ten of them."""
    people = gifts // 10
    found = child("bench.sprocket", folder, str(gifts), str(people), **settings)
    about = f"{gifts:,} gifts and {people:,} users"
    for path, (few, many) in found["queries"].items():
        yield Figure(f"Sprocket, {path}, queries of 100 rows", many, at_most=10)
        yield Figure(f"Sprocket, {path}, more than of 10 rows", many - few, at_most=0)
    bad = {query: why for query, why in found["plans"].items() if why}
    for query, why in bad.items():
        print(f"Without an index: {query}: {why}", file=sys.stderr)
    words = f"Sprocket pages without an index, of {len(found['plans'])}"
    yield Figure(f"{words}, {about}", len(bad), at_most=0)
    first, cpu = found["from_first_ms"], found["json_cpu_ms"]
    yield Figure(f"Sprocket, first page of {about}", round(first, 1), "ms")
    for where in ("middle", "last"):
        ratio = round(found[f"from_{where}_ms"] / first, 2)
        yield Figure(f"Sprocket, from_id, {where} page against first", ratio, at_most=1.5)
    ratio = round(found["offset_end_ms"] / found["offset_0_ms"], 2)
    yield Figure(f"Sprocket, offset {gifts - 10:,} against 0", ratio, at_most=25)
    yield Figure("Sprocket, XML against JSON, CPU", round(found["xml_cpu_ms"] / cpu, 2), at_most=2)
    yield Figure("Sprocket, batch of 100, statements for each", found["batch"], at_most=15)
    for path, ms in found["sorted_ms"].items():
        yield Figure(f"Sprocket, {path}, {about}", round(ms, 1), "ms")


def measured(rounds: int, gifts: int) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="rally-bench-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        yield from site.measure(folder)
        for name, settings, server in engines(folder):
            try:
                yield from of_engine(name, folder, settings, rounds, gifts)
            finally:
                if server is not None:
                    server.stop()


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON alone")
    parser.add_argument("--quick", action="store_true", help="5 rounds of the race, not 50")
    chosen = parser.parse_args()
    figures = []
    size = "quick" if chosen.quick else "usual"
    for figure in measured(ROUNDS[size], GIFTS[size]):
        figures.append(figure)
        print(figure, file=sys.stderr if chosen.json else sys.stdout, flush=True)
    failed = over(figures)
    if chosen.json:
        document = {"ok": not failed, "figures": [figure.as_json() for figure in figures]}
        print(json.dumps(document, indent=2))
    elif failed:
        print(f"Over the limit: {len(failed)}.")
    return 1 if failed else 0


if __name__ == "__main__":
    os.environ.setdefault("NO_PROXY", "127.0.0.1")
    sys.exit(main())
