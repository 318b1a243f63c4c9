"""Who asks to join the caller's organizations: list, let in, turn down."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts import joinrequests, rights
from accounts.models import JoinRequest
from accounts.models.organizations import Role
from accounts.rights import Forbidden, Right
from rally.api.tiles import listing, places, shapes, tables
from rally.api.tiles.base import MemberView
from rally.api.tiles.bodies import Body


class JoinRequestsView(MemberView):
    """GET /api/admin/join-requests?status=: the pending ones unless asked for others."""

    table = tables.JOIN_REQUESTS

    def get(self, request: Request) -> Response:
        mine = rights.holding(self.actor, Right.RUN_ORGANIZATION)
        if not mine.exists():
            raise Forbidden
        rows = JoinRequest.objects.filter(organization__in=mine)
        if "status" not in request.query_params:
            rows = rows.filter(status=JoinRequest.Status.PENDING)
        rows = rows.select_related("organization", "user")
        rows = listing.TableFilterBackend().filter_queryset(request, rows, self)
        page = listing.page(request, rows, self.table)
        return Response(page.body("requests", [_request(one) for one in page.rows]))


class DecisionView(MemberView):
    """A decision about one request: POST alone."""

    http_method_names = ["post"]

    def find(self, public_id: str) -> JoinRequest:
        """The request, if it is one of the caller's organizations or the caller's own.

        One's own is found, so that the verb can say that nobody lets themselves in.
        """
        found = JoinRequest.objects.select_related("organization", "user")
        one = found.filter(public_id=public_id).first()
        if one is None:
            raise places.NotHere
        own = self.actor.user is not None and one.user_id == self.actor.user.pk
        if not own and not rights.standing(self.actor, one.organization_id).belongs:
            raise places.NotHere
        return one


class ApproveView(DecisionView):
    """POST /api/admin/join-requests/{id}/approve `{role?}`."""

    def post(self, request: Request, request_id: str) -> Response:
        body = Body(request.data, ("role",))
        role = body.text("role", Role.TEAM_ADMIN.value)
        found = self.find(request_id)
        membership = joinrequests.approve(found, self.actor, role)
        facts = {"userId": found.user.public_id, "role": membership.role,
                 "orgId": found.organization.public_id}  # fmt: skip
        return Response({"ok": True, "userRole": facts})


class DenyView(DecisionView):
    """POST /api/admin/join-requests/{id}/deny `{reason}`."""

    def post(self, request: Request, request_id: str) -> Response:
        body = Body(request.data, ("reason",))
        found = self.find(request_id)
        joinrequests.deny(found, self.actor, body.text("reason", ""))
        return Response({"ok": True, "request": _request(found)})


def _request(one: JoinRequest) -> dict[str, Any]:
    return {
        "id": one.public_id,
        "userId": one.user.public_id,
        "organizationId": one.organization.public_id,
        "status": one.status,
        "createdAt": shapes.instant(one.created_at),
    }
