"""The board's page: the same bytes for everybody, quick when warm, whole without JavaScript."""

import gzip
import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils.http import urlencode

from tests.web.conftest import Place

pytestmark = pytest.mark.django_db(databases=["default", "cache"])


def body(client: Client, url: str, **query: object) -> str:
    answer = client.get(url + ("?" + urlencode(query, doseq=True) if query else ""))
    assert answer.status_code == 200
    return answer.content.decode()


def test_who_raises_how_much_for_what_and_what_a_tile_costs(client: Client, place: Place) -> None:
    html = body(client, place.url)
    for words in ("Test School", "New instruments", "$5,050.00", "tile 100 is $100", "Stripe"):
        assert words in html


def test_it_carries_nothing_of_the_visitor(client: Client, place: Place) -> None:
    answer = client.get(place.url)
    assert not answer.cookies
    assert "csrf" not in answer.content.decode().lower()
    other = Client(HTTP_USER_AGENT="other", HTTP_ACCEPT_LANGUAGE="en").get(place.url)
    assert other.content == answer.content


def test_headers(client: Client, place: Place) -> None:
    answer = client.get(place.url, HTTP_ACCEPT_ENCODING="gzip")
    assert answer["ETag"].startswith('W/"p-')
    assert answer["Cache-Control"] == "no-cache"
    assert {"Cookie", "Accept-Encoding"} <= set(answer["Vary"].split(", "))
    again = client.get(place.url, HTTP_IF_NONE_MATCH=answer["ETag"])
    assert again.status_code == 304
    assert again.content == b""


def test_a_sale_changes_the_validator(client: Client, place: Place) -> None:
    before = client.get(place.url)["ETag"]
    place.sell(7)
    after = client.get(place.url, HTTP_IF_NONE_MATCH=before)
    assert after.status_code == 200
    assert "sold to Placeholder Person" in after.content.decode()


def test_a_warm_page_is_one_query(
    client: Client, place: Place, django_assert_num_queries: Callable
) -> None:
    client.get(place.url)
    with django_assert_num_queries(1):
        client.get(place.url)


def test_first_view_is_small(client: Client, place: Place) -> None:
    place.sell(*range(1, 40))
    place.hold(50, 51)
    assert len(gzip.compress(client.get(place.url).content)) <= 20_000


@pytest.mark.parametrize("status", ["draft", "paused", "cancelled"])
def test_hidden_campaigns_have_no_board(
    client: Client, make_place: Callable[..., Place], status: str
) -> None:
    assert client.get(make_place(status=status).url).status_code == 404


def test_unknown_boards_are_not_found(client: Client, db: None) -> None:
    answer = client.get("/b/nothing/")
    assert answer.status_code == 404
    assert "Go to the campaigns" in answer.content.decode()


def test_posting_to_a_page_that_is_read_is_refused(client: Client, place: Place) -> None:
    assert client.post(place.url).status_code == 405


def test_adding_up_without_javascript(client: Client, place: Place) -> None:
    html = body(client, place.url, tile=[7, 19, 50])
    assert "3 tiles" in html
    assert "$76.00" in html
    assert "$2.58" in html
    assert len(re.findall(r'value="(?:7|19|50)"[^>]* checked', html)) == 3


def test_picks_elsewhere_stay_ticked_in_the_basket(client: Client, place: Place) -> None:
    html = body(client, place.url, tile=[50], show="cheap")
    assert 'id="t50"' not in html
    assert re.search(r'name="tile"\s+value="50"\s+data-p="5000"\s+checked', html)


def test_what_cannot_be_picked_is_not_added_up(client: Client, place: Place) -> None:
    place.sell(7)
    html = body(client, place.url, tile=[7, 19, 5000])
    assert "$19.00" in html
    assert "1 tile<" in html


def test_filters(client: Client, place: Place) -> None:
    place.sell(3)
    cheap = body(client, place.url, show="cheap")
    assert "Under $20" in cheap
    assert 'id="t19"' in cheap
    assert 'id="t20"' not in cheap
    assert 'id="t3"' not in cheap
    assert 'id="t3"' not in body(client, place.url, show="free")


def test_the_list_is_a_real_table(client: Client, place: Place) -> None:
    place.sell(3)
    html = body(client, place.url, view="list")
    assert html.count('<th scope="row"') == 100
    assert "<td>Placeholder Person</td>" in html


def test_finding_a_number(client: Client, place: Place) -> None:
    assert re.search(r'value="37"[^>]*autofocus', body(client, place.url, find=37))
    assert "There&#x27;s no tile 137 here" in body(client, place.url, find=137)


def test_odd_queries_do_no_harm(client: Client, place: Place) -> None:
    odd = "?view=%00x&show=1&block=-1&find=1e9&tile=%F0%9F%98%80&tile=-5&turn="
    assert client.get(place.url + odd.replace("%00", "")).status_code == 200


def test_a_big_board_comes_in_blocks(client: Client, make_place: Callable[..., Place]) -> None:
    place = make_place(size=10_000, columns=100)
    answer = client.get(place.url, {"block": 2})
    html = answer.content.decode()
    assert 'id="t101"' in html
    assert 'id="t201"' not in html
    assert html.count("?block=") == 100
    assert html.count("<") - html.count("</") < 1_500
    assert len(gzip.compress(answer.content)) <= 150_000
    found = body(client, place.url, find=4321, tile=[7])
    assert re.search(r'value="4321"[^>]*autofocus', found)
    assert "?block=1&amp;tile=7" in found


def test_a_closed_board_says_so(client: Client, make_place: Callable[..., Place]) -> None:
    html = body(client, make_place(status="completed").url)
    assert "This board is closed" in html
    assert 'id="reserve"' not in html


def test_anonymous_supporters_stay_so(client: Client, place: Place) -> None:
    place.sell(4, name="Hidden Person", shown_as="anonymous")
    place.sell(5, name="Initial Person", shown_as="initial")
    html = body(client, place.url) + body(client, "/c/new-instruments-100/")
    assert "Hidden" not in html
    assert "Initial P." in html
    assert "Initial Person" not in html


def test_the_overview_names_the_block_one_is_in(
    client: Client, make_place: Callable[..., Place]
) -> None:
    html = body(client, make_place(size=450).url, block=2)
    assert "Tiles 101 to 200. Choose another hundred" in html
    assert html.count('aria-current="page"') == 1
    assert "<b>401–450</b>" in html
