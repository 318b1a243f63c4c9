"""`python -m bench.races ROUNDS`: 200 clients fight for 100 tiles, round after round.

Prints JSON alone. Each client asks for one to three tiles of the board, all at the same moment,
from eight processes.
"""

import io
import json
import os
import random
import sys
import time
from pathlib import Path

import django

django.setup()

from django.core.management import call_command
from django.db import connections

from bench import boards
from boards.models import Board, Claim
from tests.races.crew import Crew
from tests.races.world import deadlocks, live_twice

CLIENTS, TILES = 200, 100


def main(rounds: int) -> None:
    call_command("migrate", verbosity=0, interactive=False)
    call_command("demo", stdout=io.StringIO())
    made = [
        Board.objects.get(public_id=boards.build(f"race{number}", TILES)).pk
        for number in range(rounds)
    ]
    before = deadlocks()
    connections.close_all()
    crew = Crew({"RALLY_LIMITS": "off"}, Path(os.environ["RALLY_VAR"], "crew.log"))
    chance, wins, refused, errors = random.Random(20), 0, 0, 0
    times: list[float] = []
    doubled, seconds = 0, 0.0
    for board in made:
        jobs = [
            {"board": board, "numbers": chance.sample(range(1, TILES + 1), chance.randint(1, 3))}
            for _ in range(CLIENTS)
        ]
        began = time.perf_counter()
        race = crew.play("reserve", jobs)
        seconds += time.perf_counter() - began
        told = sum(len(win["numbers"]) for win in race.wins)
        doubled += len(race.doubled())
        doubled += abs(told - Claim.objects.filter(board=board, ended_at=None).count())
        wins, refused = wins + len(race.wins), refused + race.refusals["tiles_taken"]
        errors += len(race.results) - len(race.wins) - race.refusals["tiles_taken"]
        times += race.times
    crew.stop()
    times.sort()
    print(
        json.dumps(
            {
                "attempts": len(times), "wins": wins, "conflicts": refused, "errors": errors,
                "double_sales": doubled + len(live_twice()), "deadlocks": deadlocks() - before,
                "attempts_per_s": round(len(times) / seconds),
                "p99_ms": round(times[int(len(times) * 0.99)]),
            }
        )
    )  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]))
