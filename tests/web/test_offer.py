"""The choice after a late payment, as pages and mails, against the real simulator."""

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client

from boards.models import Board, Claim
from payments import offers, repaying
from payments.models import Refund
from rally.dispatch import outbox
from rally.web import base
from tests.factories import make_board, make_hold
from tests.payments.outside import Order, Outside
from tests.payments.test_late import given_up, paid_twice

# Stripe is never called inside a transaction, so these tests can't run in one.
pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cache"])
PAID = [7, 19]


class Late:
    """An order whose tiles 7 and 19 were paid late; 19 (or all) had gone to somebody else."""

    def __init__(self, outside: Outside, lost: list[int], *, cover: bool = False) -> None:
        self.board: Board = make_board(30)
        self.order: Order = given_up(outside, self.board, PAID, cover=cover)
        make_hold(self.board, lost)
        self.order.settle()
        self.refund = Refund.objects.get()
        self.keys = {line.line.claim.number: line.line_id for line in self.refund.lines.all()}
        self.url = f"/gifts/{offers.link(self.refund)}/"
        # The rest is time and signature: another link to the same debt differs in it.
        self.link = self.url.split(":")[0]
        self.page = f"/checkout/{self.order.hold.reference}/"

    def holder(self) -> Client:
        """The browser that holds the tiles."""
        client = Client()
        client.cookies[settings.HOLD_COOKIE_NAME] = base._signer.sign(self.order.token)
        return client

    def post(self, **fields: str) -> Any:
        """Choose for tile 19."""
        key = self.keys[19]
        return Client().post(self.url, {f"{name}-{key}": text for name, text in fields.items()})

    def raised(self) -> int:
        self.board.goal.refresh_from_db()
        return self.board.goal.raised_minor


@pytest.fixture
def late(outside: Outside) -> Late:
    return Late(outside, [19])


def text(answer: Any) -> str:
    return answer.content.decode()


def test_the_choice_shows_three_ways_and_free_tiles(late: Late) -> None:
    answer = Client().get(late.url)
    html = text(answer)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    for words in ("Someone was faster", "Take another tile", "Leave $19.00 as a gift",
                  "Send $19.00 back", "Already yours"):  # fmt: skip
        assert words in html
    key = late.keys[19]
    for number in (18, 1):
        assert f'name="number-{key}"\n' in html
        assert f'aria-label="Tile {number}, {number} dollar' in html
    assert 'aria-label="Tile 20,' not in html
    assert 'aria-label="Tile 7,' not in html


def test_fees_that_were_covered_come_back_too(outside: Outside) -> None:
    html = text(Client().get(Late(outside, [19], cover=True).url))
    assert "card fees you covered" in html
    assert "Send $19.00 back" not in html
    assert "Leave $19.00 as a gift" in html


def test_another_tile_is_taken_and_the_page_says_so(late: Late) -> None:
    answer = late.post(what="tile", number="18")
    assert (answer.status_code, answer["Location"]) == (303, late.url)
    after = Client().get(late.url)
    assert after.status_code == 410
    assert "You took tile 18 instead." in text(after)
    assert "$1.00 goes back to your card" in text(after)
    repaying.pay_due()
    assert "$1.00 went back to your card on" in text(Client().get(late.url))
    assert late.raised() == 2_500


def test_a_typed_number_counts_before_a_picked_one(late: Late) -> None:
    assert late.post(what="tile", number="18", other="3", rest="give").status_code == 303
    html = text(Client().get(late.url))
    assert "You took tile 3 instead." in html
    assert "goes back" not in html
    assert late.raised() == 2_600


def test_a_plain_gift(late: Late) -> None:
    assert late.post(what="gift").status_code == 303
    html = text(Client().get(late.url))
    assert "You left $19.00 as a plain gift." in html
    order = text(late.holder().get(late.page))
    assert "Plain gift" in order
    assert "Thank you. Your tile is yours" in order


def test_when_everything_was_left_as_a_gift(outside: Outside) -> None:
    late = Late(outside, PAID)
    Client().post(late.url, {f"what-{key}": "gift" for key in late.keys.values()})
    html = text(late.holder().get(late.page))
    assert "Thank you for your gift" in html
    assert "You left $26.00" in html
    assert "$26.00" not in text(Client().get(late.page))


def test_money_back(late: Late) -> None:
    late.post(what="refund")
    repaying.pay_due()
    answer = Client().get(late.url)
    assert answer.status_code == 410
    assert "You asked for your money back." in text(answer)
    assert "$19.00 went back to your card" in text(answer)


def test_a_used_link_changes_nothing(late: Late, outside: Outside) -> None:
    late.post(what="refund")
    repaying.pay_due()
    for what in ("refund", "gift", "tile"):
        answer = late.post(what=what, number="3")
        assert answer.status_code == 410
        repaying.pay_due()
    assert outside.ledger()["refunded_cents"] == 1_900


def test_silence_means_the_refund(late: Late) -> None:
    before = Refund.objects.get().not_before - dt.timedelta(hours=49)
    Refund.objects.update(not_before=before)
    answer = late.post(what="gift")
    assert answer.status_code == 410
    assert "We didn&#x27;t hear from you in time" in text(answer)


@pytest.mark.parametrize("bad", ["x", "::", "a:b:c", "ImFiYyI:1x:sig"])
def test_an_altered_link_leads_nowhere(late: Late, bad: str) -> None:
    for url in (f"/gifts/{bad}/", late.url[:-3] + "xx/"):
        assert Client().get(url).status_code == 404
        assert Client().post(url, {}).status_code == 404
    assert Refund.objects.get().choice == ""


def test_a_tile_taken_meanwhile_keeps_the_choice_open(late: Late) -> None:
    make_hold(late.board, [18])
    answer = late.post(what="tile", number="18", other="18", rest="give")
    html = text(answer)
    assert answer.status_code == 409
    assert "Tile 18 was just taken" in html
    assert 'value="18"' in html, "what was typed is kept"
    assert Refund.objects.get().choice == ""
    assert late.post(what="tile", number="17").status_code == 303


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"what": "tile", "other": "20"}, "costs more than you paid"),
        ({"what": "tile", "other": "31"}, "costs more than you paid"),
        ({"what": "tile", "other": "x"}, "pick the tile"),
        ({"what": "tile"}, "pick the tile"),
        ({"what": "everything"}, "choose one of the three"),
        ({}, "choose one of the three"),
    ],
)
def test_odd_choices_keep_what_was_typed(late: Late, fields: dict[str, str], words: str) -> None:
    answer = late.post(**fields)
    assert answer.status_code == 400
    assert words in text(answer)
    if fields.get("other", "").isdigit():
        assert f'value="{fields["other"]}"' in text(answer)
    assert Refund.objects.get().choice == ""


def test_a_closed_board_offers_no_tiles(late: Late) -> None:
    Board.objects.update(is_open=False)
    html = text(Client().get(late.url))
    assert "no free tile left" in html
    answer = late.post(what="tile", number="18")
    assert answer.status_code == 409
    assert "closed" in text(answer)


def test_other_sites_cannot_choose(late: Late) -> None:
    answer = Client().post(late.url, {}, HTTP_SEC_FETCH_SITE="cross-site")
    assert answer.status_code == 403


def test_tiles_paid_twice_are_not_called_lost(outside: Outside) -> None:
    for order in paid_twice(outside):
        order.settle()
    html = text(Client().get(f"/gifts/{offers.link(Refund.objects.get())}/"))
    assert "You paid twice" in html
    assert "Someone was faster" not in html


def test_the_order_leads_its_holder_to_the_choice(late: Late) -> None:
    html = text(late.holder().get(late.page))
    assert late.link in html
    assert "Waiting for your choice" in html
    assert "Tile 19 had gone to somebody else" in html
    stranger = text(Client().get(late.page))
    assert "/gifts/" not in stranger
    assert "19.00" in stranger
    assert "Waiting" not in stranger


def test_the_order_says_what_was_decided(outside: Outside) -> None:
    late = Late(outside, PAID)
    assert late.link in text(late.holder().get(late.page))
    Client().post(late.url, {f"what-{key}": "refund" for key in late.keys.values()})
    repaying.pay_due()
    html = text(late.holder().get(late.page))
    assert "$26.00 went back to your card on" in html
    assert "Paid back" in html
    assert "/gifts/" not in html


def test_new_picks_can_be_paid_while_a_choice_waits(outside: Outside) -> None:
    late = Late(outside, PAID)
    client = late.holder()
    make_hold(late.board, [3], late.order.token)
    claim = Claim.objects.get(number=3)
    assert "Your tile is held" in text(client.get(f"/checkout/{claim.hold.reference}/"))


def test_a_dispute_in_plain_words(late: Late, outside: Outside) -> None:
    payment = Refund.objects.get().payment
    dispute = payment.disputes.create(
        account=payment.account, dispute_id="dp_1", status="needs_response", amount_minor=2_600,
        currency="USD",
    )  # fmt: skip
    said = {
        ("needs_response", True): "Your bank is looking into this payment of $26.00",
        ("lost", False): "Your bank took $26.00 back for you",
        ("won", False): "It stands as it was",
    }
    for (dispute.status, dispute.is_open), words in said.items():
        dispute.save()
        assert words in text(late.holder().get(late.page))
        assert words not in text(Client().get(late.page))


def test_the_mails(late: Late) -> None:
    outbox.drain()
    offer = next(m for m in mail.outbox if "Your choice" in m.subject)
    html = offer.alternatives[0].content
    for body in (offer.body, html):
        assert late.link in body
        assert "$19.00" in body
        assert "19" in body
    assert html.count("http") == 1, "nothing is loaded from anywhere"
    link = "/gifts/" + offer.body.split("/gifts/")[1].split()[0]
    assert Client().get(link).status_code == 200
    late.post(what="tile", number="12")
    repaying.pay_due()
    outbox.drain()
    refund = mail.outbox[-1]
    assert "$7.00" in refund.subject
    for body in (refund.body, refund.alternatives[0].content):
        assert late.page in body
        assert "part of what you paid" in body
