"""The sandbox: the same on every run, rebuilt on request, never in production."""

import base64
import json
import re
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.test import Client

from accounts import bearers, grants
from accounts.models import (
    ApiAccessToken,
    ApiClient,
    ApiConsent,
    ApiRefreshToken,
    JoinRequest,
    Organization,
    User,
)
from accounts.oauth_errors import TokenExpired
from boards.models import Board, Hold
from campaigns.models import Donation, Goal, Member
from payments.models import LedgerEntry
from payments.snapshots import snapshot
from tests import secondstep
from tests.factories import make_board, make_hold, make_sale

pytestmark = pytest.mark.django_db(databases=["default", "cache"])
FREE = {1, 7, 19, 25, 50}


def demo(*options: str) -> dict:
    out = StringIO()
    call_command("demo", "--json", *options, stdout=out)
    return json.loads(out.getvalue())


def test_it_says_all_a_script_needs() -> None:
    facts = demo()
    assert facts["board"]["id"] == "board123"
    assert facts["logins"].keys() == {"staff", "organizer", "supporter", "outsider"}
    assert facts["stripe"]["webhook_secret"].startswith("whsec_")
    for login in facts["logins"].values():
        assert User.objects.get(email=login["email"]).check_password(login["password"])
    assert re.fullmatch("[A-Z2-7]{32}", facts["logins"]["staff"]["totp_secret"])
    app = Authenticator.objects.get(user__email="staff@example.com").wrap()
    assert app.validate_code(secondstep.code(facts["logins"]["staff"]["totp_secret"]))
    assert JoinRequest.objects.get().status == "pending"


def test_a_second_run_prints_the_same_and_changes_nothing() -> None:
    first = demo()
    before = [
        list(model.objects.order_by("pk").values()) for model in (Board, Hold, Donation, Goal)
    ]
    assert demo() == first
    after = [list(model.objects.order_by("pk").values()) for model in (Board, Hold, Donation, Goal)]
    assert after == before


def test_it_names_a_fundraiser_and_a_team_for_programs() -> None:
    facts = demo()["sprocket"]
    campaign = Board.objects.get(public_id="board123").campaign
    assert facts["campaign_id"] == campaign.pk
    member = Member.objects.get(pk=facts["user_id"], campaign=campaign)
    assert (member.team_id, member.is_fundraiser) == (facts["team_id"], True)
    assert member in member.team.captains.all()
    assert member.person.user.email == "organizer@example.com"
    assert demo()["sprocket"] == facts
    # The tokens act for this very user.
    header = {"Authorization": f"Bearer {demo()['oauth']['access_token']}"}
    own = f"/sprocket/v2/campaigns/{facts['campaign_id']}"
    for path in (f"users/{facts['user_id']}/donations", f"teams/{facts['team_id']}/donations"):
        assert Client().get(f"{own}/{path}", headers=header).status_code == 200


def test_the_promised_tiles_are_free_and_others_are_not() -> None:
    demo()
    cells = snapshot("board123").by_number
    assert {cells[number].status for number in FREE} == {"available"}
    assert {cell.status for cell in cells.values()} == {"available", "held", "sold", "blocked"}


def test_what_has_lapsed_is_renewed() -> None:
    demo()
    Hold.objects.filter(phase="browsing").update(expires_at="2020-01-01T00:00:00Z")
    assert snapshot("board123").counts["held"] == 0
    demo()
    assert snapshot("board123").counts["held"] == 2


def test_reset_rebuilds_the_sandbox_and_touches_nothing_else() -> None:
    other = make_board()
    make_sale(other, [1])
    demo()
    make_hold(Board.objects.get(public_id="board123"), [7])
    again = demo("--reset")
    assert snapshot("board123").by_number[7].status == "available"
    assert again["board"]["id"] == "board123"
    assert snapshot(other.public_id).by_number[1].status == "sold"
    assert LedgerEntry.objects.filter(transaction__organization=other.campaign.organization)


def test_reset_leaves_history_closed_again(django_assert_num_queries) -> None:
    demo()
    demo("--reset")
    with pytest.raises(Exception, match="append-only"):
        LedgerEntry.objects.all()._raw_delete("default")


@pytest.mark.parametrize("options", [(), ("--reset",)])
def test_production_refuses_with_a_sentence(
    options: tuple[str, ...], settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.PRODUCTION = True
    with pytest.raises(SystemExit) as ended:
        call_command("demo", *options)
    assert ended.value.code == 2
    assert "not for production" in capsys.readouterr().err
    assert not Organization.objects.exists()


def test_reset_keeps_the_sandboxes_clock_because_the_simulator_keeps_its_own() -> None:
    demo()
    Organization.objects.update(clock_offset_s=960)
    demo("--reset")
    assert set(Organization.objects.values_list("clock_offset_s", flat=True)) == {960}


def sent(answer) -> tuple[int, str]:
    return answer.status_code, answer.json().get("access_token", "")


def test_the_program_s_credentials_work_and_stay_the_same(client) -> None:
    first = demo()["oauth"]
    assert len(first["client_id"]) == 10 and len(first["client_secret"]) == 32
    for name in ("access_token", "read_only_access_token", "admin_access_token"):
        assert bearers.bearer(first[name]).organization.slug == "example-school"
    assert "admin_read" in bearers.bearer(first["admin_access_token"]).scopes
    with pytest.raises(TokenExpired):
        bearers.bearer(first["expired_access_token"])
    pair = f"{first['client_id']}:{first['client_secret']}"
    header = "Basic " + base64.b64encode(pair.encode()).decode()
    body = f"grant_type=refresh_token&refresh_token={first['refresh_token']}"
    told = [
        sent(client.generic("POST", "/sprocket/auth/oauth2/refresh", body, "",
                            HTTP_AUTHORIZATION=header))
        for _ in range(3)
    ]  # fmt: skip
    assert [status for status, _ in told] == [200] * 3 and len({text for _, text in told}) == 3
    for _, text in told:
        assert "admin_donations" in bearers.bearer(text).scopes
    assert demo()["oauth"] == first


def test_tokens_that_lapsed_or_were_taken_back_are_renewed() -> None:
    first = demo()["oauth"]
    ApiAccessToken.objects.update(expires="2020-01-01T00:00:00Z")
    ApiRefreshToken.objects.update(revoked="2020-01-01T00:00:00Z")
    ApiConsent.objects.update(revoked_at="2020-01-01T00:00:00Z")
    assert demo()["oauth"] == first
    for name in ("access_token", "read_only_access_token", "admin_access_token"):
        assert bearers.bearer(first[name])
    with pytest.raises(TokenExpired):
        bearers.bearer(first["expired_access_token"])
    assert grants.live_refresh(ApiClient.objects.get(), first["refresh_token"])
