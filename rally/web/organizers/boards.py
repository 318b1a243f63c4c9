"""A board at its organizers': every tile, who has it, and what can be done with those ticked."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.rights import Right
from boards import planning
from boards.models import Board
from boards.planning import Plan
from boards.states import PriceModel
from campaigns.models import Campaign, Member, Team
from rally.kit import clock, money
from rally.kit.errors import DomainError
from rally.web.organizers import base, board_rows
from rally.web.organizers.amounts import plain
from rally.web.organizers.base import Desk
from rally.web.organizers.board_forms import LayoutForm, RulesForm

BOTH = ("GET", "POST")
BLOCK = 100
BIG = 400
SHOWS = ("all", "free", "held", "sold", "promised", "aside")
MOST_OWNERS = 200


def board_page(
    right: Right = Right.RUN_CAMPAIGNS, *, methods: Iterable[str] = ("GET",)
) -> Callable[[base.View], base.View]:
    """A page under /organize/{code}/boards/{public_id}/: view(request, desk, board, ...)."""

    def decorate(view: base.View) -> base.View:
        @base.organization_page(methods=methods)
        @wraps(view)
        def guarded(request: HttpRequest, desk: Desk, public_id: str, **path: Any) -> HttpResponse:
            board = (
                Board.objects.select_related("team", "member__person", "goal")
                .filter(public_id=public_id, archived_at=None)
                .filter(campaign__organization=desk.organization)
                .first()
            )
            if board is None:
                raise Http404
            there = base.at_campaign(desk, pk=board.campaign_id)
            assert there.campaign is not None
            board.campaign = there.campaign
            if not there.may(right):
                return base.forbidden(request, there)
            return view(request, there, board, **path)

        return guarded

    return decorate


def crumb(desk: Desk, board: Board | None = None) -> dict[str, str]:
    """The way back: to the board, or to its campaign."""
    assert desk.campaign is not None
    if board is not None:
        return {"url": desk.url("board", board.public_id), "label": board.title}
    return {"url": desk.url("campaign", desk.campaign.slug), "label": desk.campaign.title}


@board_page()
def board(request: HttpRequest, desk: Desk, board: Board) -> HttpResponse:
    """GET /organize/{code}/boards/{public_id}/?show=&find=&block=&view=."""
    now = clock.now(desk.organization.clock_offset_s)
    everything = board_rows.rows(board, now)
    show = request.GET.get("show", "all")
    show = show if show in SHOWS else "all"
    find = _number(request.GET.get("find", ""))
    chosen = [row for row in everything if show in ("all", row.state)]
    if find is not None:
        chosen = [row for row in everything if row.number == find]
    blocks, here = _blocks(request, chosen, show)
    as_list = request.GET.get("view") == "list"
    counts = board_rows.counts(everything)
    return base.show(
        request, "organize/board/page.html", desk, board=board, title=board.title,
        crumb=crumb(desk), counts=counts, total=len(everything), show=show, find=find,
        tabs=_tabs(show, counts, len(everything)), blocks=blocks, as_list=as_list,
        lead=_facts(board, len(everything)), found=len(chosen),
        rows=[_listed(row, board.currency) for row in here] if as_list else [],
        grid="" if as_list else board_rows.grid(here, board.currency, board.columns, ()),
        locked=board.locked_at is not None,
    )  # fmt: skip


def _facts(board: Board, tiles: int) -> str:
    to = board.team or board.member or None
    credit = _("credited to %(name)s") % {"name": to} if to else ""
    state = _("open") if board.is_open else _("not open")
    said = [_("%(n)d tiles") % {"n": tiles}, state, credit]
    return " · ".join(part for part in said if part)


def _tabs(show: str, counts: dict[str, int], total: int) -> list[dict[str, Any]]:
    names = {
        "all": _("All"), "free": _("Free"), "held": _("Held"), "sold": _("Sold"),
        "promised": _("Not counted"), "aside": _("Set aside"),
    }  # fmt: skip
    return [
        {"value": value, "name": name, "count": counts.get(value, total), "now": value == show}
        for value, name in names.items()
    ]


def _blocks(
    request: HttpRequest, chosen: list[board_rows.Row], show: str
) -> tuple[list[dict[str, Any]], list[board_rows.Row]]:
    """A hundred tiles at a time on boards that are too large for one page."""
    if len(chosen) <= BIG:
        return [], chosen
    last = (len(chosen) - 1) // BLOCK + 1
    now = min(_number(request.GET.get("block", "")) or 1, last)
    parts = [chosen[n * BLOCK : (n + 1) * BLOCK] for n in range(last)]
    blocks = [
        {
            "label": f"{part[0].number}–{part[-1].number}",
            "query": f"?show={show}&block={n}",
            "now": n == now,
        }
        for n, part in enumerate(parts, 1)
    ]
    return blocks, chosen[(now - 1) * BLOCK : now * BLOCK]


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() and 0 < len(typed) <= 7 else None


def _listed(row: board_rows.Row, currency: str) -> dict[str, Any]:
    return {
        "number": row.number, "price": money.format(row.price_minor, currency),
        "said": row.said, "name": row.name, "state": row.state,
    }  # fmt: skip


# Laying out -----------------------------------------------------------------------------------
@base.campaign_page(Right.RUN_CAMPAIGNS, methods=BOTH)
def new(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET, POST /organize/{code}/c/{slug}/boards/new/."""
    campaign = desk.campaign
    assert campaign is not None
    start = {"title": _("Another board"), "unit": money.whole_unit(campaign.currency)}
    form = LayoutForm(base.posted(request), initial=start, currency=campaign.currency)
    if request.method == "POST" and form.is_valid():
        try:
            made = planning.add(campaign, _plan(form, campaign), desk.actor)
        except DomainError as why:
            base.blame(form, why)
        else:
            messages.success(request, _("The board is there."))
            return redirect(desk.url("board", made.public_id))
    return _layout_page(request, desk, form, _("Another board"), crumb(desk))


@board_page(methods=BOTH)
def layout(request: HttpRequest, desk: Desk, board: Board) -> HttpResponse:
    """GET, POST /organize/{code}/boards/{public_id}/layout/: until the first pick."""
    form = LayoutForm(base.posted(request), initial=_laid_out(board), currency=board.currency)
    if request.method == "POST" and form.is_valid():
        try:
            planning.lay_out(board, _plan(form, board.campaign), desk.actor)
        except DomainError as why:
            base.blame(form, why)
        else:
            messages.success(request, _("The tiles are laid out anew."))
            return redirect(desk.url("board", board.public_id))
    return _layout_page(
        request, desk, form, _("Numbers and prices"), crumb(desk, board),
        locked=board.locked_at is not None,
    )  # fmt: skip


def _layout_page(
    request: HttpRequest, desk: Desk, form: LayoutForm, title: str, back: dict[str, str],
    *, locked: bool = False,
) -> HttpResponse:  # fmt: skip
    return base.show(
        request, "organize/board/layout.html", desk, form=form, title=title, crumb=back,
        locked=locked, status=400 if form.is_bound and form.errors else 200,
    )  # fmt: skip


def _plan(form: LayoutForm, campaign: Campaign) -> Plan:
    data = form.cleaned_data
    unit = data["unit"]
    if data["price_model"] in (PriceModel.LADDER, PriceModel.BANDS):
        unit = money.whole_unit(campaign.currency)
    return Plan(
        title=data["title"], first=data["first"], last=data["last"],
        price_model=data["price_model"], unit_minor=unit, bands=data["bands"],
        columns=int(data["columns"]), own_prices=data["own"],
    )  # fmt: skip


def _laid_out(board: Board) -> dict[str, Any]:
    def price(minor: int) -> str:
        return plain(minor, board.currency)

    bands = [f"{b['from']}-{b['to']} = {price(b['priceMinor'])}" for b in board.bands]
    return {
        "title": board.title, "first": board.min_num, "last": board.max_num,
        "price_model": board.price_model, "unit": board.unit_minor, "columns": board.columns,
        "bands": "\n".join(bands),
    }  # fmt: skip


# Rules ----------------------------------------------------------------------------------------
@board_page(methods=BOTH)
def rules(request: HttpRequest, desk: Desk, board: Board) -> HttpResponse:
    """GET, POST /organize/{code}/boards/{public_id}/settings/."""
    start = {
        "title": board.title, "columns": board.columns, "hold_minutes": board.hold_seconds // 60,
        "most_per_supporter": board.most_per_supporter, "owner": owner_key(board),
    }  # fmt: skip
    form = RulesForm(base.posted(request), initial=start)
    owners = owners_of(board.campaign)
    field = form.fields["owner"]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [(key, label) for key, (label, _owner) in owners.items()]
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            planning.change(
                board, title=data["title"], columns=int(data["columns"]),
                hold_minutes=data["hold_minutes"],
                most_per_supporter=data["most_per_supporter"], by=desk.actor,
            )  # fmt: skip
            planning.assign(board, owners[data["owner"] or ""][1], desk.actor)
        except DomainError as why:
            base.blame(form, why)
        else:
            messages.success(request, _("Saved."))
            return redirect(desk.url("board", board.public_id))
    return base.show(
        request, "organize/board/rules.html", desk, form=form, board=board,
        title=_("Rules of this board"), crumb=crumb(desk, board),
        status=400 if form.is_bound and form.errors else 200,
    )  # fmt: skip


def owner_key(board: Board) -> str:
    """How forms name whom a board is credited to."""
    if board.team_id is not None:
        return f"team-{board.team_id}"
    return f"member-{board.member_id}" if board.member_id is not None else ""


def owners_of(campaign: Campaign) -> dict[str, tuple[str, Team | Member | None]]:
    """The campaign itself, its teams, its fundraisers."""
    teams = Team.objects.filter(campaign=campaign, archived_at=None).order_by("name")
    members = Member.objects.filter(
        campaign=campaign, is_fundraiser=True, archived_at=None
    ).select_related("person").order_by("person__name_key")  # fmt: skip
    found: dict[str, tuple[str, Team | Member | None]] = {"": (_("the whole campaign"), None)}
    for team in teams[:MOST_OWNERS]:
        found[f"team-{team.pk}"] = (_("Team %(name)s") % {"name": team.name}, team)
    for member in members[:MOST_OWNERS]:
        found[f"member-{member.pk}"] = (str(member.person), member)
    return found


@board_page(methods=BOTH)
def put_away(request: HttpRequest, desk: Desk, board: Board) -> HttpResponse:
    """GET, POST /organize/{code}/boards/{public_id}/put-away/."""
    if request.method == "POST":
        planning.put_away(board, desk.actor)
        messages.success(request, _("The board is put away."))
        return redirect(crumb(desk)["url"])
    return base.ask(
        request, desk, title=_("Put this board away?"), button=_("Put it away"),
        back=desk.url("board", board.public_id),
        consequences=[
            _("Nobody sees “%(title)s” any more.") % {"title": board.title},
            _("It works only while nobody has a tile of it, and can't be taken back."),
        ],
    )  # fmt: skip


@board_page(methods=("POST",))
def shift(request: HttpRequest, desk: Desk, board: Board) -> HttpResponse:
    """POST /organize/{code}/boards/{public_id}/earlier/: one place up in the campaign's order."""
    campaign = board.campaign
    found = Board.objects.filter(campaign=campaign, archived_at=None).order_by("position", "pk")
    order = list(found.values_list("public_id", flat=True))
    place = order.index(board.public_id)
    if place:
        order[place - 1], order[place] = order[place], order[place - 1]
        planning.reorder(campaign, order, desk.actor)
    return redirect(desk.url("campaign-boards", campaign.slug))
