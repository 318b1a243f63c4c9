"""I17, I22: what the public sees is what is, by the clock, whether or not a sweep ran."""

import datetime as dt

from boards.models import Board, Claim
from boards.states import Phase
from payments import snapshots
from rally.kit import clock

SOON_SECONDS = 10


class Readers:
    """Looks whenever a board has a new version, or the clock was moved."""

    def __init__(self) -> None:
        self.last: list[tuple[int, int, int]] = []

    def check(self) -> None:
        """Compare every board as it is shown with its claims."""
        boards = Board.objects.order_by("pk")
        facts = ("pk", "version", "campaign__organization__clock_offset_s")
        fresh = list(boards.values_list(*facts))
        if fresh == self.last:
            return
        self.last = fresh
        moment = clock.database_now(fresh[0][2])
        for board in boards:
            _compare(board, moment)


def _compare(board: Board, moment: dt.datetime) -> None:
    claims = Claim.objects.filter(board=board, ended_at=None).select_related("hold")
    live = {claim.number: claim for claim in claims}
    shown = snapshots.snapshot(board.public_id)
    for cell in shown.cells:
        wanted = _status(live.get(cell.number), moment)
        if wanted:
            assert cell.status == wanted, f"tile {cell.number} is {wanted}, shown {cell.status}"
    assert sum(shown.counts.values()) == board.max_num


def _status(claim: Claim | None, moment: dt.datetime) -> str:
    """What the public must see; empty when it is a matter of milliseconds."""
    if claim is None:
        return snapshots.AVAILABLE
    if claim.hold.phase == Phase.SOLD:
        return snapshots.SOLD
    if claim.hold.phase != Phase.BROWSING or claim.hold.expires_at is None:
        return snapshots.HELD
    left = (claim.hold.expires_at - moment).total_seconds()
    if abs(left) < SOON_SECONDS:
        return ""
    return snapshots.HELD if left > 0 else snapshots.AVAILABLE
