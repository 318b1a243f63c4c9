"""No public body has an e-mail address in it, whoever asks."""

import pytest
from django.conf import settings
from django.test import Client

from boards.models import Hold
from campaigns.models import OldSlug
from payments.models import Checkout
from tests.web.conftest import Place

pytestmark = pytest.mark.django_db(databases=["default", "cache"])


@pytest.fixture
def addresses(client: Client, place: Place) -> list[str]:
    place.sell(3, 4)
    place.sell(5, name="Shy Person", shown_as="anonymous")
    mine = place.reserve(client, [7])["Location"]
    sold = f"/checkout/{Checkout.objects.order_by('pk')[0].hold.reference}/"
    slug = place.board.campaign.slug
    board = [place.url + query for query in ("", "?view=list", "?tile=8&find=3", "?show=free")]
    return ["/", f"/c/{slug}/", *board, mine, sold, f"/api/boards/{place.board.public_id}", "/nope"]


def test_no_address_in_any_public_body(addresses: list[str]) -> None:
    for address in addresses:
        body = Client().get(address).content.decode()
        assert "@" not in body, address
        assert "Shy" not in body, address


def test_not_even_for_whoever_holds_tiles(client: Client, addresses: list[str]) -> None:
    for address in addresses:
        assert "@" not in client.get(address).content.decode(), address


def test_no_token_in_any_body(client: Client, addresses: list[str]) -> None:
    token = client.cookies[settings.HOLD_COOKIE_NAME].value.split(":")[0]
    digests = Hold.objects.values_list("token_hash", flat=True)
    for address in addresses:
        body = client.get(address).content.decode()
        assert token not in body
        assert not any(digest in body for digest in digests)


def test_nothing_inline_and_nothing_from_elsewhere(addresses: list[str]) -> None:
    for address in addresses:
        body = Client().get(address).content.decode()
        for bad in (" style=", "<style", "<script>", " onclick", "//cdn", "fonts.g"):
            assert bad not in body, f"{bad} in {address}"


def test_an_old_slug_leads_to_the_new_one(client: Client, place: Place) -> None:
    OldSlug.objects.create(campaign=place.board.campaign, slug="old-instruments")
    answer = client.get("/c/old-instruments/")
    assert answer.status_code == 301
    assert answer["Location"] == f"/c/{place.board.campaign.slug}/"


def test_unlisted_campaigns_are_reached_by_link_only(client: Client, place: Place) -> None:
    campaign = place.board.campaign
    assert campaign.title in client.get("/").content.decode()
    campaign.unlisted = True
    campaign.save()
    assert campaign.title not in client.get("/").content.decode()
    assert client.get(f"/c/{campaign.slug}/").status_code == 200
