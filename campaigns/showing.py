"""What the public reads instead of a giver's name."""

from typing import Literal

from rally.kit import text

ANONYMOUS: Literal["anonymous"] = "anonymous"
INITIAL: Literal["initial"] = "initial"


def shown_name(name: str, shown_as: str) -> str | None:
    """A giver's name as they chose to be shown; None for anonymous."""
    if shown_as == ANONYMOUS or not name:
        return None
    return text.initial(name) if shown_as == INITIAL else name
