"""Views of public pages are counted without a write each, and change nothing else."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import Client

from campaigns import viewing
from campaigns.models import Campaign
from tests.factories import make_board
from tests.site import until

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cache"])


@pytest.fixture(autouse=True)
def nothing_counted_before() -> None:
    viewing._counts.clear()


def test_the_campaign_s_page_and_its_boards_count(client: Client) -> None:
    board = make_board()
    before = Campaign.objects.get()
    for path in (f"/c/{before.slug}/", f"/b/{board.public_id}/", f"/b/{board.public_id}/"):
        assert client.get(path).status_code == 200
    assert Campaign.objects.get().view_count == 0, "no write for a view"
    viewing.write()
    viewing.write()
    after = Campaign.objects.get()
    assert after.view_count == 3
    assert after.modified_at == before.modified_at, "programs hear of no change"


def test_what_isn_t_there_is_not_counted(client: Client) -> None:
    assert client.get("/c/nothing/").status_code == 404
    assert client.get("/b/nothing/").status_code == 404
    assert not viewing._counts


def test_views_in_many_threads_are_all_counted() -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(viewing.seen, [7] * 1_000))
    assert viewing._counts[7] == 1_000


def test_they_are_written_by_themselves(settings) -> None:
    settings.VIEWS_WRITTEN_AFTER_SECONDS = 0.05
    campaign = make_board().campaign
    viewing.seen(campaign.pk)
    viewing.seen(campaign.pk)
    until(lambda: Campaign.objects.get().view_count == 2, 5, "two views in the database")
    assert not viewing._timers
