"""The addresses under /api/, in the order of the developer page."""

from django.http import HttpRequest, JsonResponse
from django.urls import path, re_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from payments.webhook import stripe_webhook
from rally.api.tiles import (
    admin,
    boards,
    campaigns,
    errors,
    health,
    holders,
    joining,
    people,
    sandbox,
    webhooks,
)

app_name = "tiles"


@csrf_exempt
def unknown(request: HttpRequest) -> JsonResponse:
    """Anything else under /api is answered in this dialect, too."""
    return errors.plain(404, "not_found", _("There is nothing at this address."))


urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("campaigns", campaigns.CampaignsView.as_view(), name="campaigns"),
    path("campaigns/<str:campaign_id>", campaigns.OneCampaignView.as_view(), name="campaign"),
    path("campaigns/<str:campaign_id>/boards", campaigns.BoardsView.as_view(), name="boards"),
    path("campaigns/<str:campaign_id>/gifts", people.GiftsView.as_view(), name="gifts"),
    path("campaigns/<str:campaign_id>/teams", people.TeamsView.as_view(), name="teams"),
    path(
        "campaigns/<str:campaign_id>/fundraisers",
        people.FundraisersView.as_view(),
        name="fundraisers",
    ),
    path("boards/<str:board_id>", boards.board, name="board"),
    path("boards/<str:board_id>/slots", holders.SlotsView.as_view(), name="slots"),
    path("boards/<str:board_id>/reserve", boards.ReserveView.as_view(), name="reserve"),
    path("boards/<str:board_id>/release", boards.ReleaseView.as_view(), name="release"),
    path("holds/<str:reference>", holders.HoldView.as_view(), name="hold"),
    path("holds/<str:reference>/extend", holders.ExtendView.as_view(), name="extend"),
    path("checkout/session", boards.CheckoutView.as_view(), name="checkout"),
    path("checkouts/<str:reference>", holders.CheckoutView.as_view(), name="order"),
    path("admin/join-requests", joining.JoinRequestsView.as_view(), name="join-requests"),
    path("admin/join-requests/<str:request_id>/approve", joining.ApproveView.as_view()),
    path("admin/join-requests/<str:request_id>/deny", joining.DenyView.as_view()),
    path("admin/gifts/<str:gift_id>/refund", admin.RefundView.as_view(), name="refund"),
    path("webhooks", webhooks.WebhooksView.as_view(), name="webhooks"),
    path("webhooks/<str:webhook_id>", webhooks.WebhookView.as_view(), name="webhook-one"),
    path("webhooks/<str:webhook_id>/rotate", webhooks.RotateView.as_view()),
    path("webhooks/<str:webhook_id>/deliveries", webhooks.DeliveriesView.as_view()),
    path(
        "webhooks/<str:webhook_id>/deliveries/<str:delivery_id>/replay",
        webhooks.ReplayView.as_view(),
    ),
    path("sandbox/clock", sandbox.ClockView.as_view(), name="sandbox-clock"),
    path("sandbox/purge", sandbox.PurgeView.as_view(), name="sandbox-purge"),
    path("stripe/webhook", stripe_webhook, name="webhook"),
    re_path(r"^.*$", unknown),
]
