"""`./run prove [--quick] [--json] [--only PART] [--seed N]`: exit 1 if any promise is broken."""

import argparse
import json
import sys
import time
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from prove import lab, parts
from prove.report import PARTS, Report

# The lanes of a stage run beside one another: these take one core each, the others all there are,
# and how fast things come right is measured where nothing else runs.
STAGES = (
    (("machine",),), (("mutants", "crash"), ("fuzz",)), (("storm",),), (("infrastructure",),),
)  # fmt: skip
OUT = lab.BASE / "var" / "proof.json"


def main(arguments: list[str]) -> int:
    """Run the parts, stage by stage, and write the proof."""
    parser = argparse.ArgumentParser(prog="./run prove", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="within five minutes")
    parser.add_argument("--json", action="store_true", help="print the proof, nothing else")
    parser.add_argument("--only", action="append", choices=PARTS, help="this part alone")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--ci", choices=("sqlite", "postgresql"), help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.ci:
        return _ci(asked)
    report = Report(asked.seed, asked.quick)
    wanted = asked.only or PARTS
    for stage in STAGES:
        with ThreadPoolExecutor(len(stage)) as pool:
            list(pool.map(lambda lane: _run(report, lane, wanted, asked.json), stage))
    report.write(OUT)
    proof = report.as_dict()
    if asked.json:
        _print(json.dumps(proof, indent=2))
    else:
        _print(
            f"{OUT.relative_to(lab.BASE)}: " + ("; ".join(proof["broken"]) or "all promises kept")
        )
    return 0 if proof["ok"] else 1


def _run(report: Report, lane: Sequence[str], wanted: Sequence[str], is_quiet: bool) -> None:
    """The wanted parts of a lane, one after the other."""
    size = parts.QUICK if report.quick else parts.FULL
    for name in lane:
        if name not in wanted:
            continue
        began = time.monotonic()
        found = _one(name, size, report.seed)
        found["seconds"] = round(time.monotonic() - began, 1)
        report.parts[name] = found
        if not is_quiet:
            _say(name, found)


def _ci(asked: argparse.Namespace) -> int:
    """The walk of the test suite: one database, no file."""
    found = parts.machine(parts.CI, asked.seed, asked.ci)
    _print(json.dumps(found))
    return 0 if found["ok"] else 1


def _one(name: str, size: parts.Size, seed: int) -> dict[str, Any]:
    """A part that can't even run has failed."""
    try:
        return parts.ALL[name](size, seed)
    except Exception:
        return {"ok": False, "trouble": traceback.format_exc()}


def _say(name: str, part: dict[str, Any]) -> None:
    told = {key: value for key, value in part.items() if isinstance(value, int | float | str)}
    told.pop("trouble", "")
    words = ", ".join(
        f"{key} {value}" for key, value in told.items() if key not in ("ok", "seconds")
    )
    verdict = "ok" if part.get("ok") else "FAILED"
    _print(f"{name:<15} {verdict:<7} {part['seconds']:7.1f} s   {words}")
    if not part.get("ok"):
        detail = {
            k: v
            for k, v in part.items()
            if k in ("trouble", "wrong", "missed", "stuck", "runs", "failed")
        }
        _print(json.dumps(detail, indent=2)[:6000].replace("\\n", "\n"))


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
