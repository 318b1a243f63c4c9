"""What organizers do with tiles: keep back, give away, sponsor, free, sell for cash, move.

Each is a page of its own: tick tiles on the board, choose what to do, and see it in a form. It
works with a keyboard and without scripts; a refusal stands beside what was typed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.rights import Right
from boards import setting_aside
from boards.models import Board, Tile
from campaigns.models import Donation
from payments import moving, offline
from payments.models import Checkout
from payments.offline import Entry
from rally.kit import clock, money
from rally.kit.errors import DomainError
from rally.web.organizers import base
from rally.web.organizers.amounts import day_of, end_of
from rally.web.organizers.base import Desk
from rally.web.organizers.board_forms import (
    BlockForm,
    CashForm,
    CompForm,
    FreeForm,
    MoveForm,
    ReasonForm,
    SponsorForm,
)
from rally.web.organizers.boards import board_page, crumb

BOTH = ("GET", "POST")
# What the core calls a field, and what the form calls it.
NAMES = {
    "slotIds": "numbers", "supporter.name": "name", "supporter.email": "email",
    "supporter.displayAs": "shown_as", "paid_at": "paid_on",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Act:
    """A deed: its words, its form, and the verb behind it."""

    title: Any
    lead: Any
    button: Any
    form: type[forms.Form]
    do: Callable[[Board, dict[str, Any], Desk], str]


def _block(board: Board, data: dict[str, Any], desk: Desk) -> str:
    setting_aside.block(board, data["numbers"], desk.actor, note=data["note"])
    return _("They're off sale.")


def _comp(board: Board, data: dict[str, Any], desk: Desk) -> str:
    setting_aside.comp(board, data["numbers"], desk.actor, name=data["name"])
    return _("They're given away.")


def _sponsor(board: Board, data: dict[str, Any], desk: Desk) -> str:
    setting_aside.sponsor(board, data["numbers"], desk.actor, name=data["name"], link=data["link"])
    return _("The sponsor is on the board.")


def _free(board: Board, data: dict[str, Any], desk: Desk) -> str:
    setting_aside.put_back(board, data["numbers"], desk.actor)
    return _("They're on sale again.")


def _move(board: Board, data: dict[str, Any], desk: Desk) -> str:
    moving.move(board, data["number"], data["to"], desk.actor)
    return _("Tile %(number)d is theirs no more; they have tile %(to)d.") % data


def _cash(board: Board, data: dict[str, Any], desk: Desk) -> str:
    campaign = board.campaign
    now = clock.now(desk.organization.clock_offset_s)
    today = day_of(now, campaign.time_zone) == data["paid_on"]
    entry = Entry(
        numbers=data["numbers"], name=data["name"], amount_minor=data["amount"],
        paid_at=now if today else end_of(data["paid_on"], campaign.time_zone),
        email=data["email"], payment_type=data["payment_type"], shown_as=data["shown_as"],
        note=data["note"],
    )  # fmt: skip
    counted = bool(data.get("counted"))
    offline.enter(board, entry, desk.actor, counted=counted)
    if counted:
        return _("Sold, and counted as raised.")
    return _("Sold. It counts as raised once an owner or admin has counted the money.")


ACTS = {
    "block": Act(
        gettext_lazy("Keep tiles back"), gettext_lazy("Nobody can pick them until you free them."),
        gettext_lazy("Keep back"), BlockForm, _block,
    ),
    "comp": Act(
        gettext_lazy("Give tiles away"), gettext_lazy("They show as sold; no money is counted."),
        gettext_lazy("Give away"), CompForm, _comp,
    ),
    "sponsor": Act(
        gettext_lazy("Tiles for a sponsor"),
        gettext_lazy("The sponsor's name stands on them; no money is counted here."),
        gettext_lazy("Give to the sponsor"), SponsorForm, _sponsor,
    ),
    "free": Act(
        gettext_lazy("Put tiles back on sale"),
        gettext_lazy("For tiles you kept back or gave away. What was bought is refunded instead."),
        gettext_lazy("Put back on sale"), FreeForm, _free,
    ),
    "cash": Act(
        gettext_lazy("Sold for cash or check"),
        gettext_lazy("Write down what you were given. The tiles are sold at once."),
        gettext_lazy("Write it down"), CashForm, _cash,
    ),
    "move": Act(
        gettext_lazy("Move a supporter to another tile"),
        gettext_lazy("The old tile goes back on sale. A cheaper tile leaves the rest as a gift; "
                     "a dearer one isn't possible: moving never asks for money."),
        gettext_lazy("Move"), MoveForm, _move,
    ),
}  # fmt: skip


@board_page(methods=BOTH)
def act(request: HttpRequest, desk: Desk, board: Board, name: str) -> HttpResponse:
    """GET, POST /organize/{code}/boards/{public_id}/{name}/?tile=1&tile=2."""
    deed = ACTS.get(name)
    if deed is None:
        raise Http404
    form = _form(request, desk, board, deed)
    if request.method == "POST" and form.is_valid():
        try:
            messages.success(request, deed.do(board, form.cleaned_data, desk))
            return redirect(desk.url("board", board.public_id))
        except DomainError as why:
            blame(form, why)
    return base.show(
        request, "organize/board/act.html", desk, form=form, title=deed.title, lead=deed.lead,
        button=deed.button, crumb=crumb(desk, board), back=desk.url("board", board.public_id),
        status=400 if form.is_bound and form.errors else 200,
    )  # fmt: skip


def _form(request: HttpRequest, desk: Desk, board: Board, deed: Act) -> forms.Form:
    options: dict[str, Any] = {}
    if deed.form is CashForm:
        options["currency"] = board.currency
    form = deed.form(base.posted(request), initial=_initial(request, desk, board), **options)
    if isinstance(form, CashForm) and not desk.may(Right.REFUND):
        del form.fields["counted"]
    return form


def _initial(request: HttpRequest, desk: Desk, board: Board) -> dict[str, Any]:
    """The tiles that were ticked, and what they cost."""
    typed = request.GET.getlist("tile")[:100]
    numbers = [int(one) for one in typed if one.isascii() and one.isdigit() and len(one) < 8]
    now = clock.now(desk.organization.clock_offset_s)
    start = {
        "numbers": ", ".join(map(str, numbers)), "number": numbers[0] if numbers else None,
        "paid_on": day_of(now, board.campaign.time_zone), "shown_as": Donation.ShownAs.NAME,
    }  # fmt: skip
    prices = Tile.objects.filter(board=board, number__in=numbers)
    cost = sum(prices.values_list("price_minor", flat=True)) if numbers else 0
    return start | ({"amount": cost} if cost else {})


def blame(form: forms.Form, why: DomainError) -> None:
    """Beside the field it's about; what is taken or unknown is about the numbers."""
    field = why.facts.get("field")
    name = NAMES.get(str(field), str(field))
    if "numbers" in why.facts and "numbers" in form.fields:
        name = "numbers"
    elif "numbers" in why.facts and "to" in form.fields:
        name = "to"
    form.add_error(name if name in form.fields else None, str(why))


# Counting cash --------------------------------------------------------------------------------
@base.organization_page(methods=BOTH)
def confirm(request: HttpRequest, desk: Desk, reference: str) -> HttpResponse:
    """GET, POST /organize/{code}/cash/{reference}/confirm/: somebody with the right counted it."""
    order, there = _order(desk, reference, Right.REFUND)
    if there is None:
        return base.forbidden(request, desk)
    home = crumb(there)["url"]
    if request.method == "POST":
        offline.confirm(order, there.actor)
        messages.success(request, _("It counts as raised now."))
        return redirect(home)
    return base.ask(
        request, there, title=_("Has this money been counted?"), danger=False, back=home,
        button=_("Yes, I've counted it"),
        consequences=[
            _("%(amount)s from %(name)s moves from promised to raised.") % _said(order),
            _("Your name is written down as the one who counted."),
        ],
    )  # fmt: skip


@base.organization_page(methods=BOTH)
def back(request: HttpRequest, desk: Desk, reference: str) -> HttpResponse:
    """GET, POST /organize/{code}/cash/{reference}/back/: it never came, or was given back."""
    order, there = _order(desk, reference, Right.RUN_CAMPAIGNS)
    counted = order.status == Checkout.Status.PAID
    if there is None or (counted and not there.may(Right.REFUND)):
        return base.forbidden(request, desk)
    home = crumb(there)["url"]
    form = ReasonForm(base.posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            offline.take_back(order, there.actor, reason=form.cleaned_data["reason"])
        except DomainError as why:
            base.blame(form, why)
        else:
            messages.success(request, _("The tiles are on sale again."))
            return redirect(home)
    return base.ask(
        request, there, title=_("Take this money off the books?"), form=form, back=home,
        button=_("Take it off"), status=400 if form.is_bound and form.errors else 200,
        consequences=[
            _("%(amount)s from %(name)s doesn't count any more, and its tiles go back on sale.")
            % _said(order),
        ],
    )  # fmt: skip


def _said(order: Checkout) -> dict[str, str]:
    amount = money.format(order.net_minor, order.currency)
    return {"amount": amount, "name": str(order.person)}


def _order(desk: Desk, reference: str, right: Right) -> tuple[Checkout, Desk | None]:
    """The order and the desk at its campaign; None without the right to it. Raises Http404."""
    order = (
        Checkout.objects.select_related("person", "hold__organization")
        .filter(reference=reference, method=Checkout.Method.OFFLINE)
        .filter(hold__organization=desk.organization)
        .first()
    )
    if order is None:
        raise Http404
    campaign_id = order.lines.values_list("donation__campaign", flat=True)[0]
    there = base.at_campaign(desk, pk=campaign_id)
    return order, there if there.may(right) else None
