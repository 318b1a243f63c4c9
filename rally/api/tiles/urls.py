"""The addresses under /api/, in the order of the developer page."""

from django.http import HttpRequest, JsonResponse
from django.urls import path, re_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from payments.webhook import stripe_webhook
from rally.api.tiles import admin, boards, errors, health

app_name = "tiles"


@csrf_exempt
def unknown(request: HttpRequest) -> JsonResponse:
    """Anything else under /api is answered in this dialect, too."""
    return errors.plain(404, "not_found", _("There is nothing at this address."))


urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("boards/<str:board_id>", boards.board, name="board"),
    path("boards/<str:board_id>/reserve", boards.ReserveView.as_view(), name="reserve"),
    path("boards/<str:board_id>/release", boards.ReleaseView.as_view(), name="release"),
    path("checkout/session", boards.CheckoutView.as_view(), name="checkout"),
    path("admin/gifts/<str:gift_id>/refund", admin.RefundView.as_view(), name="refund"),
    path("stripe/webhook", stripe_webhook, name="webhook"),
    re_path(r"^.*$", unknown),
]
