"""I17, I22: what the public sees is what is, by the clock, whether or not a sweep ran."""

from boards.models import Board, Claim
from boards.states import Phase
from payments import snapshots
from prove.world import World
from rally.kit import clock


def check(world: World) -> None:
    """Compare every board as it is shown with its claims."""
    boards = Board.objects.select_related("campaign__organization")
    moment = None
    for board in boards:
        if moment is None:
            moment = clock.database_now(board.campaign.organization.clock_offset_s)
        live = {
            claim.number: claim
            for claim in Claim.objects.filter(board=board, ended_at=None).select_related("hold")
        }
        shown = snapshots.snapshot(board.public_id)
        for cell in shown.cells:
            claim = live.get(cell.number)
            wanted = snapshots.AVAILABLE
            if claim is not None and claim.hold.phase == Phase.SOLD:
                wanted = snapshots.SOLD
            elif claim is not None and claim.hold.phase != Phase.BROWSING:
                wanted = snapshots.HELD
            elif claim is not None and claim.hold.expires_at is not None:
                left = (claim.hold.expires_at - moment).total_seconds()
                if abs(left) < 2:
                    continue
                wanted = snapshots.HELD if left > 0 else snapshots.AVAILABLE
            assert cell.status == wanted, f"tile {cell.number} is {wanted}, shown {cell.status}"
        assert sum(shown.counts.values()) == board.max_num
