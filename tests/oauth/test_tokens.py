"""The token endpoints: codes, refreshes, giving back, looking at."""

import base64
import datetime as dt
import hashlib

import pytest
from django.utils import timezone

from accounts import bearers, clients, codes, consents, grants
from accounts.actors import SYSTEM
from accounts.models import (
    ApiAccessToken,
    ApiClient,
    ApiConsent,
    ApiGrantCode,
    ApiRefreshToken,
    User,
)
from accounts.oauth_errors import GrantRefused, TokenExpired, TokenRevoked, TokenUnknown
from tests.factories import make_client
from tests.oauth.conftest import REDIRECT, World, basic

VERIFIER = "v" * 43
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)


def lapse(model, **change) -> None:
    past = timezone.now() - dt.timedelta(seconds=1)
    model.objects.update(**dict.fromkeys(change, past))


# Codes ----------------------------------------------------------------------------------------
def test_a_code_becomes_a_pair_of_tokens(world: World) -> None:
    answer = world.redeem(world.code())
    told = answer.json()
    assert answer.status_code == 200
    assert told.keys() == {"access_token", "refresh_token", "token_type", "expires_in", "scope"}
    assert (told["token_type"], told["expires_in"]) == ("Bearer", 1800)
    assert told["scope"] == "profile campaigns donations"
    who = bearers.bearer(told["access_token"])
    assert (who.user, who.organization, who.client) == (
        world.user, world.organization, world.client,
    )  # fmt: skip
    assert answer["Cache-Control"] == "no-store" and answer["Pragma"] == "no-cache"
    assert "Access-Control-Allow-Origin" not in answer
    row = ApiRefreshToken.objects.get()
    assert 364 < (row.expires_at - timezone.now()).days + 1 <= 365


def test_codes_are_kept_as_digests_and_live_ten_minutes(world: World) -> None:
    code = world.code()
    row = ApiGrantCode.objects.get()
    assert code not in str(ApiGrantCode.objects.values())
    assert 595 < (row.expires - timezone.now()).total_seconds() <= 600


def test_a_replay_ends_what_the_code_led_to(world: World) -> None:
    code = world.code()
    told = world.redeem(code).json()
    newer = world.refresh(told["refresh_token"]).json()["access_token"]
    again = world.redeem(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    for token in (told["access_token"], newer):
        with pytest.raises(TokenRevoked):
            bearers.bearer(token)
    assert world.refresh(told["refresh_token"]).status_code == 400


def test_a_call_that_was_under_way_beside_the_winner_is_no_replay(world: World) -> None:
    """It came before the winner had its tokens, so it gets nothing and ends nothing."""
    code = world.code()
    began = timezone.now()
    told = world.redeem(code).json()
    with pytest.raises(GrantRefused):
        codes.redeem(world.client, code, REDIRECT, began=began)
    assert bearers.bearer(told["access_token"])


@pytest.mark.parametrize("fault", ["redirect", "client", "no redirect", "verifier", "late"])
def test_a_failed_exchange_burns_the_code(world: World, fault: str) -> None:
    code = world.code()
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
    header = None
    if fault == "redirect":
        body["redirect_uri"] = REDIRECT + "/other"
    elif fault == "no redirect":
        del body["redirect_uri"]
    elif fault == "verifier":
        body["code_verifier"] = VERIFIER
    elif fault == "client":
        other, secret = make_client()
        header = basic(other.client_id, secret)
    else:
        lapse(ApiGrantCode, expires=True)
    answer = world.post("token", body, header)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    ApiGrantCode.objects.update(expires=timezone.now() + dt.timedelta(minutes=5))
    assert world.redeem(code).status_code == 400
    assert not ApiAccessToken.objects.exists()


def test_a_wrong_secret_doesn_t_burn_somebody_else_s_code(world: World) -> None:
    code = world.code()
    assert world.redeem(code, header=basic(world.client.client_id, "wrong")).status_code == 401
    assert world.redeem(code).status_code == 200


def test_without_a_named_address_none_is_asked_for(world: World) -> None:
    body = {"grant_type": "authorization_code"}
    for more in ({}, {"redirect_uri": REDIRECT}):
        code = world.code(redirect_named=False)
        assert world.post("token", {**body, "code": code, **more}).status_code == 200


@pytest.mark.parametrize(
    ("verifier", "status"),
    [(VERIFIER, 200), ("w" * 43, 400), ("short", 400), (None, 400), ("é" * 43, 400)],
)
def test_pkce(modern: World, verifier: str | None, status: int) -> None:
    code = modern.code(challenge=CHALLENGE)
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT}
    answer = modern.post("token", body | ({"code_verifier": verifier} if verifier else {}))
    assert answer.status_code == status


def test_a_public_program_names_itself_and_proves_itself_by_pkce(both: None) -> None:
    public = World("modern", confidential=False)
    code = public.code(challenge=CHALLENGE)
    body = {"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT,
            "code_verifier": VERIFIER, "client_id": public.client.client_id}  # fmt: skip
    told = public.post("token", body, "")
    assert told.status_code == 200
    again = {"grant_type": "refresh_token", "refresh_token": told.json()["refresh_token"],
             "client_id": public.client.client_id}  # fmt: skip
    assert public.post("token", again, "").status_code == 200


# Refreshing -----------------------------------------------------------------------------------
def test_a_sprocket_program_keeps_its_refresh_token(world: World) -> None:
    issued = world.issue()
    tokens = [issued.access_token]
    for _ in range(3):
        told = world.refresh(issued.refresh_token).json()
        assert told.keys() == {"access_token", "token_type", "expires_in", "scope"}
        tokens.append(told["access_token"])
    assert len(set(tokens)) == 4
    for token in tokens:
        assert bearers.bearer(token).user == world.user


def test_standard_programs_may_refresh_at_the_token_address(world: World) -> None:
    body = f"grant_type=refresh_token&refresh_token={world.issue().refresh_token}"
    assert world.post("token", body).status_code == 200


def test_the_oldest_access_tokens_make_room_and_count_as_expired(world: World, settings) -> None:
    settings.RALLY_TOKENS_PER_GRANT = 3
    issued = world.issue()
    tokens = [issued.access_token]
    tokens += [world.refresh(issued.refresh_token).json()["access_token"] for _ in range(4)]
    for token in tokens[:2]:
        with pytest.raises(TokenExpired):
            bearers.bearer(token)
    for token in tokens[2:]:
        assert bearers.bearer(token)


def test_a_modern_program_s_refresh_token_changes_every_time(modern: World) -> None:
    issued = modern.issue()
    told = modern.refresh(issued.refresh_token).json()
    assert told["refresh_token"] != issued.refresh_token
    assert bearers.bearer(issued.access_token) and bearers.bearer(told["access_token"])
    assert modern.refresh(told["refresh_token"]).status_code == 200


def test_an_old_refresh_token_that_comes_again_ends_its_family(modern: World) -> None:
    issued = modern.issue()
    other = modern.issue()
    told = modern.refresh(issued.refresh_token).json()
    assert modern.refresh(issued.refresh_token).status_code == 400
    with pytest.raises(TokenRevoked):
        bearers.bearer(told["access_token"])
    assert modern.refresh(told["refresh_token"]).status_code == 400
    assert bearers.bearer(other.access_token)


def test_rotation_doesn_t_make_a_grant_live_longer(modern: World) -> None:
    issued = modern.issue()
    ends = ApiRefreshToken.objects.get().expires_at
    modern.refresh(issued.refresh_token)
    assert set(ApiRefreshToken.objects.values_list("expires_at", flat=True)) == {ends}


def test_a_refresh_may_ask_for_less_and_never_for_more(world: World) -> None:
    issued = world.issue()
    less = world.post("refresh", f"grant_type=refresh_token&refresh_token={issued.refresh_token}"
                      "&scope=profile").json()  # fmt: skip
    assert less["scope"] == "profile"
    assert bearers.bearer(less["access_token"]).scopes == {"profile"}
    for more in ("admin_write", "profile admin_read", "nonsense"):
        answer = world.post("refresh", "grant_type=refresh_token&refresh_token="
                            f"{issued.refresh_token}&scope={more.replace(' ', '+')}")  # fmt: skip
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
    assert world.refresh(issued.refresh_token).json()["scope"] == "profile campaigns donations"


def unknown(world: World) -> str:
    return "rlr_" + "x" * 43


def of_another(world: World) -> str:
    other, _secret = make_client()
    return grants.issue(other, world.user, world.organization).refresh_token


def lapsed(world: World) -> str:
    token = world.issue().refresh_token
    lapse(ApiRefreshToken, expires_at=True)
    return token


def revoked(world: World) -> str:
    token = world.issue().refresh_token
    consents.revoke(ApiConsent.objects.get(), world.user)
    return token


def of_a_disabled_user(world: World) -> str:
    token = world.issue().refresh_token
    User.objects.update(is_active=False)
    return token


def of_one_who_left(world: World) -> str:
    token = world.issue().refresh_token
    world.membership.delete()
    return token


def an_access_token(world: World) -> str:
    return world.issue().access_token


BAD_REFRESH = (unknown, of_another, lapsed, revoked, of_a_disabled_user, of_one_who_left,
               an_access_token)  # fmt: skip


@pytest.mark.parametrize("make", BAD_REFRESH, ids=lambda make: make.__name__)
def test_refresh_tokens_that_are_no_good(world: World, make) -> None:
    answer = world.refresh(make(world))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert answer.json()["errorCode"] == 10002


def test_a_disabled_program_gets_nothing(world: World) -> None:
    token = world.issue().refresh_token
    clients.disable(world.client, SYSTEM)
    answer = world.refresh(token)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


# How programs written for Sprocket call -------------------------------------------------------
@pytest.mark.parametrize("kind", ["", "text/plain", "application/octet-stream", "application/json"])
def test_forms_are_read_whatever_they_are_called(world: World, kind: str) -> None:
    token = world.issue().refresh_token
    assert world.refresh(token, content_type=kind).status_code == 200
    assert world.redeem(world.code(), content_type=kind).status_code == 200


# Giving back and looking ----------------------------------------------------------------------
def test_giving_back_a_refresh_token_ends_its_family(world: World) -> None:
    issued = world.issue()
    assert world.post("revoke", f"token={issued.refresh_token}").status_code == 200
    with pytest.raises(TokenRevoked):
        bearers.bearer(issued.access_token)
    assert world.refresh(issued.refresh_token).status_code == 400


def test_giving_back_an_access_token_ends_that_one(world: World) -> None:
    issued = world.issue()
    body = f"token={issued.access_token}&token_type_hint=access_token"
    assert world.post("revoke", body).status_code == 200
    with pytest.raises(TokenRevoked):
        bearers.bearer(issued.access_token)
    assert world.refresh(issued.refresh_token).status_code == 200


def test_nobody_gives_back_or_looks_at_others_tokens(world: World) -> None:
    issued = world.issue()
    other, secret = make_client()
    header = basic(other.client_id, secret)
    for token in (issued.access_token, issued.refresh_token):
        assert world.post("revoke", f"token={token}", header).status_code == 200
        answer = world.post("introspect", f"token={token}", header)
        assert answer.json() == {"active": False}
    assert bearers.bearer(issued.access_token)


def test_looking_at_tokens(world: World) -> None:
    issued = world.issue()
    told = world.post("introspect", f"token={issued.access_token}").json()
    assert told["active"] is True and told["client_id"] == world.client.client_id
    assert told["sub"] == world.user.public_id and isinstance(told["exp"], int)
    assert world.post("introspect", f"token={issued.refresh_token}").json()["active"] is True
    world.post("revoke", f"token={issued.refresh_token}")
    for token in (issued.access_token, issued.refresh_token, "nonsense"):
        assert world.post("introspect", f"token={token}").json() == {"active": False}


def test_the_metadata_lists_what_is_on(world: World) -> None:
    told = world.web.get("/.well-known/oauth-authorization-server").json()
    assert told["code_challenge_methods_supported"] == ["S256"]
    assert told["grant_types_supported"] == ["authorization_code", "refresh_token"]
    for name in ("authorization", "token", "revocation", "introspection"):
        path = told[f"{name}_endpoint"].removeprefix(told["issuer"])
        assert world.web.get(path).status_code in {400, 405}


def test_last_use_is_noted_to_the_minute(world: World, django_assert_num_queries) -> None:
    token = world.issue().refresh_token
    assert ApiClient.objects.get().last_used_at is None
    world.refresh(token)
    assert ApiClient.objects.get().last_used_at is not None


# Limits ---------------------------------------------------------------------------------------
def test_failures_are_limited_and_then_nothing_is_looked_at(world: World, settings) -> None:
    settings.RALLY_RATES = settings.RALLY_RATES | {"oauth_failures": (3, 60)}
    wrong = basic(world.client.client_id, "wrong")
    token = world.issue().refresh_token
    assert [world.refresh(token, header=wrong).status_code for _ in range(3)] == [401] * 3
    stopped = world.refresh(token)
    assert stopped.status_code == 429
    assert 1 <= int(stopped["Retry-After"]) <= 60
    assert stopped.json()["errorCode"] == 40001
    elsewhere = world.refresh(token, REMOTE_ADDR="192.0.2.7")
    assert elsewhere.status_code == 200


def test_refreshes_count_against_the_api_s_limit_and_not_as_failures(
    world: World, settings
) -> None:
    settings.RALLY_RATES = settings.RALLY_RATES | {"api": (5, 60), "oauth_failures": (2, 60)}
    token = world.issue().refresh_token
    assert [world.refresh(token).status_code for _ in range(7)] == [200] * 5 + [429] * 2
    assert settings.RALLY_RATES["api"][1] == 60


# Forgetting -----------------------------------------------------------------------------------
def test_what_ended_is_told_for_a_day_and_then_forgotten(world: World) -> None:
    issued = world.issue()
    world.code()
    in_a_day = timezone.now() + dt.timedelta(hours=23)
    assert grants.sweep(in_a_day) == 0
    with pytest.raises(TokenExpired):
        bearers.bearer(issued.access_token, in_a_day)
    assert grants.sweep(in_a_day + dt.timedelta(hours=3)) == 2
    with pytest.raises(TokenUnknown):
        bearers.bearer(issued.access_token, in_a_day)
    assert world.refresh(issued.refresh_token).status_code == 200
