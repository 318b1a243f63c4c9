"""What the tiles of a board cost. Pure: numbers in, prices out."""

from collections.abc import Iterable, Iterator, Mapping

from boards.states import PriceModel


def prices(
    *, model: str, first: int, last: int, unit_minor: int, bands: Iterable[Mapping[str, int]] = ()
) -> Iterator[tuple[int, int]]:
    """Each number with its price in minor units.

    `bands` are `{"from", "to", "priceMinor"}`; every number must be in one, or ValueError.
    """
    if model in {PriceModel.LADDER, PriceModel.MULTIPLIED}:
        return ((number, number * unit_minor) for number in range(first, last + 1))
    if model == PriceModel.FLAT:
        return ((number, unit_minor) for number in range(first, last + 1))
    return _banded(first, last, list(bands))


def _banded(first: int, last: int, bands: list[Mapping[str, int]]) -> Iterator[tuple[int, int]]:
    for number in range(first, last + 1):
        band = next((b for b in bands if b["from"] <= number <= b["to"]), None)
        if band is None:
            raise ValueError(f"No price band holds tile {number}.")
        yield number, band["priceMinor"]


def full_raise(priced: Iterable[tuple[int, int]]) -> int:
    """What a sold-out board raises, in minor units. A 1..100 ladder of dollars is 505000."""
    return sum(price for _number, price in priced)
