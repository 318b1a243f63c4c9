"""Campaigns of the caller: list, make, read, change; their boards, teams and fundraisers."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import rights
from accounts.rights import Right
from boards import opening, planning
from boards.models import Board, Claim
from boards.planning import Plan
from boards.states import Kind, Phase, PriceModel
from campaigns import editing
from campaigns.editing import Details
from campaigns.models import Campaign
from payments import snapshots
from rally.api.tiles import listing, places, shapes, tables
from rally.api.tiles.base import MemberView
from rally.api.tiles.bodies import Body
from rally.kit.errors import DomainError, InvalidInput

NEVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
WRITABLE = ("title", "type", "goalCents", "deadline", "summary", "story")
# The fields of the core as this dialect names them.
FIELDS = {
    "goal": "goalCents", "unit": "unitCents", "first": "minNum", "last": "maxNum",
    "price_model": "priceModel",
}  # fmt: skip
MOVES = {
    (Campaign.Status.DRAFT, Campaign.Status.ACTIVE): opening.publish,
    (Campaign.Status.PAUSED, Campaign.Status.ACTIVE): opening.resume,
    (Campaign.Status.ACTIVE, Campaign.Status.PAUSED): opening.pause,
    (Campaign.Status.ACTIVE, Campaign.Status.COMPLETED): opening.complete,
    (Campaign.Status.PAUSED, Campaign.Status.COMPLETED): opening.complete,
}


class NoSuchMove(DomainError):
    """The campaign can't become that from what it is."""

    code = "conflict"
    sentence = gettext_lazy("The campaign can't become that from what it is.")


class CampaignView(MemberView):
    """What the routes of campaigns share: the core's fields under their names here."""

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, DomainError) and exc.facts.get("field") in FIELDS:
            exc.facts["field"] = FIELDS[exc.facts["field"]]
        return super().handle_exception(exc)


class CampaignsView(CampaignView):
    """GET, POST /api/campaigns."""

    table = tables.CAMPAIGNS

    def get(self, request: Request) -> Response:
        seen = rights.seen(self.actor, Campaign.objects.filter(archived_at=None))
        rows = seen.select_related("goal").annotate(deadline_or_never=Coalesce("deadline", NEVER))
        rows = listing.TableFilterBackend().filter_queryset(request, rows, self)
        page = listing.page(request, rows, self.table)
        boards = boards_of(page.rows)
        return Response(page.body("campaigns", [listed(one, boards[one.pk]) for one in page.rows]))

    def post(self, request: Request) -> Response:
        body = Body(request.data, (*WRITABLE, "organizationId"))
        details = _details(body, Details(title="", goal_minor=0, deadline=None), new=True)
        named = body.data.get("organizationId")
        organization = places.organization(self.actor, Right.RUN_CAMPAIGNS, named)
        made = editing.create(
            organization=organization, details=details, by=self.actor, any_deadline=True
        )
        facts = {"id": made.public_id, "title": made.title, "slug": made.slug,
                 "status": made.status}  # fmt: skip
        answer = Response({"campaign": facts}, status=201)
        answer["Location"] = f"/api/campaigns/{made.public_id}"
        return answer


class OneCampaignView(CampaignView):
    """GET, PATCH /api/campaigns/{id}."""

    def get(self, request: Request, campaign_id: str) -> Response:
        return self._answer(places.campaign(self.actor, campaign_id))

    def patch(self, request: Request, campaign_id: str) -> Response:
        """Change what is named; `status` publishes, pauses, resumes and completes."""
        body = Body(request.data, (*WRITABLE, "status"))
        campaign = places.campaign(self.actor, campaign_id, Right.RUN_CAMPAIGNS)
        move = _move(body, campaign)
        old = editing.of(campaign)
        new = _details(body, old)
        if new != old:
            campaign = editing.edit(
                campaign, new, seen=editing.version(old), by=self.actor, any_deadline=True
            )
        if move is not None:
            MOVES[campaign.status, move](campaign, self.actor)  # type: ignore[index]  # their texts
        return self._answer(places.campaign(self.actor, campaign_id))

    def _answer(self, campaign: Campaign) -> Response:
        return Response({"campaign": full(campaign, boards_of([campaign])[campaign.pk])})


class BoardsView(CampaignView):
    """POST /api/campaigns/{id}/boards `{title, minNum, maxNum, priceModel, unitCents}`."""

    def post(self, request: Request, campaign_id: str) -> Response:
        known = ("title", "minNum", "maxNum", "priceModel", "unitCents", "bands", "columns")
        body = Body(request.data, known)
        plan = Plan(
            title=body.text("title"),
            first=body.whole("minNum", 1),
            last=body.whole("maxNum", 100),
            price_model=body.choice("priceModel", PriceModel.values, PriceModel.LADDER.value),
            unit_minor=body.whole("unitCents", 100),
            bands=_bands(body),
            columns=body.whole("columns", 10),
        )
        campaign = places.campaign(self.actor, campaign_id, Right.RUN_CAMPAIGNS)
        board = planning.add(campaign, plan, self.actor)
        answer = Response({"board": _laid_out(board)}, status=201)
        answer["Location"] = f"/api/boards/{board.public_id}"
        return answer


def listed(campaign: Campaign, boards: list[dict[str, Any]]) -> dict[str, Any]:
    """A campaign as the list shows it (contract 2.3)."""
    return {
        "id": campaign.public_id,
        "title": campaign.title,
        "slug": campaign.slug,
        "status": campaign.status,
        "goalCents": campaign.goal.amount_minor,
        "raisedCents": campaign.goal.raised_minor,
        "boards": boards,
    }


def full(campaign: Campaign, boards: list[dict[str, Any]]) -> dict[str, Any]:
    """A campaign on its own: the list's fields, and those that were left out there."""
    return {
        **listed(campaign, boards),
        "type": campaign.type,
        "currency": campaign.currency,
        "deadline": shapes.instant(campaign.deadline) if campaign.deadline else None,
        "summary": campaign.summary,
        "story": campaign.story,
        "organizationId": campaign.organization.public_id,
        "url": f"{settings.RALLY_BASE_URL}/c/{campaign.slug}/",
    }


def boards_of(campaigns: Iterable[Campaign]) -> dict[int, list[dict[str, Any]]]:
    """Each campaign's boards with their sold tiles: two statements, however many there are."""
    keys = [campaign.pk for campaign in campaigns]
    columns = ("pk", "campaign_id", "public_id", "title", "min_num", "max_num")
    rows = Board.objects.filter(campaign__in=keys, archived_at=None).order_by("position", "pk")
    boards = list(rows.values_list(*columns))
    sold = dict(
        Claim.objects.filter(board__in=[row[0] for row in boards], ended_at=None)
        .filter(hold__phase=Phase.SOLD)
        .filter(~Q(hold__kind=Kind.BLOCK))
        .order_by()
        .values_list("board_id")
        .annotate(Count("pk"))
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for pk, campaign, public_id, title, first, last in boards:
        found[campaign].append({
            "id": public_id, "title": title, "minNum": first, "maxNum": last,
            "soldCount": sold.get(pk, 0), "url": f"{settings.RALLY_BASE_URL}/b/{public_id}/",
        })  # fmt: skip
    return found


def _details(body: Body, old: Details, *, new: bool = False) -> Details:
    """What the campaign shall say; a new one needs a title, a type and a goal."""
    changed: dict[str, Any] = {}
    if new or body.has("title"):
        changed["title"] = body.text("title")
    if new or body.has("goalCents"):
        changed["goal_minor"] = body.whole("goalCents")
    if new or body.has("type"):
        changed["type"] = body.choice("type", Campaign.Type.values)
    if body.has("deadline"):
        changed["deadline"] = body.instant("deadline")
    for name in ("summary", "story"):
        if body.has(name):
            changed[name] = body.text(name)
    return replace(old, **changed)


def _move(body: Body, campaign: Campaign) -> str | None:
    """The status to go to, if it is another. Cancelling pays gifts back: people do that."""
    if not body.has("status"):
        return None
    wanted = body.choice("status", ("active", "paused", "completed"))
    if wanted == campaign.status:
        return None
    if (campaign.status, wanted) not in MOVES:
        raise NoSuchMove
    return wanted


def _bands(body: Body) -> list[dict[str, int]]:
    """`bands`: `[{"from", "to", "priceCents"}]`, for the price model of that name."""
    value = body.data.get("bands", [])
    if not isinstance(value, list) or len(value) > 100:
        raise InvalidInput(_("bands must be a list."), field="bands")
    bands = []
    for one in value:
        band = Body(one, ("from", "to", "priceCents"))
        bands.append({"from": band.whole("from"), "to": band.whole("to"),
                      "priceMinor": band.whole("priceCents")})  # fmt: skip
    return bands


def _laid_out(board: Board) -> dict[str, Any]:
    """A board nobody has picked from yet."""
    tiles = board.tiles.order_by("number").values_list("number", "price_minor")
    slots = [snapshots.slot(number, snapshots.AVAILABLE, None, price) for number, price in tiles]
    return {"id": board.public_id, "title": board.title, "minNum": board.min_num,
            "maxNum": board.max_num, "slots": slots}  # fmt: skip
