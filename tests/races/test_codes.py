"""Programs that come all at once: one code leaves one pair, a static refresh token serves all."""

from typing import Any

import pytest

from accounts import bearers
from accounts.models import ApiAccessToken, ApiRefreshToken
from tests.oauth.conftest import REDIRECT, World

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cache"])
ROUNDS = 10


def live() -> tuple[int, int]:
    access = ApiAccessToken.objects.filter(revoked_at=None).count()
    return access, ApiRefreshToken.objects.filter(revoked=None).count()


@pytest.mark.parametrize("profile", ["sprocket", "modern"])
def test_four_redemptions_of_one_code_leave_one_pair(crew: Any, tell: Any, profile: str) -> None:
    world = World(profile)
    wins = 0
    for turn in range(1, ROUNDS + 1):
        job = {"client": world.client.pk, "code": world.code(), "redirect_uri": REDIRECT}
        race = crew.play("redeem", [job] * 4)
        assert not race.errors
        assert len(race.wins) == 1 and race.refusals == {"invalid_grant": 3}
        wins += len(race.wins)
        assert ApiAccessToken.objects.count() == ApiRefreshToken.objects.count() == turn
        assert bearers.bearer(race.wins[0])
    tell(rounds=ROUNDS, redemptions=4 * ROUNDS, pairs=wins, alive=live()[0])


def test_many_refreshes_of_a_static_token_all_succeed(crew: Any, tell: Any) -> None:
    world = World()
    job = {"client": world.client.pk, "token": world.issue().refresh_token}
    race = crew.play("renew", [job] * 16)
    assert not race.errors and len(set(race.wins)) == 16
    for token in race.wins:
        assert bearers.bearer(token).user == world.user
    tell(refreshes=16, alive=live()[0])


def test_a_rotating_token_used_twice_at_once_serves_at_most_one(crew: Any, tell: Any) -> None:
    world = World("modern")
    job = {"client": world.client.pk, "token": world.issue().refresh_token}
    race = crew.play("renew", [job] * 4)
    assert not race.errors and len(race.wins) == 1
    assert live()[1] == 0
    tell(refreshes=4, wins=len(race.wins), alive_refresh_tokens=live()[1])
