"""What organizers plan: add a board, lay it out, name, order and assign it, put it away.

Numbers and prices are promised from the first pick on; everything else may change later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.actors import Actor
from accounts.rights import Right, require
from boards import building, relaying
from boards.models import Board, Claim
from boards.models.boards import MOST_TILES
from boards.relaying import BadLayout
from boards.states import PriceModel
from campaigns import goals
from campaigns.editing import locked
from campaigns.errors import WrongStatus
from campaigns.fitting import Fit
from campaigns.lifecycle import OVER
from campaigns.models import Campaign, Member, Team
from rally.kit import clock, text
from rally.kit.errors import DomainError, InvalidInput
from rally.kit.retries import retrying

LONGEST_TITLE = 120
MOST_BOARDS = 100
COLUMNS = (5, 7, 8, 10)
HOLD_SECONDS = (300, 3600)


class NotEmpty(DomainError):
    """Somebody has tiles of it."""

    code = "conflict"
    sentence = gettext_lazy(
        "Somebody has tiles of this board, so it can't be put away. Refund or free them first."
    )


@dataclass(frozen=True, slots=True)
class Plan:
    """How a board is laid out. `unit_minor` and `own_prices` in the campaign's minor units;
    `bands` are `{"from", "to", "priceMinor"}`."""

    title: str
    first: int = 1
    last: int = 100
    price_model: str = PriceModel.LADDER
    unit_minor: int = 100
    bands: Sequence[Mapping[str, int]] = ()
    columns: int = 10
    own_prices: Mapping[int, int] = field(default_factory=dict)


def add(campaign: Campaign, plan: Plan, by: Actor) -> Board:
    """A new board at the end of the campaign's. Raises Forbidden, InvalidInput, WrongStatus."""
    return _add_all(campaign, [plan], by)[0]


def add_fit(campaign: Campaign, fit: Fit, by: Actor) -> list[Board]:
    """The boards of a proposal. A draft's boards that nobody has picked from make room for them.

    Raises Forbidden, InvalidInput, WrongStatus.
    """
    names = [_("Board %(n)d") % {"n": n} for n in range(1, fit.boards + 1)]
    if fit.boards == 1:
        names = [_("Tiles 1 to %(n)d") % {"n": fit.size}]
    plans = [
        Plan(title=name, last=fit.size, price_model=fit.price_model, unit_minor=fit.unit_minor,
             columns=7 if fit.size == 31 else 10)
        for name in names
    ]  # fmt: skip
    return _add_all(campaign, plans, by, instead=campaign.status == Campaign.Status.DRAFT)


def lay_out(board: Board, plan: Plan, by: Actor) -> Board:
    """Other numbers or prices, before the first pick. Raises Forbidden, BoardLocked, BadLayout."""
    _require(board, by)
    wanted = _board(board.campaign, plan, board.position)
    relaying.check(wanted)
    board.title, board.columns = wanted.title, wanted.columns
    for name in ("min_num", "max_num", "price_model", "unit_minor", "bands"):
        setattr(board, name, getattr(wanted, name))

    def work() -> None:
        relaying.relay(board)
        if plan.own_prices:
            relaying.reprice(board, plan.own_prices)
        Board.objects.filter(pk=board.pk).update(title=wanted.title, columns=wanted.columns)
        _record("board.laid_out", board, by)

    retrying(work)
    board.refresh_from_db()
    return board


def reprice(board: Board, prices: Mapping[int, int], by: Actor) -> Board:
    """Single tiles at a price of their own, before the first pick. Raises as `lay_out`."""
    _require(board, by)

    def work() -> None:
        relaying.reprice(board, prices)
        _record("board.repriced", board, by, tiles=len(prices))

    retrying(work)
    return board


def change(
    board: Board, *, title: str, columns: int, hold_minutes: int, most_per_supporter: int | None,
    by: Actor,
) -> Board:  # fmt: skip
    """Name and rules, at any time; a hold that runs keeps its own clock. Raises Forbidden and
    InvalidInput."""
    _require(board, by)
    values: dict[str, Any] = {
        "title": _title(title),
        "columns": _columns(columns),
        "hold_seconds": hold_minutes * 60,
        "most_per_supporter": most_per_supporter,
    }
    if not HOLD_SECONDS[0] <= hold_minutes * 60 <= HOLD_SECONDS[1]:
        raise InvalidInput(_("A hold lasts 5 to 60 minutes."), field="hold_minutes")
    if most_per_supporter is not None and not 1 <= most_per_supporter <= MOST_TILES:
        raise InvalidInput(_("At least one tile each."), field="most_per_supporter")
    return _write(board, values, "board.changed", by)


def assign(board: Board, owner: Team | Member | None, by: Actor) -> Board:
    """Credit what this board raises from now on to a team or a fundraiser, or to the campaign.

    What was sold before keeps its credit. Raises Forbidden and InvalidInput.
    """
    _require(board, by)
    if owner is not None and owner.campaign_id != board.campaign_id:
        raise InvalidInput(_("That's in another campaign."), field="owner")
    values = {
        "team": owner if isinstance(owner, Team) else None,
        "member": owner if isinstance(owner, Member) else None,
        "goal": goals.ensure(owner or board.campaign),
    }
    return _write(board, values, "board.assigned", by)


def reorder(campaign: Campaign, public_ids: Sequence[str], by: Actor) -> None:
    """Show the boards in this order; those not named come after, as they were."""
    require(by, Right.RUN_CAMPAIGNS, campaign.organization_id, campaign.pk)

    def work() -> None:
        boards = list(_of(campaign).select_for_update(no_key=True, of=("self",)).order_by("pk"))
        wanted = {name: place for place, name in enumerate(public_ids)}
        boards.sort(key=lambda b: (wanted.get(b.public_id, len(wanted)), b.position, b.pk))
        for place, board in enumerate(boards):
            Board.objects.filter(pk=board.pk).update(position=place)
        audit.record("boards.reordered", about=campaign, by=by.user, door=by.door)

    retrying(work)


def put_away(board: Board, by: Actor) -> None:
    """Nobody sees it any more. Raises Forbidden, and NotEmpty while somebody has a tile."""
    _require(board, by)

    def work() -> None:
        # Closing it first turns away whoever is reserving at this moment.
        values = {"is_open": False, "archived_at": clock.database_now()}
        Board.objects.filter(pk=board.pk).update(**values)
        if Claim.objects.filter(board=board, ended_at=None).exists():
            raise NotEmpty
        relaying.note(board.pk)
        _record("board.archived", board, by)

    retrying(work)
    board.refresh_from_db()


def _add_all(
    campaign: Campaign, plans: Sequence[Plan], by: Actor, *, instead: bool = False
) -> list[Board]:
    require(by, Right.RUN_CAMPAIGNS, campaign.organization_id, campaign.pk)

    def work() -> list[Board]:
        row = locked(campaign.pk)
        if row.status in OVER:
            raise WrongStatus(_("The campaign is over; it can't have another board."))
        if instead:
            _of(row).filter(locked_at=None).update(archived_at=clock.database_now(), is_open=False)
        place = _of(row).count()
        if place + len(plans) > MOST_BOARDS:
            words = _("A campaign has at most %(n)d boards.") % {"n": MOST_BOARDS}
            raise InvalidInput(words, field="title")
        made = [_made(row, plan, place + i, by) for i, plan in enumerate(plans)]
        building.follow_campaign(row)
        return made

    return retrying(work)


def _made(campaign: Campaign, plan: Plan, position: int, by: Actor) -> Board:
    board = _board(campaign, plan, position)
    relaying.check(board)
    building.build(board)
    if plan.own_prices:
        relaying.reprice(board, plan.own_prices)
    _record("board.added", board, by, numbers=[board.min_num, board.max_num])
    return board


def _board(campaign: Campaign, plan: Plan, position: int) -> Board:
    if plan.price_model not in PriceModel.values:
        raise BadLayout(_("Please choose how tiles are priced."), field="price_model")
    if not 0 < plan.unit_minor <= relaying.DEAREST_MINOR:
        raise BadLayout(_("A tile's price can't be charged in this currency."), field="unit")
    return Board(
        campaign=campaign, goal=campaign.goal, title=_title(plan.title), position=position,
        min_num=plan.first, max_num=plan.last, columns=_columns(plan.columns),
        currency=campaign.currency, price_model=plan.price_model, unit_minor=plan.unit_minor,
        bands=[dict(band) for band in plan.bands],
    )  # fmt: skip


def _write(board: Board, values: Mapping[str, Any], verb: str, by: Actor) -> Board:
    def work() -> None:
        old = Board.objects.select_for_update(no_key=True, of=("self",)).get(pk=board.pk)
        changed = {name: new for name, new in values.items() if getattr(old, name) != new}
        if changed:
            Board.objects.filter(pk=board.pk).update(**changed)
            relaying.note(board.pk)
            _record(verb, board, by, fields=sorted(changed))

    retrying(work)
    board.refresh_from_db()
    return board


def _of(campaign: Campaign) -> Any:
    return Board.objects.filter(campaign=campaign, archived_at=None)


def _require(board: Board, by: Actor) -> None:
    require(by, Right.RUN_CAMPAIGNS, board.campaign.organization_id, board.campaign_id)


def _record(verb: str, board: Board, by: Actor, **facts: Any) -> None:
    organization_id = board.campaign.organization_id
    audit.record(
        verb, about=board, by=by.user, door=by.door, organization_id=organization_id, facts=facts
    )


def _title(value: str) -> str:
    value = text.one_line(value)
    if not text.is_visible(value) or text.has_forbidden(value):
        raise InvalidInput(_("Please give the board a name."), field="title")
    if len(value) > LONGEST_TITLE:
        raise InvalidInput(_("Please keep this to 120 characters."), field="title")
    return value


def _columns(value: int) -> int:
    if value not in COLUMNS:
        raise InvalidInput(_("Please choose how many tiles stand in a row."), field="columns")
    return value
