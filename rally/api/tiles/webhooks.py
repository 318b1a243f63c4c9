"""Webhooks by program: endpoints, their keys, the log of what was sent, and sending it again."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from accounts import webhooks
from accounts.models import WebhookDelivery, WebhookEndpoint
from accounts.rights import Right
from accounts.webhooks import EVENTS
from rally.api.tiles import listing, places, shapes, tables
from rally.api.tiles.base import MemberView
from rally.api.tiles.bodies import Body


class WebhookBase(MemberView):
    """A route about one endpoint."""

    # Two of these answer with a key, which no table of answers shall hold.
    repeatable = False

    def find(self, public_id: str) -> WebhookEndpoint:
        """The endpoint, if the caller may manage it. Raises NotHere."""
        rows = webhooks.manageable(self.actor).filter(dialect="tiles")
        found = rows.filter(public_id=public_id).first()
        if found is None:
            raise places.NotHere
        return found


class WebhooksView(WebhookBase):
    """GET, POST /api/webhooks."""

    def get(self, request: Request) -> Response:
        rows = webhooks.manageable(self.actor).filter(dialect="tiles").order_by("pk")
        return Response({"webhooks": [shown(one) for one in rows]})

    def post(self, request: Request) -> Response:
        body = Body(request.data, ("url", "events", "organizationId"))
        url, events = body.text("url"), body.names("events", EVENTS)
        named = body.data.get("organizationId")
        organization = places.organization(self.actor, Right.RUN_ORGANIZATION, named)
        made = webhooks.add(organization, self.actor, url=url, events=events)
        return Response({"webhook": shown(made) | {"secret": made.secret}}, status=201)


class WebhookView(WebhookBase):
    """GET, PATCH, DELETE /api/webhooks/{id}."""

    def get(self, request: Request, webhook_id: str) -> Response:
        return Response({"webhook": shown(self.find(webhook_id))})

    def patch(self, request: Request, webhook_id: str) -> Response:
        body = Body(request.data, ("url", "events", "enabled"))
        found = webhooks.change(
            self.find(webhook_id),
            self.actor,
            url=body.text("url") if body.has("url") else None,
            events=body.names("events", EVENTS) if body.has("events") else None,
            enabled=body.flag("enabled", True) if body.has("enabled") else None,
        )
        return Response({"webhook": shown(found)})

    def delete(self, request: Request, webhook_id: str) -> Response:
        webhooks.remove(self.find(webhook_id), self.actor)
        return Response({"ok": True})


class RotateView(WebhookBase):
    """POST /api/webhooks/{id}/rotate: another key, the old one good for a day."""

    def post(self, request: Request, webhook_id: str) -> Response:
        Body(request.data, ())
        found = webhooks.rotate(self.find(webhook_id), self.actor)
        return Response({"webhook": shown(found) | {"secret": found.secret}})


class DeliveriesView(WebhookBase):
    """GET /api/webhooks/{id}/deliveries."""

    table = tables.DELIVERIES

    def get(self, request: Request, webhook_id: str) -> Response:
        rows = WebhookDelivery.objects.filter(endpoint=self.find(webhook_id))
        rows = listing.TableFilterBackend().filter_queryset(request, rows, self)
        page = listing.page(request, rows, self.table)
        return Response(page.body("deliveries", [delivery(one) for one in page.rows]))


class ReplayView(WebhookBase):
    """POST /api/webhooks/{id}/deliveries/{delivery}/replay."""

    repeatable = True

    def post(self, request: Request, webhook_id: str, delivery_id: str) -> Response:
        Body(request.data, ())
        endpoint = self.find(webhook_id)
        rows = WebhookDelivery.objects.select_related("endpoint__organization", "endpoint__client")
        found = rows.filter(endpoint=endpoint, public_id=delivery_id).first()
        if found is None:
            raise places.NotHere
        return Response({"delivery": delivery(webhooks.replay(found, self.actor))})


def shown(endpoint: WebhookEndpoint) -> dict[str, Any]:
    """An endpoint without its key."""
    organization, off = endpoint.organization, endpoint.disabled_at
    return {
        "id": endpoint.public_id,
        "url": endpoint.url,
        "events": endpoint.events,
        "enabled": off is None,
        "disabledAt": shapes.instant(off) if off else None,
        "disabledWhy": endpoint.disabled_why,
        "organizationId": organization.public_id if organization else None,
        "appId": endpoint.client.client_id if endpoint.client else None,
        "createdAt": shapes.instant(endpoint.created_at),
    }


def delivery(one: WebhookDelivery) -> dict[str, Any]:
    """A message as its log shows it."""
    waits = one.state == WebhookDelivery.State.WAITING
    return {
        "id": one.public_id,
        "messageId": one.message_id,
        "type": one.kind,
        "status": one.state,
        "attempts": one.attempts,
        "answeredStatus": one.answered_status,
        "error": one.error,
        "nextAt": shapes.instant(one.next_at) if waits else None,
        "createdAt": shapes.instant(one.created_at),
    }
