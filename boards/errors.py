"""Why a board says no. Each code has the same meaning at every door."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rally.kit.errors import DomainError, InvalidInput


class BoardNotFound(DomainError):
    """No such board, or one the public can't see: the answer doesn't tell which."""

    code = "not_found"
    sentence = gettext_lazy("There is no such board.")


class HoldNotFound(DomainError):
    """No hold has this reference."""

    code = "not_found"
    sentence = gettext_lazy("There is no such hold.")


class BadNumbers(InvalidInput):
    """Numbers that can't be asked for: off the board, twice, none, too many."""

    def __init__(self, sentence: str, numbers: Iterable[object] = ()) -> None:
        self.numbers = list(numbers)
        super().__init__(sentence, field="slotIds", numbers=self.numbers)


class BadToken(InvalidInput):
    """An owner token that is missing, malformed or guessable."""

    def __init__(self) -> None:
        super().__init__(
            _("ownerToken must be a random UUID or at least 22 url-safe characters."),
            field="ownerToken",
        )


class TilesTaken(DomainError):
    """Somebody else has these numbers; nothing was held."""

    code = "tiles_taken"

    def __init__(self, numbers: Iterable[int], sentence: str = "") -> None:
        self.numbers = sorted(numbers)
        listed = ", ".join(str(number) for number in self.numbers[:10])
        if len(self.numbers) == 1:
            default = _("Tile %(number)s was just taken.") % {"number": listed}
        else:
            default = _("Tiles %(numbers)s are taken.") % {"numbers": listed}
        super().__init__(sentence or default, numbers=self.numbers)


class BoardClosed(DomainError):
    """The board takes no new holds: closed, paused or past its deadline."""

    code = "board_closed"
    sentence = gettext_lazy("This board is closed; it takes no new picks.")


class HoldLimit(DomainError):
    """A hold can't be made longer or larger."""

    code = "hold_limit"
    sentence = gettext_lazy(
        "This hold can't be extended any further. Please pay or release your tiles."
    )


class HoldExpired(DomainError):
    """The hold ran out."""

    code = "hold_expired"
    sentence = gettext_lazy(
        "Your hold ran out and the tiles went back on the board. Please pick again."
    )


class HoldInPayment(DomainError):
    """A payment for this hold is open, so it can't be changed."""

    code = "checkout_open"
    sentence = gettext_lazy(
        "A payment for these tiles is open. Finish it or go back to the board first."
    )
