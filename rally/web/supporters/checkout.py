"""The one address of an order. It shows our own record, never what a redirect claims."""

from http import HTTPStatus

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from boards import holds
from boards.errors import BoardClosed, HoldExpired, HoldLimit, HoldNotFound
from boards.models import Hold
from boards.states import Phase
from payments import checkouts, orders
from payments.errors import AmountTooSmall, CheckoutOpen, PaymentsUnavailable
from payments.orders import Order
from rally.kit.errors import DomainError, InvalidInput, RateLimited
from rally.web import base
from rally.web.supporters import answers, checkout_page, credits, overlay
from rally.web.supporters import query as queries
from rally.web.supporters.board_page import Problem
from rally.web.supporters.checkout_page import Viewer
from rally.web.supporters.forms import SupporterForm

TEMPLATE = "checkout/page.html"
STATUSES: dict[type[DomainError], int] = {
    AmountTooSmall: 400,
    InvalidInput: 400,
    BoardClosed: 409,
    CheckoutOpen: 409,
    HoldLimit: 409,
    PaymentsUnavailable: 503,
}


def show(
    request: HttpRequest,
    order: Order,
    *,
    form: SupporterForm | None = None,
    problem: Problem | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page for the state the order is in, with the form where there is one."""
    viewer = Viewer(
        yours=overlay.own(request, order.hold),
        returned="session_id" in request.GET,
        site=base.site(request),
    )
    context = checkout_page.context(order, viewer)
    if viewer.yours and order.phase == Phase.BROWSING:
        context["form"] = form or SupporterForm(credits=credits.of(request, order))
    context["problem"] = problem
    return answers.may_lead_to_payment(request, answers.personal(TEMPLATE, context, status))


def refusal(
    request: HttpRequest, hold: Hold, why: DomainError, form: SupporterForm | None = None
) -> HttpResponse:
    """The same page with what went wrong, everything typed kept."""
    titles = {
        AmountTooSmall: _("That's too little for a card payment"),
        BoardClosed: _("This board has closed"),
        CheckoutOpen: _("A payment is open already"),
        HoldLimit: _("There's no more extra time"),
        PaymentsUnavailable: _("The payment page can't be reached"),
    }
    status = next(code for kind, code in STATUSES.items() if isinstance(why, kind))
    problem = Problem(titles.get(type(why), _("Please look at this again")), str(why))
    order = orders.order(hold.reference)
    answer = show(request, order, form=form, problem=problem, status=HTTPStatus(status))
    if isinstance(why, PaymentsUnavailable):
        answers.unavailable(answer, why)
    return answer


def owned(request: HttpRequest, reference: str) -> Hold | None:
    """The hold, if this browser has its token."""
    hold = holds.by_reference(reference)
    return hold if overlay.own(request, hold) else None


def back(reference: str) -> HttpResponse:
    """To the order's own page."""
    return answers.SeeOther(reverse("supporters:checkout", args=[reference]))


@csrf_exempt
@require_safe
def checkout(request: HttpRequest, reference: str) -> HttpResponse:
    """GET /checkout/{ref}/. Coming from the payment page, Stripe is asked before we answer."""
    try:
        if "session_id" in request.GET or "back" in request.GET:
            _ask_stripe(request, reference)
        order = orders.order(reference)
    except HoldNotFound as why:
        raise Http404(str(why)) from why
    return show(request, order)


def _ask_stripe(request: HttpRequest, reference: str) -> None:
    """Look at Stripe now rather than wait for its word; too often shows what we know already."""
    try:
        base.limited("checkout_ip", base.client_ip(request))
    except RateLimited:
        return
    orders.refresh(reference)


@answers.step
def pay(request: HttpRequest, reference: str) -> HttpResponse:
    """POST /checkout/{ref}/pay/: on to the hosted payment page, or this page saying why not."""
    base.limited("checkout_ip", base.client_ip(request))
    hold = owned(request, reference)
    if hold is None:
        return back(reference)
    offered = credits.of(request, orders.order(reference))
    form = SupporterForm(request.POST, credits=offered)
    if not form.is_valid():
        return show(request, orders.order(reference), form=form, status=400)
    try:
        url = checkouts.start(
            hold=hold,
            supporter=form.supporter(),
            cover_fees=form.cleaned_data["cover_fees"],
            credit=offered.goal(form.cleaned_data.get("credit", "")),
            site=base.site(request),
        )
    except HoldExpired:
        return back(reference)
    except tuple(STATUSES) as why:
        return refusal(request, hold, why, form)
    return answers.SeeOther(base.seen_from(request, url))


@answers.step
def extend(request: HttpRequest, reference: str) -> HttpResponse:
    """POST /checkout/{ref}/extend/: ten more minutes, as long as there are any left."""
    base.limited("reserve_ip", base.client_ip(request))
    hold = owned(request, reference)
    if hold is None:
        return back(reference)
    try:
        holds.extend(hold_id=hold.pk)
    except HoldExpired:
        return back(reference)
    except HoldLimit as why:
        return refusal(request, hold, why, typed_so_far(request, orders.order(reference)))
    board = request.POST.get("board", "")
    if board.isalnum():
        picks = queries.read(request.POST).href()
        return answers.SeeOther(reverse("supporters:board", args=[board]) + picks)
    if "email" in request.POST:
        # The form beside the button isn't sent yet: what was typed into it stays.
        order = orders.order(reference)
        return show(request, order, form=typed_so_far(request, order))
    return back(reference)


def typed_so_far(request: HttpRequest, order: Order) -> SupporterForm:
    """The form as it was left, not yet checked."""
    ticked = {name: name in request.POST for name in ("hide_amount", "cover_fees")}
    initial = {**request.POST.dict(), **ticked}
    return SupporterForm(initial=initial, credits=credits.of(request, order))


@answers.step
def leave(request: HttpRequest, reference: str) -> HttpResponse:
    """POST /checkout/{ref}/leave/: the payment is closed at Stripe first, then back to pick."""
    base.limited("checkout_ip", base.client_ip(request))
    hold = owned(request, reference)
    if hold is None:
        return back(reference)
    try:
        hold = checkouts.leave(hold=hold)
    except PaymentsUnavailable as why:
        return refusal(request, hold, why)
    tiles = orders.order(reference).tiles
    if hold.phase != Phase.BROWSING or not tiles:
        return back(reference)
    board = reverse("supporters:board", args=[tiles[0].board.public_id])
    return answers.SeeOther(f"{board}?kept")
