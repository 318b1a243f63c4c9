"""Organizers keep tiles back, give them away or to a sponsor, and put them back on sale.

It is the same claim as any supporter's, so nobody's tile can be taken by it.
"""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.actors import Actor
from accounts.rights import Right, require
from boards import holds, phases, reserving
from boards.errors import BadNumbers
from boards.models import Board, Claim, Hold, Tile
from boards.states import Kind, Phase
from rally.kit import text
from rally.kit.errors import DomainError, InvalidInput
from rally.kit.retries import retrying

ASIDE = (Kind.BLOCK, Kind.COMP, Kind.SPONSOR)
LONGEST_NAME = 100
LONGEST_LINK = 500


class NotAside(DomainError):
    """A supporter has it, or nobody."""

    code = "conflict"
    sentence = gettext_lazy("Only tiles you kept back or gave away yourselves can be put back.")


def block(board: Board, numbers: Sequence[int], by: Actor, *, note: str = "") -> Hold:
    """Take tiles off sale. Raises Forbidden, BadNumbers, TilesTaken."""
    return _take(board, numbers, Kind.BLOCK, by, note)


def comp(board: Board, numbers: Sequence[int], by: Actor, *, name: str, note: str = "") -> Hold:
    """Give tiles away to somebody, who is shown on them. Raises as `block`, and InvalidInput."""
    shown = _name(name)
    return _take(board, numbers, Kind.COMP, by, note, shown=shown)


def sponsor(
    board: Board, numbers: Sequence[int], by: Actor, *, name: str, link: str = "", note: str = ""
) -> Hold:
    """Give tiles to a sponsor, with a name and, if they like, a link that must be https.

    Raises as `block`, and InvalidInput.
    """
    shown, url = _name(name), _link(link)
    return _take(board, numbers, Kind.SPONSOR, by, note, shown=shown, url=url)


def put_back(board: Board, numbers: Sequence[int], by: Actor) -> None:
    """Put tiles that were set aside on sale again. Raises Forbidden, BadNumbers, NotAside; then
    none of them was."""
    _require(board, by)
    if not numbers:
        raise BadNumbers(_("Pick at least one tile."))

    def work() -> None:
        found = Claim.objects.filter(board=board, number__in=numbers, ended_at=None)
        mine = found.filter(hold__kind__in=ASIDE, hold__phase=Phase.SOLD)
        hold_ids = sorted(set(mine.values_list("hold_id", flat=True)))
        # All holds first: a board is locked by the first tile that goes back.
        locked = [holds.locked(hold_id) for hold_id in hold_ids]
        theirs = {
            hold.pk: [c for c in phases.live_claims(hold) if c.number in numbers] for hold in locked
        }
        if sum(map(len, theirs.values())) != len(set(numbers)):
            raise NotAside
        named = Tile.objects.filter(board=board, number__in=numbers).exclude(sponsor_name="")
        named.update(sponsor_name="", sponsor_url="")
        for hold in locked:
            claims = theirs[hold.pk]
            phases.put_back(hold, claims, {claim.pk for claim in claims})
        _record("tiles.put_back", board, by, numbers)

    retrying(work)


def _take(
    board: Board, numbers: Sequence[int], kind: Kind, by: Actor, note: str, *, shown: str = "",
    url: str = "",
) -> Hold:  # fmt: skip
    _require(board, by)

    def work() -> Hold:
        if shown:
            # Before the claim: the board's row must be the last one locked.
            tiles = Tile.objects.filter(board=board, number__in=numbers)
            tiles.update(sponsor_name=shown, sponsor_url=url)
        hold = reserving.take(
            board_id=board.pk, numbers=numbers, kind=kind, note=text.one_line(note)[:300]
        )
        _record(f"tiles.{kind.value}", board, by, numbers)
        return hold

    return retrying(work)


def _record(verb: str, board: Board, by: Actor, numbers: Sequence[int]) -> None:
    audit.record(
        verb, about=board, by=by.user, door=by.door,
        organization_id=board.campaign.organization_id, facts={"numbers": list(numbers)},
    )  # fmt: skip


def _require(board: Board, by: Actor) -> None:
    require(by, Right.RUN_CAMPAIGNS, board.campaign.organization_id, board.campaign_id)


def _name(value: str) -> str:
    value = text.one_line(value)
    if not text.is_visible(value) or text.has_forbidden(value):
        raise InvalidInput(_("Please say who is shown on the tile."), field="name")
    if len(value) > LONGEST_NAME:
        raise InvalidInput(_("Please keep this to 100 characters."), field="name")
    return value


def _link(value: str) -> str:
    """Empty, or an https address without a user name in it."""
    value = value.strip()
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    odd = text.has_forbidden(value) or not value.isprintable() or " " in value or "@" in value
    if odd or not host or "." not in host or parts.scheme != "https" or len(value) > LONGEST_LINK:
        raise InvalidInput(_("A link starts with https:// and has 500 characters at most."),
                           field="link")  # fmt: skip
    return value
