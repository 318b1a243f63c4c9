"""Which phase may follow which: written down a second time, and refused by the verb itself."""

import itertools

import pytest

from boards import phases
from boards.models import Hold
from boards.states import Kind, Phase, may_move
from tests.factories import make_organization

BASKET = """
    browsing>paying browsing>sold browsing>released browsing>expired
    paying>browsing paying>processing paying>sold paying>released paying>expired paying>lost
    processing>sold processing>lost processing>released
    sold>returned expired>sold expired>lost released>sold released>lost lost>sold
    returned>sold returned>lost
"""
STAFF = "browsing>released sold>returned sold>released"
PROMISE = "browsing>sold browsing>released browsing>expired sold>returned"
DRAWN = {
    "basket": BASKET, "block": STAFF, "comp": STAFF, "sponsor": STAFF,
    "promise": PROMISE, "offer": PROMISE,
}  # fmt: skip
PAIRS = list(itertools.permutations(Phase.values, 2))


@pytest.mark.django_db
@pytest.mark.parametrize("kind", Kind.values)
def test_a_hold_makes_the_drawn_moves_and_no_other(kind: str) -> None:
    organization = make_organization()
    allowed = {tuple(move.split(">")) for move in DRAWN[kind].split()}
    for old, new in PAIRS:
        hold = Hold.objects.create(
            organization=organization, currency="USD", token_hash=f"{old}{new}", kind=kind,
            phase=old, expires_at="2030-01-01T00:00:00Z",
        )  # fmt: skip
        hold.refresh_from_db()
        assert may_move(kind, old, new) == ((old, new) in allowed), (old, new)
        if (old, new) in allowed:
            phases.move(hold, Phase(new), expires_at=hold.expires_at)
        else:
            with pytest.raises(AssertionError, match="can't go"):
                phases.move(hold, Phase(new), expires_at=hold.expires_at)
        hold.refresh_from_db()
        assert hold.phase == (new if (old, new) in allowed else old)


@pytest.mark.django_db
def test_a_move_from_a_phase_that_is_over_is_noticed() -> None:
    organization = make_organization()
    hold = Hold.objects.create(
        organization=organization, currency="USD", token_hash="t", expires_at="2030-01-01T00:00Z"
    )
    Hold.objects.filter(pk=hold.pk).update(phase=Phase.EXPIRED)
    with pytest.raises(AssertionError, match="though locked"):
        phases.move(hold, Phase.PAYING, expires_at=hold.expires_at)


def test_no_clock_of_ours_ends_what_is_being_paid() -> None:
    ends = {(old, new) for old in ("paying", "processing") for new in ("expired", "released")}
    assert not may_move("basket", "processing", "expired")
    assert {pair for pair in ends if may_move("basket", *pair)} == ends - {
        ("processing", "expired")
    }
