"""Many processes want the same tiles: each tile goes to one, or to nobody."""

import random

import pytest

from boards import tokens
from boards.models import Board, Claim, Hold
from rally.kit import clock
from tests.factories import make_board, make_hold
from tests.races.crew import Crew
from tests.races.world import assert_holds_agree_with_claims, deadlocks, live_twice

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("races"),
]
ROUNDS, CLIENTS, TRIES = 3, 40, 4


def wishes(board: Board, count: int, seed: int) -> list[dict]:
    """Each wish is one to three tiles of the board."""
    chance = random.Random(seed)
    numbers = range(board.min_num, board.max_num + 1)
    return [
        {"board": board.pk, "numbers": chance.sample(numbers, chance.randint(1, 3))}
        for _ in range(count)
    ]


def test_no_tile_of_a_hundred_is_sold_twice(crew: Crew, tell) -> None:
    before = deadlocks()
    attempts = wins = refused = 0
    for round_ in range(ROUNDS):
        board = make_board(100)
        race = crew.play("reserve", wishes(board, CLIENTS * TRIES, seed=round_))
        assert race.errors == []
        assert race.doubled() == live_twice() == []
        assert set(race.refusals) <= {"tiles_taken"}
        told = sum(len(win["numbers"]) for win in race.wins)
        assert told == Claim.objects.filter(board=board, ended_at=None).count()
        attempts, wins = attempts + len(race.results), wins + len(race.wins)
        refused += race.refusals["tiles_taken"]
        board.refresh_from_db()
        assert board.version == 1 + len(race.wins), "one version for each change"
    assert wins + refused == attempts
    broken = deadlocks() - before
    tell(attempts=attempts, wins=wins, conflicts_409=refused, double_sales=0, deadlocks=broken)
    assert broken == 0
    assert_holds_agree_with_claims()


def test_the_same_tiles_in_opposite_order_do_not_lock_each_other_out(crew: Crew, tell) -> None:
    before, board = deadlocks(), make_board(40)
    up = list(range(1, 21))
    orders = [up, up[::-1], [*up[5:], 21, 22], [22, 21, *up[::-1]], up[::2], up[1::2][::-1]]
    race = crew.play("reserve", [{"board": board.pk, "numbers": wish} for wish in orders * 20])
    assert race.errors == []
    assert live_twice() == []
    assert 1 <= len(race.wins) <= 2
    broken = deadlocks() - before
    tell(attempts=120, wins=len(race.wins), double_sales=0, deadlocks=broken)
    assert broken == 0


def test_one_token_in_many_processes_has_one_hold(crew: Crew) -> None:
    board, token = make_board(40), tokens.new()
    jobs = [{"board": board.pk, "numbers": [n], "token": token} for n in range(1, 41)]
    race = crew.play("reserve", jobs)
    assert race.errors == []
    assert Hold.objects.count() == 1
    assert len(race.wins) == Claim.objects.filter(ended_at=None).count()
    assert len({win["hold"] for win in race.wins}) == 1


def test_a_sweep_at_the_same_time_takes_nothing_from_anybody(crew: Crew, tell) -> None:
    before, board = deadlocks(), make_board(100)
    lapsed = [make_hold(board, [n, n + 1, n + 2]) for n in range(1, 99, 3)]
    Hold.objects.update(expires_at=clock.now())
    jobs = [{"act": "reserve", **wish} for wish in wishes(board, 120, seed=7)]
    jobs += [{"act": "sweep", "times": 3} for _ in range(8)]
    random.Random(7).shuffle(jobs)
    race = crew.play("any_of", jobs)
    assert race.errors == []
    assert live_twice() == []
    assert Hold.objects.filter(pk__in=[h.pk for h in lapsed]).exclude(phase="expired").count() == 0
    wins = [win for win in race.wins if isinstance(win, dict)]
    told = sum(len(win["numbers"]) for win in wins)
    assert told == Claim.objects.filter(ended_at=None).count()
    assert_holds_agree_with_claims()
    broken = deadlocks() - before
    tell(attempts=120, wins=len(wins), double_sales=0, deadlocks=broken)


def test_releases_and_reserves_of_one_s_own_stay_consistent(crew: Crew) -> None:
    board = make_board(30)
    owners = [tokens.new() for _ in range(6)]
    for number, token in enumerate(owners):
        make_hold(board, range(number * 5 + 1, number * 5 + 6), token)
    chance, jobs = random.Random(3), []
    for _ in range(120):
        own = {"token": chance.choice(owners), "numbers": chance.sample(range(1, 31), 2)}
        jobs.append({"act": chance.choice(["release", "reserve"]), "board": board.pk, **own})
    race = crew.play("any_of", jobs)
    assert race.errors == []
    assert live_twice() == []
    assert set(race.refusals) <= {"tiles_taken", "hold_limit", "hold_expired"}
    assert_holds_agree_with_claims()
