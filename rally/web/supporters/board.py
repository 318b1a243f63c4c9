"""The page of a board: cached for everybody, with an overlay for whoever holds tiles."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from boards.errors import BoardNotFound
from campaigns import viewing
from payments import snapshots
from rally.kit import clock
from rally.web import facts
from rally.web.supporters import answers, board_page, overlay, pages
from rally.web.supporters import query as queries
from rally.web.supporters.board_page import Problem
from rally.web.supporters.query import Query

if TYPE_CHECKING:
    from payments.snapshots import Snapshot

shelf = pages.Shelf()
TEMPLATE = "board/page.html"


def find(public_id: str) -> "Snapshot":
    """The board as the public sees it now; 404 for a draft, a paused or an unknown one."""
    try:
        return snapshots.snapshot(public_id)
    except BoardNotFound as why:
        raise Http404(str(why)) from why


@csrf_exempt
@require_safe
def board(request: HttpRequest, public_id: str) -> HttpResponse:
    """GET /b/{id}/: one query when the page is warm and the visitor holds nothing."""
    snap = find(public_id)
    viewing.seen(snap.campaign.pk)
    query = queries.read(request.GET)
    now = clock.now(snap.campaign.offset_seconds)
    mine = overlay.of(request, snap, now)
    if mine:
        return answers.personal(TEMPLATE, _context(snap, query, now, mine=mine))
    if not query.cacheable:
        return pages.answer(request, pages.page(_html(snap, query, now)))
    days = facts.days_left(snap.campaign.deadline, now, snap.campaign.time_zone)
    key = (snap.board_pk, snap.etag, snap.is_open, snap.title, snap.campaign, days, query,
           translation.get_language())  # fmt: skip
    return pages.answer(request, shelf.get(key, lambda: _html(snap, query, now)))


def _html(snap: "Snapshot", query: Query, now: dt.datetime) -> str:
    """Rendered without the request: nothing of the visitor can get into it."""
    return render_to_string(TEMPLATE, _context(snap, query, now))


def _context(snap: "Snapshot", query: Query, now: dt.datetime, **more: Any) -> dict[str, Any]:
    minutes = snap.hold_seconds // 60
    return board_page.context(snap, query, now=now, hold_minutes=minutes, **more)


def refused(
    request: HttpRequest,
    public_id: str,
    query: Query,
    problem: Problem,
    *,
    status: int,
    lost: Sequence[int] = (),
) -> HttpResponse:
    """The board again after a step that wasn't possible, everything else kept as it was."""
    snap = find(public_id)
    now = clock.now(snap.campaign.offset_seconds)
    mine = overlay.of(request, snap, now)
    context = _context(snap, query, now, mine=mine, lost=lost, problem=problem)
    return answers.personal(TEMPLATE, context, status)
