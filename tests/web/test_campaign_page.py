"""The campaign's page and the landing page: public facts, kept ready, never stale."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.web.conftest import Place

pytestmark = pytest.mark.django_db(databases=["default", "cache"])
URL = "/c/new-instruments-100/"


def test_what_it_says(client: Client, place: Place) -> None:
    place.sell(3, 4, name="Placeholder Person")
    html = client.get(URL).content.decode()
    said = ("Test School", "New instruments", "For the wind band.", "$7.00", "Placeholder Person")
    for words in (*said, "<strong>leak</strong>", "Where the money goes", "refund", place.url):
        assert words in html


def test_a_sale_shows_at_once(client: Client, place: Place) -> None:
    before = client.get(URL)
    assert "Nobody yet" in before.content.decode()
    place.sell(3, shown_as="anonymous")
    after = client.get(URL, HTTP_IF_NONE_MATCH=before["ETag"])
    assert after.status_code == 200
    assert "1 gift, given without a name." in after.content.decode()


def test_amounts_stand_beside_names_but_for_those_who_hid_theirs(
    client: Client, place: Place
) -> None:
    place.sell(3, 4, name="Open Placeholder")
    place.sell(61, name="Quiet Placeholder", hide_amount=True)
    place.sell(9, name="Initial Placeholder", shown_as="initial")
    place.sell(8, shown_as="anonymous")
    html = client.get(URL).content.decode()
    people = html[html.index('class="people"') :]
    assert '<span>Open Placeholder</span><b class="money">$7</b>' in people
    assert "<li><span>Quiet Placeholder</span></li>" in people
    assert "$61" not in people
    assert "Initial P." in people
    assert "And 1 more gift." in people


def test_messages_wait_for_the_organizers(client: Client, place: Place) -> None:
    place.sell(3, message="Placeholder words of cheer")
    for url in (URL, place.url, f"{place.url}?view=list"):
        assert "words of cheer" not in client.get(url).content.decode()


def test_a_change_by_the_organizer_shows_at_once(client: Client, place: Place) -> None:
    client.get(URL)
    place.board.campaign.title = "Newer instruments"
    place.board.campaign.save()
    assert "Newer instruments" in client.get(URL).content.decode()
    assert "Newer instruments" in client.get("/").content.decode()


@pytest.mark.parametrize("status", ["draft", "paused", "cancelled"])
def test_hidden_campaigns(client: Client, make_place: Callable[..., Place], status: str) -> None:
    make_place(status=status)
    assert client.get(URL).status_code == 404
    assert "New instruments" not in client.get("/").content.decode()


def test_one_that_is_over(client: Client, make_place: Callable[..., Place]) -> None:
    make_place(status="completed")
    html = client.get(URL).content.decode()
    assert "This campaign is over" in html
    assert "See the board" in html


def test_nothing_to_list(client: Client) -> None:
    assert "No campaign is open right now" in client.get("/").content.decode()


def test_pages_are_for_reading(client: Client, place: Place) -> None:
    assert client.post(URL).status_code == 405
    assert client.head("/").status_code == 200


def test_many_boards_cost_no_more_statements_than_one(client: Client, place: Place) -> None:
    counted = []
    for more in (0, 30):
        for position in range(more):
            factories.make_board(10, campaign=place.board.campaign, position=position + 1)
        client.get(URL)  # what is shown is built once
        with CaptureQueriesContext(connection) as sent:
            assert client.get(URL).status_code == 200
        counted.append(len(sent))
    assert counted[0] == counted[1]
