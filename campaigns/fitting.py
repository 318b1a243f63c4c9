"""The goal fitter: which boards would raise a goal, and what they'd bring if not all is sold.

Pure: numbers in, numbers out. A proposal is one size of board, one way of pricing its tiles and
how many such boards; a full sale always reaches the goal, by as little more as round prices
allow.

What a board brings when only some of its tiles are sold is an estimate. Were every tile as
likely to go as any other, 60 % of the tiles would bring 60 % of the money, which flatters
boards whose tiles differ in price: people do take the cheap ones first. Were tiles sold strictly
from the cheapest up, 60 % of a ladder would bring 36 %, which is too dark: people also pick
birthdays and shirt numbers. We take the mean of the two, rounded down: half of the tiles go by
a number somebody likes, half to whoever looks for the cheapest.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from rally.kit import money
from rally.kit.errors import InvalidInput

PRESETS: Final = (25, 31, 50, 100, 200)
LADDER, MULTIPLIED, FLAT = "ladder", "multiplied", "flat"
MOST_GOAL_MINOR: Final = 10**11
MOST_TAKERS: Final = 100_000
MOST_BOARDS: Final = 40
MOST_FITS: Final = 6
FEWEST_FITS: Final = 3
# More than a fifth above the goal is another goal.
MOST_OVER_PERMILLE: Final = 200


@dataclass(frozen=True, slots=True)
class Fit:
    """`boards` boards of `size` tiles each. All amounts are minor units for all boards together.

    `unit_minor` is what tile 1 costs on a ladder, and what every tile costs on a flat board.
    """

    boards: int
    size: int
    price_model: str
    unit_minor: int
    full_raise: int
    raise_at_60: int
    raise_at_80: int

    @property
    def dearest_minor(self) -> int:
        """What the dearest tile costs."""
        return self.unit_minor if self.price_model == FLAT else self.unit_minor * self.size

    @property
    def key(self) -> str:
        """The proposal as one word that a form can send back; see `read`."""
        return f"{self.boards}x{self.size}-{self.price_model}-{self.unit_minor}"


def fits(
    goal_minor: int,
    currency: str,
    *,
    takers: int | None = None,
    least_tile_minor: int | None = None,
    most_tile_minor: int | None = None,
) -> list[Fit]:
    """Up to six proposals, the best first; none when no tile may cost what it would have to.

    `takers` is how many families or fundraisers take part; `least_` and `most_tile_minor` bound
    what a tile may cost. Raises InvalidInput for a goal or a number of takers out of range.
    """
    _check(goal_minor, takers)
    found = [
        fit
        for fit in _candidates(goal_minor, currency, takers)
        if (least_tile_minor is None or fit.unit_minor >= least_tile_minor)
        and (most_tile_minor is None or fit.dearest_minor <= most_tile_minor)
    ]
    near = [fit for fit in found if _over(fit, goal_minor) <= MOST_OVER_PERMILLE]
    if len(near) < FEWEST_FITS:
        # A goal of a few units: nothing comes close, so say what comes closest.
        near = sorted(found, key=lambda fit: fit.full_raise)[:MOST_FITS]
    ranked = sorted(near, key=lambda fit: _rank(fit, goal_minor, currency, takers))
    return _different(ranked)


def read(key: str, currency: str) -> Fit:
    """The proposal behind a `key`. Raises InvalidInput for anything that isn't one."""
    try:
        boards, rest = key.split("x", 1)
        size, model, unit = rest.split("-")
        wanted = int(boards), int(size), int(unit)
    except ValueError:
        raise InvalidInput(_("Please choose one of the proposals."), field="fit") from None
    count, tiles, price = wanted
    known = model in {LADDER, MULTIPLIED, FLAT} and tiles in PRESETS
    sound = 0 < count <= MOST_BOARDS and 0 < price <= MOST_GOAL_MINOR
    if not (known and sound and price % money.step(currency) == 0):
        raise InvalidInput(_("Please choose one of the proposals."), field="fit")
    return make(count, tiles, model, price, currency)


def make(boards: int, size: int, model: str, unit_minor: int, currency: str) -> Fit:
    """A proposal with its sums worked out."""
    return Fit(
        boards=boards,
        size=size,
        price_model=model,
        unit_minor=unit_minor,
        full_raise=boards * _weight(size, model) * unit_minor,
        raise_at_60=_expected(boards, size, model, unit_minor, 60, currency),
        raise_at_80=_expected(boards, size, model, unit_minor, 80, currency),
    )


def _check(goal_minor: int, takers: int | None) -> None:
    if not 0 < goal_minor < MOST_GOAL_MINOR:
        raise InvalidInput(_("The goal must be above zero, and below a billion."), field="goal")
    if takers is not None and not 0 < takers <= MOST_TAKERS:
        raise InvalidInput(_("Please say how many take part, 1 to 100,000."), field="takers")


def _candidates(goal_minor: int, currency: str, takers: int | None) -> Iterator[Fit]:
    for boards in _board_counts(takers):
        each = -(-goal_minor // boards)
        for size in PRESETS:
            whole = money.whole_unit(currency)
            if size * (size + 1) // 2 * whole >= each:
                yield make(boards, size, LADDER, whole, currency)
            for model, fineness in ((MULTIPLIED, 2), (FLAT, 20)):
                unit = _round_up(-(-each // _weight(size, model)), fineness, currency)
                if model == FLAT or unit != whole:
                    yield make(boards, size, model, unit, currency)


def _board_counts(takers: int | None) -> list[int]:
    """One for all; with takers also one for each, and one for two, three or four of them."""
    if takers is None:
        return [1, 2, 4, 10, 20]
    shared = {1, 2, *(-(-takers // together) for together in (1, 2, 3, 4))}
    return sorted(count for count in shared if count <= min(takers, MOST_BOARDS))


def _weight(size: int, model: str) -> int:
    """How many units all tiles of one board cost together."""
    return size if model == FLAT else size * (size + 1) // 2


def _round_up(minor: int, fineness: int, currency: str) -> int:
    """The next price people would print: a multiple of the leading digit's place / fineness."""
    step = money.step(currency)
    place = 10 ** (len(str(minor)) - 1) // fineness
    place = max(step, place - place % step)
    return -(-minor // place) * place


def _expected(boards: int, size: int, model: str, unit: int, percent: int, currency: str) -> int:
    """See the module: the mean of "any tile" and "the cheapest first", in whole steps."""
    sold = size * percent // 100
    any_tile = _weight(size, model) * sold * unit // size
    cheapest = _weight(sold, model) * unit
    step = money.step(currency)
    return boards * ((any_tile + cheapest) // 2 // step * step)


def _over(fit: Fit, goal_minor: int) -> int:
    return (fit.full_raise - goal_minor) * 1000 // goal_minor


def _rank(fit: Fit, goal_minor: int, currency: str, takers: int | None) -> tuple[int, int]:
    """A plain ladder that meets the goal to the cent comes first; then the least strange."""
    over = _over(fit, goal_minor)
    exact = fit.price_model == LADDER and fit.full_raise == goal_minor and fit.boards == 1
    strange = over + {LADDER: 0, FLAT: 30, MULTIPLIED: 40}[fit.price_model]
    if fit.unit_minor < money.minimum_charge(currency):
        # The cheapest tile can't be paid for alone.
        strange += 150
    mean = fit.full_raise // (fit.boards * fit.size * money.whole_unit(currency))
    strange += 3 * max(0, mean - 60)
    tiles_each = fit.boards * fit.size // (takers or 1)
    if takers is not None:
        # One family finds supporters for a few tiles up to a board of twenty-five.
        strange += 2 * max(0, tiles_each - 30) + 60 * (tiles_each < 2)
        # A board each needs no explaining.
        strange -= 30 * (fit.boards == takers)
    else:
        strange += 60 * (fit.boards - 1)
    return (0 if exact else 1, strange)


def _different(ranked: Iterable[Fit]) -> list[Fit]:
    """Two of each way of pricing, each with another number of boards: a choice, no price list."""
    chosen: list[Fit] = []
    rest: list[Fit] = []
    for fit in ranked:
        alike = [one for one in chosen if one.price_model == fit.price_model]
        known = len(alike) == 2 or any(one.boards == fit.boards for one in alike)
        (rest if known else chosen).append(fit)
    return (chosen + rest)[: max(FEWEST_FITS, min(MOST_FITS, len(chosen)))]
