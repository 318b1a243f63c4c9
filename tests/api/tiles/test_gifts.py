"""Gifts, teams and fundraisers of a campaign, page by page."""

import pytest
from pytest_django import DjangoAssertNumQueries

from accounts import grants
from accounts.models import Membership, Organization
from accounts.models.organizations import Role
from payments.models import Attempt, Dispute, Payment, StripeAccount
from rally.kit import clock
from tests import factories
from tests.api.kit import Api, error
from tests.api.tiles.members import Program, member, program

pytestmark = pytest.mark.django_db(databases=["default", "cache"])
KEYS = [
    "id",
    "createdAt",
    "amountCents",
    "coverFeesCents",
    "currency",
    "supporterName",
    "message",
    "boardId",
    "slotIds",
    "status",
]


@pytest.fixture
def organization() -> Organization:
    return factories.make_organization()


@pytest.fixture
def script(organization: Organization) -> Program:
    return program(organization)


def test_a_gift_tells_what_was_bought(script: Program, organization: Organization) -> None:
    board = factories.make_board(20, campaign=factories.make_campaign(organization))
    factories.make_sale(board, [7, 3], "Ada Lovelace", message="Go team!")
    path = f"/api/campaigns/{board.campaign.public_id}/gifts"
    body = script.get(path).json()
    assert body["next"] is None
    [found] = body["gifts"]
    assert list(found) == KEYS
    assert (found["amountCents"], found["slotIds"], found["boardId"]) == (
        1000,
        [3, 7],
        board.public_id,
    )
    assert (found["supporterName"], found["message"], found["status"]) == (
        "Ada Lovelace",
        "Go team!",
        "confirmed",
    )
    other = factories.make_board(20, campaign=board.campaign)
    factories.make_sale(other, [1])
    assert len(script.get(path).json()["gifts"]) == 2
    for query, count in (
        (f"boardId={board.public_id}", 1),
        ("boardId=nothing", 0),
        ("status=confirmed", 2),
        ("status=void", 0),
        ("amountCents=>=1000", 1),
        ("createdAt=>2020-01-01T00:00:00Z", 2),
        ("createdAt=<2020-01-01T00:00:00Z", 0),
    ):
        assert len(script.get(f"{path}?{query}").json()["gifts"]) == count, query
    amounts = [g["amountCents"] for g in script.get(f"{path}?sort=amountCents").json()["gifts"]]
    assert amounts == [100, 1000]


@pytest.mark.parametrize(
    "query",
    [
        "limit=101",
        "limit=0",
        "boardId=a%20b",
        "createdAt=now",
        "sort=boardId",
        "supporterName=Ada",
        "amountCents=1.5",
        "after=x",
    ],
)
def test_bad_questions_are_400(query: str, script: Program, organization: Organization) -> None:
    campaign = factories.make_campaign(organization)
    error(script.get(f"/api/campaigns/{campaign.public_id}/gifts?{query}"), 400, "invalid_request")


@pytest.mark.parametrize("limit", [5, 7])
def test_a_page_costs_three_statements_whichever_it_is(
    limit: int,
    script: Program,
    organization: Organization,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    board = factories.make_board(50, campaign=factories.make_campaign(organization))
    path = f"/api/campaigns/{board.campaign.public_id}/gifts?limit={limit}"
    seen, after = [], ""
    for number in range(1, 13):
        factories.make_sale(board, [number])
    script.get(path)
    while True:
        # The token with its user; the gifts, if the campaign is the caller's; their lines.
        with django_assert_num_queries(3):
            body = script.get(path + after).json()
        seen += [gift["id"] for gift in body["gifts"]]
        if body["next"] is None:
            break
        after = f"&after={body['next']}"
    assert len(seen) == len(set(seen)) == 12
    with django_assert_num_queries(3):
        assert script.get(f"{path}&amountCents=99").json()["gifts"] == []


def test_an_oauth_program_s_page_costs_as_much(
    organization: Organization, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    board = factories.make_board(5, campaign=factories.make_campaign(organization))
    factories.make_sale(board, [1])
    client, _secret = factories.make_client("modern")
    made = grants.issue(client, member(organization), organization, ("tiles_read",))
    path = f"/api/campaigns/{board.campaign.public_id}/gifts"
    with django_assert_num_queries(3):
        answer = Api().get(path, Authorization=f"Bearer {made.access_token}")
    assert len(answer.json()["gifts"]) == 1


def test_teams_and_fundraisers_cost_two_statements(
    script: Program, organization: Organization, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    campaign = factories.make_campaign(organization)
    factories.make_member(campaign, factories.make_team(campaign))
    for name in ("teams", "fundraisers"):
        path = f"/api/campaigns/{campaign.public_id}/{name}"
        script.get(path)
        with django_assert_num_queries(2):
            assert len(script.get(path).json()[name]) == 1


def test_a_role_that_ends_is_missed_by_the_very_next_page(
    script: Program, organization: Organization
) -> None:
    board = factories.make_board(5, campaign=factories.make_campaign(organization))
    factories.make_sale(board, [1])
    path = f"/api/campaigns/{board.campaign.public_id}"
    assert script.get(f"{path}/gifts").status_code == 200
    Membership.objects.filter(user=script.user).update(role=Role.VIEWER)
    error(script.get(f"{path}/gifts"), 403, "forbidden")
    assert script.get(f"{path}/teams").status_code == 200
    Membership.objects.filter(user=script.user).delete()
    for name in ("gifts", "teams"):
        error(script.get(f"{path}/{name}"), 404, "not_found")
    Membership.objects.create(user=script.user, organization=organization, role=Role.ADMIN)
    assert len(script.get(f"{path}/gifts").json()["gifts"]) == 1
    script.token.revoked_at = clock.now()
    script.token.save()
    error(script.get(f"{path}/gifts"), 401, "unauthorized")


@pytest.mark.parametrize("sort", ["createdAt", "-createdAt", "amountCents", "-amountCents"])
def test_every_sort_can_be_paged(sort: str, script: Program, organization: Organization) -> None:
    board = factories.make_board(50, campaign=factories.make_campaign(organization))
    for number in range(1, 6):
        factories.make_sale(board, [number])
    path = f"/api/campaigns/{board.campaign.public_id}/gifts?limit=2&sort={sort}"
    amounts, after = [], ""
    for _ in range(3):
        body = script.get(path + after).json()
        amounts += [gift["amountCents"] for gift in body["gifts"]]
        after = f"&after={body['next']}"
    assert amounts == sorted(amounts, reverse=sort.startswith("-")) and len(amounts) == 5


def test_teams_and_fundraisers(script: Program, organization: Organization) -> None:
    campaign = factories.make_campaign(organization)
    team = factories.make_team(campaign)
    member = factories.make_member(campaign, team)
    path = f"/api/campaigns/{campaign.public_id}"
    assert script.get(f"{path}/teams").json() == {
        "teams": [
            {
                "id": f"team{team.pk}",
                "name": "Rowers",
                "slug": team.slug,
                "goalCents": 0,
                "raisedCents": 0,
            }
        ],
        "next": None,
    }
    [found] = script.get(f"{path}/fundraisers").json()["fundraisers"]
    assert (found["id"], found["teamId"]) == (f"fundraiser{member.pk}", f"team{team.pk}")
    assert found["name"] == "Ada Lovelace"


def test_a_disputed_gift_says_so_while_the_dispute_is_open(
    script: Program, organization: Organization
) -> None:
    board = factories.make_board(20, campaign=factories.make_campaign(organization))
    sale, other = factories.make_sale(board, [7, 3]), factories.make_sale(board, [1])
    path = f"/api/campaigns/{board.campaign.public_id}/gifts"
    account = StripeAccount.objects.create(organization=organization, livemode=False)
    attempt = Attempt.objects.create(
        checkout=sale, account=account, key="k", params={}, session_id="cs_test_1",
        expires_at=clock.now(), status="complete",
    )  # fmt: skip
    payment = Payment.objects.create(
        checkout=sale, attempt=attempt, account=account, payment_intent="pi_1", status="paid",
        amount_minor=1000, currency=sale.currency,
    )  # fmt: skip
    dispute = Dispute.objects.create(
        account=account, payment=payment, dispute_id="dp_1", status="needs_response",
        amount_minor=1000, currency=sale.currency,
    )  # fmt: skip

    def listed(query: str = "") -> dict[int, str]:
        gifts = script.get(path + query).json()["gifts"]
        return {one["amountCents"]: one["status"] for one in gifts}

    assert listed() == {1000: "disputed", 100: "confirmed"}
    assert listed("?status=disputed") == {1000: "disputed"}
    assert listed("?status=confirmed") == {100: "confirmed"}
    assert listed("?status=confirmed,disputed") == listed()
    assert listed("?status=void") == {}
    Dispute.objects.filter(pk=dispute.pk).update(status="won", is_open=False)
    assert listed() == {1000: "confirmed", 100: "confirmed"} and other.pk
    assert listed("?status=disputed") == {}
