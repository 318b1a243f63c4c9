"""For test organizations alone: let time pass, start over. On live ones it is 403."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Organization
from accounts.rights import Right
from payments import clockwork, purging
from rally.api.tiles import places, shapes
from rally.api.tiles.base import MemberView
from rally.api.tiles.bodies import Body
from rally.kit import clock


class SandboxView(MemberView):
    """An act on one of the caller's test organizations."""

    http_method_names = ["post"]

    def organization(self, body: Body) -> Organization:
        """The one named, or the only one the caller runs."""
        named: Any = body.data.get("organizationId")
        return places.organization(self.actor, Right.RUN_ORGANIZATION, named)


class ClockView(SandboxView):
    """POST /api/sandbox/clock `{"seconds", organizationId?}`."""

    def post(self, request: Request) -> Response:
        body = Body(request.data, ("seconds", "organizationId"))
        seconds = body.whole("seconds")
        ahead = clockwork.advance(self.organization(body), self.actor, seconds=seconds)
        return Response(
            {"ok": True, "aheadSeconds": ahead, "now": shapes.instant(clock.now(ahead))}
        )


class PurgeView(SandboxView):
    """POST /api/sandbox/purge `{organizationId?}`: its campaigns and all that happened to them."""

    def post(self, request: Request) -> Response:
        body = Body(request.data, ("organizationId",))
        gone = purging.purge(self.organization(body), self.actor)
        return Response({"ok": True, "campaigns": gone})
