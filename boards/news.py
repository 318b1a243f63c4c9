"""What the world hears of tiles that went back on sale."""

from collections.abc import Sequence

from accounts.outbox import announce
from boards.models import Claim, Hold
from boards.states import Ended


def freed(hold: Hold, claims: Sequence[Claim], reason: Ended) -> None:
    """Announce, in the transaction that did it, that these tiles of a hold are free again.

    A claim ends once, so the first one's key names the occasion.
    """
    if not claims:
        return
    boards: dict[str, list[int]] = {}
    for claim in claims:
        boards.setdefault(str(claim.board_id), []).append(claim.number)
    first = min(claim.pk for claim in claims)
    announce(
        "tiles.freed", key=f"{first}:{len(claims)}", organization_id=hold.organization_id,
        facts={"hold": hold.reference, "reason": reason.value, "boards": boards},
    )  # fmt: skip
