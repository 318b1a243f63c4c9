"""What a board shows to everybody: built once per version, served from memory.

One small query per read asks for the version; everything else comes from a snapshot kept in
this process. Holds that lapse after it was built are told by their deadlines, so no sweep is
needed: `k` counts the deadlines that have passed, and the ETag is `"version-k"`.
"""

import datetime as dt
import gzip
import json
import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Count, FilteredRelation, Q, Subquery
from django.db.models.functions import Now

from accounts.models import Organization
from boards.errors import BoardNotFound
from boards.models import Board, Tile
from boards.states import Kind, Phase
from campaigns.models import Campaign, Donation
from campaigns.showing import shown_name
from payments.models import Line

AVAILABLE, HELD, SOLD, BLOCKED = "available", "held", "sold", "blocked"
KEPT = 64


class Cell(NamedTuple):
    """One tile as the public sees it. `name` is None for unsold and anonymous ones."""

    number: int
    price_minor: int
    status: str
    name: str | None
    sponsor_url: str = ""


def slot(number: int, status: str, name: str | None, price_minor: int) -> dict[str, Any]:
    """A tile as the Tiles API shows it (contract 2.3)."""
    return {
        "id": f"slot{number}",
        "number": number,
        "status": status,
        "supporterName": name,
        "amountCents": price_minor,
    }


class CampaignFacts(NamedTuple):
    """What a board's page says about its campaign."""

    pk: int
    public_id: str
    slug: str
    title: str
    summary: str
    story: str
    status: str
    type: str
    deadline: dt.datetime | None
    time_zone: str
    palette: str
    modified_at: dt.datetime
    goal_minor: int
    raised_minor: int
    organization_id: int
    organization_name: str
    organization_common_name: str
    organization_slug: str
    offset_seconds: int
    organization_status: str
    noindex: bool
    supporters: int = 0

    @property
    def is_frozen(self) -> bool:
        """Whether staff paused the organization: nothing new is held, what is paid finishes."""
        return self.organization_status == Organization.Status.FROZEN


@dataclass(frozen=True)
class Snapshot:
    """A board at one version and one count of lapsed holds. Never changes."""

    board_pk: int
    public_id: str
    title: str
    version: int
    k: int
    currency: str
    min_num: int
    max_num: int
    columns: int
    is_open: bool
    closes_at: dt.datetime | None
    hold_seconds: int
    campaign: CampaignFacts
    cells: tuple[Cell, ...] = field(repr=False)

    @property
    def etag(self) -> str:
        """The strong validator of the JSON: `"version-k"`."""
        return f'"{self.version}-{self.k}"'

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many tiles are available, held, sold and blocked."""
        counts = {AVAILABLE: 0, HELD: 0, SOLD: 0, BLOCKED: 0}
        for cell in self.cells:
            counts[cell.status] += 1
        return counts

    @cached_property
    def by_number(self) -> dict[int, Cell]:
        """The cells by tile number."""
        return {cell.number: cell for cell in self.cells}

    @cached_property
    def json(self) -> bytes:
        """The Tiles API's body (contract 2.3)."""
        slots = [slot(cell.number, cell.status, cell.name, cell.price_minor) for cell in self.cells]
        board = {
            "id": self.public_id,
            "minNum": self.min_num,
            "maxNum": self.max_num,
            "slots": slots,
        }
        return json.dumps({"board": board}, separators=(",", ":"), ensure_ascii=False).encode()

    @cached_property
    def json_gz(self) -> bytes:
        """The same, compressed once."""
        return gzip.compress(self.json, 6, mtime=0)


@dataclass(frozen=True)
class _Built:
    """A snapshot with nothing lapsed yet, and what will lapse when."""

    base: Snapshot
    deadlines: tuple[dt.datetime, ...]
    lapsing: tuple[tuple[int, ...], ...]
    views: dict[int, Snapshot]


_memory: "OrderedDict[tuple[object, ...], _Built]" = OrderedDict()
_guard = threading.Lock()
_building: dict[str, threading.Lock] = {}

_FACTS = (
    "pk", "public_id", "title", "version", "currency", "min_num", "max_num", "columns", "is_open",
    "closes_at", "hold_seconds",
)  # fmt: skip
_CAMPAIGN = (
    "campaign__pk", "campaign__public_id", "campaign__slug", "campaign__title",
    "campaign__summary", "campaign__story", "campaign__status", "campaign__type",
    "campaign__deadline", "campaign__time_zone", "campaign__palette", "campaign__modified_at",
    "campaign__goal__amount_minor", "campaign__goal__raised_minor", "campaign__organization_id",
    "campaign__organization__name", "campaign__organization__common_name",
    "campaign__organization__slug", "campaign__organization__clock_offset_s",
    "campaign__organization__status", "campaign__organization__noindex",
)  # fmt: skip


def snapshot(public_id: str, now: dt.datetime | None = None) -> Snapshot:
    """What the public sees of a board now. Raises BoardNotFound for draft, paused, unknown."""
    row = (
        Board.objects.filter(public_id=public_id, archived_at=None)
        .filter(campaign__status__in=Campaign.PUBLIC, campaign__archived_at=None)
        .annotate(clock=Now())
        .values_list(*_FACTS, *_CAMPAIGN, "clock")
        .first()
    )
    if row is None:
        raise BoardNotFound
    facts = CampaignFacts(*row[len(_FACTS) : -1])
    built = _remembered(row[: len(_FACTS)], facts)
    moment = now or row[-1] + dt.timedelta(seconds=facts.offset_seconds)
    return _at(built, bisect_right(built.deadlines, moment))


def _remembered(board: tuple[Any, ...], facts: CampaignFacts) -> _Built:
    key = (*board, facts)
    with _guard:
        if key in _memory:
            _memory.move_to_end(key)
            return _memory[key]
        building = _building.setdefault(board[1], threading.Lock())
    with building:
        with _guard:
            if key in _memory:
                return _memory[key]
        built = _build(board, facts)
        with _guard:
            for old in [k for k in _memory if k[0] == board[0]]:
                del _memory[old]
            _memory[key] = built
            while len(_memory) > KEPT:
                _memory.popitem(last=False)
        return built


def _build(board: tuple[Any, ...], facts: CampaignFacts) -> _Built:
    """Two queries, whatever the number of tiles: the cells, and who is shown on them."""
    pk = board[0]
    names = _names(pk)
    supporters = 0
    cells, lapsing = [], []
    for number, price, sponsor, url, phase, kind, expires_at, givers in _rows(pk, facts.pk):
        supporters = givers or 0
        status = status_of(kind, phase)
        name = (sponsor or names.get(number)) if status == SOLD else None
        cells.append(Cell(number, price, status, name, url))
        if phase == Phase.BROWSING and expires_at is not None:
            lapsing.append((expires_at, number))
    lapsing.sort()
    shown = facts._replace(supporters=supporters)
    # `board` is a row of just these columns.
    base = Snapshot(*board[:4], 0, *board[4:], shown, tuple(cells))  # type: ignore[call-arg]
    return _Built(
        base,
        tuple(moment for moment, _ in lapsing),
        tuple((number,) for _, number in lapsing),
        {0: base},
    )


def _rows(board_pk: int, campaign_pk: int) -> Iterable[tuple[Any, ...]]:
    givers = (
        Donation.objects.filter(campaign_id=campaign_pk, status=Donation.Status.CONFIRMED)
        .order_by()
        .values("campaign_id")
        .annotate(n=Count("person_id", distinct=True))
        .values("n")
    )
    return (
        Tile.objects.filter(board_id=board_pk)
        .annotate(live=FilteredRelation("claims", condition=Q(claims__ended_at=None)))
        .order_by("number")
        .values_list(
            "number", "price_minor", "sponsor_name", "sponsor_url", "live__hold__phase",
            "live__hold__kind", "live__hold__expires_at", Subquery(givers),
        )
    )  # fmt: skip


def _names(board_pk: int) -> dict[int, str | None]:
    """Shown names by tile number; anonymous givers are left out."""
    rows = (
        Line.objects.filter(claim__board_id=board_pk, claim__ended_at=None)
        .filter(claim__hold__phase=Phase.SOLD)
        .filter(
            Q(donation__status=Donation.Status.CONFIRMED)
            # Given by hand and not counted yet: the tile is theirs all the same.
            | Q(donation__status=Donation.Status.PENDING, claim__hold__kind=Kind.PROMISE)
        )
        .exclude(donation__shown_as=Donation.ShownAs.ANONYMOUS)
        .values_list("claim__number", "donation__display_name", "donation__shown_as")
    )
    return {number: shown_name(name, shown_as) for number, name, shown_as in rows}


def status_of(kind: str | None, phase: str | None) -> str:
    """The public word for a tile whose live claim's hold is of this kind and phase."""
    if kind is None:
        return AVAILABLE
    if kind == Kind.BLOCK:
        return BLOCKED
    return SOLD if phase == Phase.SOLD else HELD


def _at(built: _Built, k: int) -> Snapshot:
    """The snapshot with the first `k` deadlines passed."""
    if k in built.views:
        return built.views[k]
    lapsed = {number for numbers in built.lapsing[:k] for number in numbers}
    base = built.base
    cells = tuple(
        cell._replace(status=AVAILABLE) if cell.number in lapsed else cell for cell in base.cells
    )
    view = Snapshot(
        base.board_pk, base.public_id, base.title, base.version, k, base.currency, base.min_num,
        base.max_num, base.columns, base.is_open and not base.campaign.is_frozen,
        base.closes_at, base.hold_seconds, base.campaign, cells,
    )  # fmt: skip
    built.views[k] = view
    return view
