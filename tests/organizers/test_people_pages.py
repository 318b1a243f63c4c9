"""Supporters, gifts, teams and fundraisers in the organizer's browser; who sees which contacts."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import AuditEntry, Organization
from accounts.models.organizations import Role
from boards.models import Board
from campaigns.models import Donation, Goal, Member, Team
from payments import offline
from payments.models import Refund
from payments.offline import Entry
from rally.kit import clock
from tests.factories import make_board, make_campaign, make_organization, make_team
from tests.organizing import actor
from tests.payments.outside import Outside, order

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cache"])
EMAIL = "ask@example.com"


@pytest.fixture
def school() -> Organization:
    return make_organization()


@pytest.fixture
def campaign(school: Organization):
    return make_campaign(school)


@pytest.fixture
def board(campaign) -> Board:
    return make_board(20, campaign=campaign)


@pytest.fixture
def sign_in(school: Organization) -> Callable[[str], Client]:
    def make(role: str = Role.OWNER) -> Client:
        client = Client()
        client.force_login(actor(school, role).user)
        return client

    return make


def at(school: Organization, *parts: object) -> str:
    return "/".join(["/organize", school.code, *map(str, parts), ""])


def give(board: Board, number: int, name: str = "Placeholder Giver", email: str = EMAIL) -> None:
    price = board.tiles.get(number=number).price_minor
    entry = Entry([number], name, price, clock.now(), email=email)
    offline.enter(board, entry, actor(board.campaign.organization), counted=True)


@pytest.mark.parametrize("switch", [False, True])
@pytest.mark.parametrize("role", ["owner", "admin", "team_admin"])
def test_contacts_show_only_to_who_may_see_them(
    school, campaign, board, sign_in, role: str, switch: bool
) -> None:
    campaign.donor_contact_visible = switch
    campaign.save()
    give(board, 3)
    client, person = sign_in(role), Donation.objects.get().person
    sees = role != "team_admin" or switch
    here = at(school, "c", campaign.slug, "exports")
    pages = [
        at(school, "people", "supporters"),
        at(school, "people", "supporters", person.public_id),
        f"{here}gifts.csv", f"{here}supporters.csv",
    ]  # fmt: skip
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        said = answer.getvalue().decode()
        assert "Placeholder" in said and (EMAIL in said) is sees, page
    seen = AuditEntry.objects.filter(verb="contacts.seen").count()
    exported = AuditEntry.objects.filter(verb__startswith="export.", facts__contacts=sees).count()
    assert (seen, exported) == (2 if sees else 0, 2)


def test_an_address_is_not_found_out_by_trying(school, board, sign_in) -> None:
    give(board, 3)
    page = at(school, "people", "supporters")
    assert b"Placeholder Giver" in sign_in(Role.OWNER).get(page, {"q": "ask@"}).content
    answer = sign_in(Role.TEAM_ADMIN).get(page, {"q": "ask@"})
    assert b"Placeholder Giver" not in answer.content


@pytest.mark.parametrize(("q", "found"), [("place", 3), ("GIV", 2), ("iver", 0), ("tak", 1)])
def test_supporters_are_found_by_the_beginning_of_a_name(
    school, board, sign_in, q: str, found: int
) -> None:
    give(board, 3)
    give(board, 4)
    give(board, 5, email="other@example.com")
    give(board, 6, name="Placeholder Taker")
    answer = sign_in().get(at(school, "people", "supporters"), {"q": q})
    assert len(answer.context["supporters"] if found else []) == found
    assert answer.context["found"] == found
    if q == "GIV":
        assert {row["total"] for row in answer.context["supporters"]} == {"$7.00", "$5.00"}


def test_no_page_asks_more_often_the_more_there_is(
    school, campaign, board, sign_in, django_assert_max_num_queries
) -> None:
    team = make_team(campaign)
    client = sign_in()
    lists = ("", "supporters", "teams", "fundraisers")
    for n in range(1, 9):
        give(board, n, name=f"Placeholder {n}", email=f"p{n}@example.com")
        client.post(
            at(school, "c", campaign.slug, "fundraisers", "new"),
            {"people": f"Some Body{n}", "team": team.pk},
        )
    gift = Donation.objects.first()
    pages = [at(school, *filter(None, ("people", one))) for one in lists]
    pages += [
        at(school, "money"), at(school, "gifts", gift.public_id),
        at(school, "people", "supporters", gift.person.public_id),
        at(school, "c", campaign.slug),
    ]  # fmt: skip
    for page in pages:
        with django_assert_max_num_queries(12):
            assert client.get(page).status_code == 200, page


def test_fundraisers_get_pages_and_boards(school, campaign, board, sign_in) -> None:
    client, here = sign_in(), at(school, "c", campaign.slug)
    answer = client.post(f"{here}teams/new/", {"name": "Falcons", "access": "public"})
    team = Team.objects.get()
    names = "Ada Placeholder, ada@example.com\n\nBea Placeholder\n"
    answer = client.post(
        f"{here}fundraisers/new/", {"people": names, "team": team.pk, "goal": "50"}
    )
    assert answer.headers["Location"] == f"{here}assign/"
    ada, bea = Member.objects.order_by("pk")
    assert (ada.person.email, ada.goal.amount_minor, bea.team) == ("ada@example.com", 5_000, team)
    again = {"people": "Ada Placeholder, ada@example.com\nCyn Placeholder", "team": team.pk}
    page = client.post(f"{here}fundraisers/new/", again, follow=True).content.decode()
    assert "1 fundraiser added. 1 was there already." in page
    client.post(f"{here}assign/", {"hand_out": "yes"})
    board.refresh_from_db()
    assert board.member == ada
    client.post(f"{here}assign/", {f"board-{board.public_id}": f"member-{bea.pk}"})
    board.refresh_from_db()
    assert (board.member, board.goal) == (bea, bea.goal)
    client.post(
        f"{here}teams/{team.pk}/", {"name": "Hawks", "access": "public", "captains": ada.pk}
    )
    team.refresh_from_db()
    assert (team.name, list(team.captains.all())) == ("Hawks", [ada])
    public = Client().get(f"/c/{campaign.slug}/m/{bea.slug}/").content.decode()
    assert "Bea Placeholder" in public and f"/b/{board.public_id}/?for=m%3A{bea.slug}" in public
    page = client.post(f"{here}fundraisers/new/", {"people": "x@example.com", "goal": "lots"})
    assert (page.status_code, set(page.context["form"].errors)) == (400, {"goal"})
    page = client.post(f"{here}fundraisers/new/", {"people": "x@example.com"})
    assert (page.status_code, set(page.context["form"].errors)) == (400, {"people"})
    assert b"x@example.com" in page.content


@pytest.mark.parametrize("access", ["public", "delisted", "inactive", "pending"])
def test_access_decides_who_finds_a_page(campaign, board, access: str) -> None:
    team = make_team(campaign)
    Team.objects.update(access=access)
    answer = Client().get(f"/c/{campaign.slug}/t/{team.slug}/")
    assert answer.status_code == (200 if access in ("public", "delisted") else 404)
    assert (b"noindex" in answer.content) is (access == "delisted") or answer.status_code == 404
    listed = f"/t/{team.slug}/".encode() in Client().get(f"/c/{campaign.slug}/").content
    assert listed is (access == "public")


@pytest.mark.parametrize("switch", ["lists_teams", "lists_supporters"])
def test_each_list_of_the_campaign_can_be_hidden(campaign, board, switch: str) -> None:
    make_team(campaign)
    give(board, 3)
    words = {"lists_teams": "Rowers", "lists_supporters": "<li><span>Placeholder Giver"}[switch]
    assert words in Client().get(f"/c/{campaign.slug}/").content.decode()
    setattr(campaign, switch, False)
    campaign.save()
    assert words not in Client().get(f"/c/{campaign.slug}/").content.decode()


def test_a_link_credits_whom_it_names_without_a_cookie(campaign, board, outside: Outside) -> None:
    team = make_team(campaign)
    client = Client()
    page = client.get(f"/b/{board.public_id}/?t={team.slug}").content.decode()
    assert f'<input type="hidden" name="for" value="t:{team.slug}">' in page
    data = {"tile": ["3"], "for": f"t:{team.slug}"}
    answer = client.post(f"/b/{board.public_id}/reserve/", data)
    page = client.get(answer.headers["Location"])
    assert f'<option value="t:{team.slug}" selected>' in page.content.decode()
    where = answer.headers["Location"].split("?")[0]
    who = {"name": "A Giver", "email": EMAIL, "display_as": "name"}
    bad = client.post(f"{where}pay/", who | {"credit": "t:nobody"})
    assert bad.status_code == 400
    client.post(f"{where}pay/", who | {"credit": f"t:{team.slug}"})
    assert Donation.objects.get().goal == team.goal


def test_a_gift_is_credited_to_somebody_else(school, campaign, board, sign_in) -> None:
    give(board, 3)
    team, gift = make_team(campaign), Donation.objects.get()
    page = at(school, "gifts", gift.public_id, "credit")
    client = sign_in(Role.TEAM_ADMIN)
    assert client.post(page, {"credit": "t:nobody"}).status_code == 400
    assert client.post(page, {"credit": f"t:{team.slug}"}).status_code == 302
    assert Goal.objects.get(team=team).raised_minor == 300
    said = client.get(at(school, "gifts", gift.public_id)).content.decode()
    assert "credited to another goal" in said and "-$3.00" in said


def refund_form(**more: str) -> dict[str, str]:
    return {"what": "all", "reason": "Asked by phone.", "key": "k1", "reopen": "on"} | more


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"what": "tiles", "tiles": ""}, "tiles"),
        ({"what": "tiles", "tiles": "seven"}, "tiles"),
        ({"what": "tiles", "tiles": "19"}, "tiles"),
        ({"what": "amount", "amount": ""}, "amount"),
        ({"what": "amount", "amount": "0"}, "amount"),
        ({"what": "amount", "amount": "7.01"}, "amount"),
        ({"what": "some"}, "what"),
        ({"reason": ""}, "reason"),
    ],
)
def test_a_refund_that_can_not_be_says_so_beside_its_field(
    school, board, sign_in, outside: Outside, more: dict[str, str], field: str
) -> None:
    _paid(board, outside)
    page = at(school, "gifts", Donation.objects.get().public_id, "refund")
    answer = sign_in(Role.ADMIN).post(page, refund_form(**more))
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, [field])
    assert not Refund.objects.exists()


def _paid(board: Board, outside: Outside) -> None:
    made = order(board, [3, 4], email=EMAIL)
    outside.pay(made)
    made.settle()


def test_a_refund_asks_with_the_exact_sum_and_happens_once(
    school, board, sign_in, outside: Outside
) -> None:
    _paid(board, outside)
    page = at(school, "gifts", Donation.objects.get().public_id, "refund")
    client = sign_in(Role.ADMIN)
    form = refund_form(what="tiles", tiles="4")
    asked = client.post(page, form)
    assert asked.status_code == 200 and b"Refund $4.00?" in asked.content
    assert not Refund.objects.exists()
    wrong = client.post(page, form | {"confirmed": "700"})
    assert b"Refund $4.00?" in wrong.content and not Refund.objects.exists()
    for _again in range(2):
        assert client.post(page, form | {"confirmed": "400"}).status_code == 302
    refund = Refund.objects.get()
    assert (refund.amount_minor, refund.note) == (400, "Asked by phone.")
    assert Goal.objects.get(campaign=board.campaign).raised_minor == 300
    money = client.get(at(school, "money"))
    assert money.context["rows"][0]["owed"] == "$4.00"
    assert b"It is sent within minutes." in money.content


def test_money_adds_up_for_each_campaign(school, board, sign_in, outside: Outside) -> None:
    _paid(board, outside)
    give(board, 9)
    other = make_board(campaign=make_campaign(school, title="Second"))
    give(other, 2)
    page = sign_in(Role.TEAM_ADMIN).get(at(school, "money"))
    found = {row["title"]: (row["gross"], row["fees"], row["net"]) for row in page.context["rows"]}
    assert found == {
        "New boats": ("$16.00", "$0.50", "$15.50"), "Second": ("$2.00", "$0.00", "$2.00"),
    }  # fmt: skip
    assert page.context["totals"][0]["net"] == "$17.50"
