"""Move a supporter to another tile of the same board, without touching a cent unasked.

The tile passes through the same claiming statement as any reserve, so it can't be taken from
anybody. The order's line follows; what the new tile costs less stays a gift, on a line of its
own, and a dearer tile is refused: money doesn't move here.
"""

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.actors import Actor
from accounts.rights import Right, require
from boards import claiming, phases
from boards.errors import BadNumbers, TilesTaken
from boards.models import Board, Claim, Tile
from boards.states import Ended, Phase
from payments.models import Checkout, Dispute, Line, RefundLine
from rally.kit import money
from rally.kit.errors import DomainError
from rally.kit.retries import retrying


class NotMovable(DomainError):
    """Nobody bought the tile, or money for it is on its way to somewhere."""

    code = "conflict"
    sentence = gettext_lazy("Only a tile that somebody bought can be moved to another.")


class DearerTile(DomainError):
    """The other tile costs more than was paid."""

    code = "conflict"


def move(board: Board, number: int, to: int, by: Actor) -> Claim:
    """Give whoever bought tile `number` tile `to` instead; `number` goes on sale again.

    Raises Forbidden, BadNumbers, NotMovable, DearerTile, and TilesTaken when `to` isn't free.
    """
    require(by, Right.RUN_CAMPAIGNS, board.campaign.organization_id, board.campaign_id)
    if number == to:
        raise BadNumbers(_("That's the tile it is on."), [to])
    tile = Tile.objects.filter(board=board, number=to).first()
    if tile is None:
        raise BadNumbers(_("There is no tile %(n)s.") % {"n": to}, [to])

    def work() -> Claim:
        line = _locked_line(board, number)
        old = line.claim
        assert old is not None
        if tile.price_minor > line.amount_minor:
            raise DearerTile(_dearer(tile, line))
        phases.end_claims([old], Ended.MOVED)
        if claiming.claim_more(board_id=board.pk, numbers=[to], hold_id=old.hold_id) != 1:
            raise TilesTaken([to])
        new = Claim.objects.get(hold_id=old.hold_id, tile=tile, ended_at=None)
        _follow(line, new)
        _record(board, line, number, to, by)
        claiming.note(board_id=board.pk, hold_id=old.hold_id, numbers=[number, to])
        return new

    return retrying(work)


def _locked_line(board: Board, number: int) -> Line:
    """The paid line behind a sold tile, its order and hold locked."""
    claim = Claim.objects.filter(board=board, number=number, ended_at=None).first()
    if claim is None:
        raise NotMovable
    lines = list(
        Line.objects.select_for_update(no_key=True, of=("checkout", "checkout__hold"))
        .select_related("checkout__hold__organization", "claim")
        .filter(claim=claim)
        .order_by("pk")
    )
    settled = [line for line in lines if _is_settled(line.checkout)]
    if len(lines) != 1 or not settled:
        raise NotMovable(
            _("Money for tile %(n)s is still on its way, or it wasn't bought at all.")
            % {"n": number}
        )
    _must_stand_still(settled[0])
    return settled[0]


def _is_settled(checkout: Checkout) -> bool:
    promised = (
        checkout.method == Checkout.Method.OFFLINE and checkout.status == Checkout.Status.OPEN
    )
    paid = checkout.status in Checkout.PAID_STATUSES or promised
    return paid and checkout.hold.phase == Phase.SOLD


def _must_stand_still(line: Line) -> None:
    """Under the lock: the claim is live yet, nothing of it was refunded or is disputed."""
    assert line.claim_id is not None
    now = Claim.objects.filter(pk=line.claim_id, ended_at=None)
    refunded = RefundLine.objects.filter(line=OuterRef("pk"))
    disputed = Dispute.objects.filter(is_open=True, payment__checkout=OuterRef("checkout"))
    busy = Line.objects.filter(pk=line.pk).filter(Exists(refunded) | Exists(disputed))
    if not now.exists() or busy.exists():
        raise NotMovable(_("Some of this tile's money was refunded or is disputed."))


def _follow(line: Line, claim: Claim) -> None:
    """The line names the new tile; what is over becomes a gift of the same order."""
    over = line.amount_minor - claim.price_minor
    Line.objects.filter(pk=line.pk).update(claim=claim, amount_minor=claim.price_minor)
    if over:
        Line.objects.create(
            checkout=line.checkout, kind=Line.Kind.GIFT, goal_id=line.goal_id,
            donation_id=line.donation_id, amount_minor=over,
        )  # fmt: skip


def _dearer(tile: Tile, line: Line) -> str:
    currency = line.checkout.currency
    return _(
        "Tile %(n)s costs %(price)s and %(paid)s was paid. Choose a tile that costs no more; "
        "moving never asks for money."
    ) % {
        "n": tile.number,
        "price": money.format(tile.price_minor, currency),
        "paid": money.format(line.amount_minor, currency),
    }


def _record(board: Board, line: Line, number: int, to: int, by: Actor) -> None:
    audit.record(
        "tiles.moved", about=line.checkout, by=by.user, door=by.door,
        organization_id=board.campaign.organization_id,
        facts={"board": board.pk, "from": number, "to": to},
    )  # fmt: skip
