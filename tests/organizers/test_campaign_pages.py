"""Campaigns in the organizer's browser: the wizard, the dashboard, the arrows, two at once."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Organization
from accounts.models.organizations import Role
from boards.models import Board
from campaigns.models import Campaign
from payments.models import Closing
from rally.kit import clock
from tests.factories import make_board, make_campaign, make_hold, make_organization, make_sale
from tests.organizing import actor

pytestmark = pytest.mark.django_db(databases=["default", "cache"])
EVIL = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> [link](javascript:alert(1)) "
    "<b onclick=alert(1)>bold **never closed <div><p>"
)


@pytest.fixture
def school() -> Organization:
    return make_organization()


@pytest.fixture
def sign_in(school: Organization) -> Callable[[str], Client]:
    def make(role: str = Role.OWNER) -> Client:
        client = Client()
        user = actor(school, role).user
        assert user is not None
        client.force_login(user)
        return client

    return make


@pytest.fixture
def client(sign_in: Callable[[str], Client]) -> Client:
    return sign_in(Role.OWNER)


def day(days: int = 30) -> str:
    return (clock.now() + dt.timedelta(days=days)).strftime("%Y-%m-%d")


def at(school: Organization, *parts: str) -> str:
    return "/".join(["/organize", school.code, *parts, ""])


def basics(**more: str) -> dict[str, str]:
    return {"title": "Spring Fund", "goal": "7,500", "deadline": day(), "takers": "24"} | more


def test_the_wizard_leads_from_an_idea_to_a_live_board(school, client) -> None:
    answer = client.post(at(school, "campaigns", "new"), basics())
    campaign = Campaign.objects.get()
    here = at(school, "c", campaign.slug)
    assert answer.headers["Location"] == f"{here}boards/?takers=24"
    page = client.get(answer.headers["Location"])
    assert page.content.count(b'name="fit"') >= 3
    answer = client.post(f"{here}boards/?takers=24", {"fit": "24x25-ladder-100"})
    assert answer.headers["Location"] == f"{here}look/"
    assert Board.objects.count() == 24
    form = client.get(f"{here}look/").context["form"]
    data = {"palette": "sky", "summary": "For boats.", "story": "They **leak**."}
    answer = client.post(f"{here}look/", data | {"version": form["version"].value()})
    assert answer.headers["Location"] == f"{here}publish/"
    assert b"<strong>leak</strong>" in client.get(f"{here}publish/").content
    assert client.get(f"{here}preview/").status_code == 200
    answer = client.post(f"{here}publish/")
    assert answer.headers["Location"] == here
    campaign.refresh_from_db()
    assert campaign.status == "active"
    assert client.get(f"{here}preview/").headers["Location"] == f"/c/{campaign.slug}/"
    assert Client().get(f"/c/{campaign.slug}/").status_code == 200
    assert Board.objects.filter(is_open=True).count() == 24


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 200}, "title"),
        ({"goal": "0"}, "goal"),
        ({"goal": "lots"}, "goal"),
        ({"goal": "1000000000000"}, "goal"),
        ({"goal": "12.345"}, "goal"),
        ({"goal": "-5"}, "goal"),
        ({"goal": ""}, "goal"),
        ({"deadline": "2020-01-01"}, "deadline"),
        ({"deadline": "soon"}, "deadline"),
        ({"deadline": ""}, "deadline"),
        ({"deadline": "9999-12-31"}, "deadline"),
        ({"deadline": "0001-01-01"}, "deadline"),
        ({"takers": "0"}, "takers"),
        ({"takers": "many"}, "takers"),
        ({"takers": "9" * 30}, "takers"),
    ],
)
def test_mistakes_stand_beside_their_field_and_nothing_is_lost(
    school, client, change: dict[str, str], field: str
) -> None:
    answer = client.post(at(school, "campaigns", "new"), basics(**change))
    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert f'id="id_{field}_error"'.encode() in answer.content
    assert b"Spring Fund" in answer.content or field == "title"
    assert not Campaign.objects.exists()


@pytest.mark.parametrize("goal", ["7500", "7,500", "$7,500.00", "7 500", "7500.00", "USD 7500"])
def test_money_may_be_typed_in_many_ways(school, client, goal: str) -> None:
    client.post(at(school, "campaigns", "new"), basics(goal=goal))
    assert Campaign.objects.get().goal.amount_minor == 750_000


@pytest.mark.parametrize("fit", ["", "nonsense", "1x99-ladder-100", "41x25-flat-100"])
def test_a_made_up_fit_is_refused(school, client, fit: str) -> None:
    campaign = make_campaign(school, status="draft")
    answer = client.post(at(school, "c", campaign.slug, "boards"), {"fit": fit})
    assert answer.status_code == 400
    assert not Board.objects.exists()


@pytest.mark.parametrize("where", ["look", "preview", "publish", "public"])
def test_a_story_is_made_harmless_wherever_it_shows(school, client, where: str) -> None:
    campaign = make_campaign(
        school, story=EVIL, deadline=clock.now() + dt.timedelta(days=9),
        status="draft" if where == "preview" else "active",
    )  # fmt: skip
    make_board(campaign=campaign)
    address = f"/c/{campaign.slug}/" if where == "public" else at(
        school, "c", campaign.slug, where
    )  # fmt: skip
    text = client.get(address).content.decode()
    shown = text.split('<textarea name="story"')[0] + text.split("</textarea>")[-1]
    for bad in ("<script>alert", "<img", "<b onclick", 'href="javascript'):
        assert bad not in shown, bad
    assert "never closed" in shown


def test_a_long_story_is_refused_in_words_and_kept_on_the_page(school, client) -> None:
    campaign = make_campaign(school, status="draft")
    here = at(school, "c", campaign.slug, "look")
    version = client.get(here).context["form"]["version"].value()
    data = {"palette": "sky", "summary": "", "story": "y" * 100_000, "version": version}
    answer = client.post(here, data)
    assert answer.status_code == 400
    assert "story" in answer.context["form"].errors
    assert b"y" * 100_000 in answer.content
    preview = client.post(here, data | {"preview": "1"})
    assert preview.status_code in (200, 400)
    campaign.refresh_from_db()
    assert campaign.story == ""


def test_a_preview_saves_nothing(school, client) -> None:
    campaign = make_campaign(school, status="draft")
    here = at(school, "c", campaign.slug, "look")
    data = {"palette": "mint", "summary": "Typed.", "story": EVIL, "preview": "1"}
    answer = client.post(here, data)
    assert answer.context["sample"]["palette"] == "mint"
    assert "<script>" not in str(answer.context["sample"]["story"])
    campaign.refresh_from_db()
    assert (campaign.palette, campaign.story) == ("marigold", "")


def test_the_second_who_saves_sees_the_difference(school, client, sign_in) -> None:
    campaign = make_campaign(school, summary="Old")
    here = at(school, "c", campaign.slug, "settings")
    form = client.get(here).context["form"]
    opened = {name: form[name].value() or "" for name in form.fields}
    opened["goal"] = "5050"
    other = sign_in(Role.ADMIN)
    assert other.post(here, opened | {"summary": "Theirs"}).status_code == 302
    answer = client.post(here, opened | {"summary": "Mine", "title": "My title"})
    assert answer.status_code == 400
    rows = {row["label"]: (row["theirs"], row["mine"]) for row in answer.context["differences"]}
    assert ("Theirs", "Mine") in rows.values()
    assert b"My title" in answer.content
    again = answer.context["form"]
    data = {name: again[name].value() or "" for name in again.fields}
    assert client.post(here, data).status_code == 302
    campaign.refresh_from_db()
    assert (campaign.summary, campaign.title) == ("Mine", "My title")


def test_a_team_admin_doesn_t_find_the_switch_for_contacts(school, sign_in) -> None:
    campaign = make_campaign(school)
    here = at(school, "c", campaign.slug, "settings")
    client = sign_in(Role.TEAM_ADMIN)
    form = client.get(here).context["form"]
    assert "donor_contact_visible" not in form.fields
    data = {name: form[name].value() or "" for name in form.fields}
    client.post(here, data | {"goal": "5050", "donor_contact_visible": "on"})
    campaign.refresh_from_db()
    assert not campaign.donor_contact_visible


@pytest.mark.parametrize(
    ("step", "status"), [("pause", "paused"), ("close", "completed")]
)  # fmt: skip
def test_an_arrow_asks_first_and_then_does_it(school, client, step: str, status: str) -> None:
    campaign = make_campaign(school, deadline=clock.now() + dt.timedelta(days=9), summary="x")
    make_board(campaign=campaign)
    here = at(school, "c", campaign.slug, step)
    assert client.get(here).status_code == 200
    campaign.refresh_from_db()
    assert campaign.status == "active"
    assert client.post(here).status_code == 302
    campaign.refresh_from_db()
    assert campaign.status == status
    # From where it is now, the arrow can't be taken again by another one.
    assert client.get(at(school, "c", campaign.slug)).status_code == 200


def test_cancelling_says_what_it_costs_and_wants_a_word(school, client) -> None:
    campaign = make_campaign(school)
    board = make_board(9, campaign=campaign)
    make_sale(board, [9])
    here = at(school, "c", campaign.slug, "cancel")
    assert b"$9.00" in client.get(here).content
    assert client.post(here, {}).status_code == 400
    assert not Closing.objects.exists()
    assert client.post(here, {"money": "refund"}).status_code == 302
    assert Closing.objects.get().refund
    assert b"Refunds are made for 0 of 0" in client.get(at(school, "c", campaign.slug)).content


def test_a_team_admin_cancels_without_refunding(school, sign_in) -> None:
    campaign = make_campaign(school)
    here = at(school, "c", campaign.slug, "cancel")
    client = sign_in(Role.TEAM_ADMIN)
    assert b'value="refund"' not in client.get(here).content
    assert client.post(here, {"money": "refund"}).status_code == 400
    assert client.post(here, {"money": "keep"}).status_code == 302


def test_extending_cloning_scheduling(school, client) -> None:
    campaign = make_campaign(school, deadline=clock.now() + dt.timedelta(days=9), story="Why")
    make_board(campaign=campaign)
    extend = at(school, "c", campaign.slug, "extend")
    assert client.post(extend, {"deadline": day(1)}).status_code == 400
    assert client.post(extend, {"deadline": day(60)}).status_code == 302
    clone = at(school, "c", campaign.slug, "clone")
    assert client.post(clone, {"title": "Again", "deadline": "1999-01-01"}).status_code == 400
    assert client.post(clone, {"title": "Again", "deadline": day(300)}).status_code == 302
    made = Campaign.objects.get(title="Again")
    publish = at(school, "c", made.slug, "publish")
    assert client.post(publish, {"opens_at": "1999-01-01T10:00"}).status_code == 400
    assert client.post(publish, {"opens_at": f"{day(20)}T10:00"}).status_code == 302
    made.refresh_from_db()
    assert made.opens_at
    client.post(publish, {"never": "1"})
    made.refresh_from_db()
    assert made.opens_at is None
    assert client.post(at(school, "c", made.slug, "discard")).status_code == 302


def test_what_is_missing_is_said_and_nothing_is_published(school, client) -> None:
    campaign = make_campaign(school, status="draft")
    here = at(school, "c", campaign.slug, "publish")
    page = client.get(here)
    assert page.context["blocked"]
    assert client.post(here).status_code == 200
    campaign.refresh_from_db()
    assert campaign.status == "draft"


def test_the_dashboard_tells_money_and_tiles(school, client, django_assert_max_num_queries) -> None:
    campaign = make_campaign(school, published_at=clock.now(), deadline=clock.now())
    board = make_board(20, campaign=campaign)
    make_sale(board, [20, 10])
    client.get(at(school, "c", campaign.slug))
    with django_assert_max_num_queries(12):
        page = client.get(at(school, "c", campaign.slug))
    assert page.context["figures"]["raised"] == "$30.00"
    assert page.context["tiles"] == {
        "tiles": 20, "free": 18, "held": 0, "sold": 2, "blocked": 0,
    }  # fmt: skip
    assert [row["total"] for row in page.context["chart"]["rows"]] == ["$30.00"]
    assert b"<path" in page.content


def test_a_viewer_sees_totals_and_no_gifts(school, sign_in) -> None:
    campaign = make_campaign(school)
    make_sale(make_board(9, campaign=campaign), [9])
    page = sign_in(Role.VIEWER).get(at(school, "c", campaign.slug))
    assert b"$9.00" in page.content
    assert b"Ada" not in page.content
    assert page.context["acts"] == []


def test_the_overview_leads_on(school, client) -> None:
    campaign = make_campaign(school)
    page = client.get(at(school))
    assert at(school, "c", campaign.slug).encode() in page.content
    assert at(school, "campaigns", "new").encode() in page.content


def test_the_currency_changes_until_somebody_picks() -> None:
    board = make_board(5)
    campaign, client = board.campaign, Client()
    client.force_login(actor(campaign.organization).user)
    home = f"/organize/{campaign.organization.code}/c/{campaign.slug}"
    assert b"Change the currency (USD)" in client.get(f"{home}/settings/").content
    bad = client.post(f"{home}/currency/", {"currency": "XXXX"})
    assert bad.status_code == 400
    assert client.post(f"{home}/currency/", {"currency": "EUR"}).status_code == 302
    campaign.refresh_from_db()
    assert campaign.currency == "EUR"
    make_hold(Board.objects.get(), [1])
    said = client.get(f"{home}/settings/").content.decode()
    assert "This campaign is in EUR." in said and "the currency is settled" in said
    answer = client.post(f"{home}/currency/", {"currency": "USD"})
    assert answer.status_code == 409 and "settled" in answer.content.decode()
    campaign.refresh_from_db()
    assert campaign.currency == "EUR"


def test_the_overview_names_the_last_day_as_the_campaign_counts_days() -> None:
    ends = dt.datetime(2027, 6, 1, 3, 59, 59, tzinfo=dt.UTC)
    campaign = make_campaign(time_zone="America/New_York", deadline=ends)
    client = Client()
    client.force_login(actor(campaign.organization).user)
    page = client.get(f"/organize/{campaign.organization.code}/").content.decode()
    assert "May 31, 2027" in page and "June 1" not in page


def test_a_moderator_sees_no_amounts_in_the_overview(school, sign_in) -> None:
    campaign = make_campaign(school)
    goal = campaign.goal
    goal.amount_minor, goal.raised_minor = 505_000, 123_400
    goal.save()
    address = f"/organize/{school.code}/"
    assert b"$5,050.00" in sign_in(Role.VIEWER).get(address).content
    shown = sign_in(Role.MODERATOR).get(address).content
    assert campaign.title.encode() in shown
    assert b"5,050" not in shown and b"1,234" not in shown
