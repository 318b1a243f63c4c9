"""Processes that start at the same moment, and what came of it."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.services import BASE, die_with_parent

Job = dict[str, Any]


@dataclass
class Race:
    """The results of a race, in the order of its jobs."""

    results: list[dict[str, Any]]

    @property
    def wins(self) -> list[Any]:
        return [result["answer"] for result in self.results if "answer" in result]

    @property
    def refusals(self) -> Counter[str]:
        return Counter(result["refused"] for result in self.results if "refused" in result)

    @property
    def errors(self) -> list[str]:
        return [result["error"] for result in self.results if "error" in result]

    @property
    def times(self) -> list[float]:
        """Milliseconds of each job."""
        return sorted(result["ms"] for result in self.results)

    def doubled(self) -> list[Any]:
        """Tiles that two clients were told are theirs."""
        told = Counter(
            (result["board"], number)
            for result in self.results
            if "answer" in result
            for number in result["answer"]["numbers"]
        )
        return [tile for tile, count in told.items() if count > 1]


class Crew:
    """`processes` of `threads` clients each, ready to go."""

    def __init__(
        self, environ: Mapping[str, str], log: Path, processes: int = 8, threads: int = 5
    ) -> None:
        self.processes = []
        for _ in range(processes):
            with log.open("ab") as errors:
                self.processes.append(
                    subprocess.Popen(
                        [sys.executable, "-m", "tests.races.player", str(threads)],
                        cwd=BASE,
                        env={**os.environ, **environ},
                        stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE,
                        stderr=errors,
                        text=True,
                        preexec_fn=die_with_parent,
                    )
                )
        for process in self.processes:
            self._hear(process, "ready", log)

    def _hear(self, process: subprocess.Popen[str], word: str, log: Path | None = None) -> str:
        assert process.stdout is not None
        line = process.stdout.readline().strip()
        if word and line != word:
            raise AssertionError(f"{word} was not said: {log.read_text() if log else line}")
        return line

    def _tell(self, line: str) -> None:
        for process in self.processes:
            self._say(process, line)

    def _say(self, process: subprocess.Popen[str], line: str) -> None:
        assert process.stdin is not None
        process.stdin.write(line + "\n")
        process.stdin.flush()

    def play(
        self, act: str, jobs: list[Job], *, without: str = "", pause: float = 0, stripe: str = ""
    ) -> Race:
        """Deal the jobs out, wait until everybody is set, and start them together."""
        count = len(self.processes)
        for number, process in enumerate(self.processes):
            order = {
                "act": act, "jobs": jobs[number::count], "without": without, "pause": pause,
                "stripe": stripe,
            }  # fmt: skip
            self._say(process, json.dumps(order))
        for process in self.processes:
            self._hear(process, "set")
        self._tell("go")
        results: list[dict[str, Any]] = [{}] * len(jobs)
        for number, process in enumerate(self.processes):
            results[number::count] = json.loads(self._hear(process, ""))
        return Race([r | {"board": j.get("board")} for r, j in zip(results, jobs, strict=True)])

    def stop(self) -> None:
        for process in self.processes:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(10)
