"""A campaign's gifts, teams and fundraisers, for those who run it."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rights import Right
from campaigns.models import Donation, Member, Team
from payments.models import Dispute, Line
from rally.api.tiles import listing, places, shapes, tables
from rally.api.tiles.base import MemberView


class ListView(MemberView):
    """A list within a campaign: the statement that reads the page asks for the right to it."""

    table: tables.Table
    right = Right.SEE_TOTALS

    def get(self, request: Request, campaign_id: str) -> Response:
        rows = self.rows(Subquery(places.within(self.actor, campaign_id, self.right)))
        rows = listing.TableFilterBackend().filter_queryset(request, rows, self)
        page = listing.page(request, rows, self.table)
        if not page.rows:
            # Nothing there, or nothing for this caller?
            places.campaign(self.actor, campaign_id, self.right)
        return Response(page.body(self.table.name, self.shown(page.rows)))

    def rows(self, campaign: Subquery) -> QuerySet[Any]:
        """All rows of the campaign with that key."""
        raise TypeError(f"{type(self).__name__} does not say what it lists")

    def shown(self, rows: list[Any]) -> list[dict[str, Any]]:
        """The rows of a page as the wire has them."""
        raise TypeError(f"{type(self).__name__} does not say how rows look")


class GiftsView(ListView):
    """GET /api/campaigns/{id}/gifts: three statements with the token, whatever the page."""

    table = tables.GIFTS
    right = Right.SEE_MONEY

    def rows(self, campaign: Subquery) -> QuerySet[Donation]:
        return Donation.objects.filter(campaign_id=campaign)

    def shown(self, rows: list[Donation]) -> list[dict[str, Any]]:
        lines = _lines(rows)
        return [_gift(gift, lines[gift.pk]) for gift in rows]


class TeamsView(ListView):
    """GET /api/campaigns/{id}/teams."""

    table = tables.TEAMS

    def rows(self, campaign: Subquery) -> QuerySet[Team]:
        teams = Team.objects.filter(campaign_id=campaign, archived_at=None)
        return teams.select_related("goal").annotate(raised=Coalesce("goal__raised_minor", 0))

    def shown(self, rows: list[Team]) -> list[dict[str, Any]]:
        return [
            {"id": f"team{team.pk}", "name": team.name, "slug": team.slug, **_goal(team)}
            for team in rows
        ]


class FundraisersView(ListView):
    """GET /api/campaigns/{id}/fundraisers."""

    table = tables.FUNDRAISERS

    def rows(self, campaign: Subquery) -> QuerySet[Member]:
        members = Member.objects.filter(campaign_id=campaign, is_fundraiser=True, archived_at=None)
        raised = Coalesce("goal__raised_minor", 0)
        return members.select_related("goal", "person").annotate(raised=raised)

    def shown(self, rows: list[Member]) -> list[dict[str, Any]]:
        return [
            {
                "id": f"fundraiser{member.pk}",
                "name": str(member.person),
                "slug": member.slug,
                "teamId": f"team{member.team_id}" if member.team_id else None,
                **_goal(member),
            }
            for member in rows
        ]


def _goal(row: Team | Member) -> dict[str, int]:
    """What it aims for; without a goal of its own, nothing."""
    goal = getattr(row, "goal", None)
    return {"goalCents": goal.amount_minor if goal else 0,
            "raisedCents": goal.raised_minor if goal else 0}  # fmt: skip


def _lines(gifts: Iterable[Donation]) -> dict[int, list[tuple[Any, ...]]]:
    """Of each gift's lines: fee share, tile number and board, and whether it is disputed."""
    open_ones = Dispute.objects.filter(is_open=True, payment__checkout=OuterRef("checkout"))
    rows = (
        Line.objects.filter(donation__in=[gift.pk for gift in gifts])
        .annotate(disputed=Exists(open_ones))
        .order_by("pk")
        .values_list(
            "donation_id", "fee_share_minor", "claim__number", "claim__board__public_id",
            "disputed",
        )
    )  # fmt: skip
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for gift, *facts in rows:
        found[gift].append(tuple(facts))
    return found


def _gift(gift: Donation, lines: list[tuple[Any, ...]]) -> dict[str, Any]:
    boards = [board for _fee, _number, board, _disputed in lines if board]
    disputed = gift.status == Donation.Status.CONFIRMED and any(line[3] for line in lines)
    return {
        "id": gift.public_id,
        "createdAt": shapes.instant(gift.created_at),
        "amountCents": gift.amount_minor,
        "coverFeesCents": sum(line[0] for line in lines),
        "currency": gift.currency,
        "supporterName": gift.display_name or None,
        "message": gift.message,
        "boardId": boards[0] if boards else None,
        "slotIds": sorted({n for _fee, n, board, _open in lines if n and board == boards[0]}),
        "status": tables.DISPUTED if disputed else gift.status,
    }
