"""What admins of an organization do by program: refunds."""

import logging
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.rights import Right, may
from campaigns.models import Donation
from payments import refunds, repaying
from payments.errors import PaymentsUnavailable
from payments.models import Refund
from rally.api.tiles import shapes
from rally.api.tiles.base import MemberView
from rally.kit import ids
from rally.kit.errors import DomainError, InvalidInput

logger = logging.getLogger(__name__)


class GiftNotFound(DomainError):
    """No such gift, or not one the caller may know of."""

    code = "not_found"
    sentence = gettext_lazy("There is no such gift.")


class RefundView(MemberView):
    """POST /api/admin/gifts/{id}/refund `{amountCents?, slotIds?, reopen?, reason?}`.

    Without an amount or tiles, all that is left of the gift is paid back.
    """

    def post(self, request: Request, gift_id: str) -> Response:
        data = shapes.an_object(request.data)
        gift = Donation.objects.select_related("campaign").filter(public_id=gift_id).first()
        if gift is None or not may(
            self.actor, Right.SEE_MONEY, gift.campaign.organization_id, gift.campaign_id
        ):
            raise GiftNotFound
        _check_currency(data, gift)
        refund = refunds.request(
            gift=gift,
            by=self.actor,
            amount_minor=_amount(data),
            numbers=shapes.slot_ids(data) if data.get("slotIds") is not None else None,
            reopen=shapes.flag(data, "reopen", True),
            note=_note(data),
            request_key=self._key(request),
        )
        self._send(refund)
        return Response({"ok": True, "refund": shapes.refund(refund)})

    def _key(self, request: Request) -> str:
        """What makes two calls the same, should the first die before its answer was kept."""
        key = request.headers.get("Idempotency-Key", "")
        return ids.digest(f"{self.owner_of(request)} {request.path} {key}") if key else ""

    def _send(self, refund: Refund) -> None:
        """At once if Stripe answers; else the debt stands and the sweep pays it.

        Whatever happens here, the debt is written: an error would have it asked for twice.
        """
        try:
            repaying.pay(refund)
        except PaymentsUnavailable:
            pass
        except Exception:
            logger.exception("Refund %s could not be sent at once", refund.reference)
        refund.refresh_from_db()


def _amount(data: dict[str, Any]) -> int | None:
    value = data.get("amountCents")
    if value is None:
        return None
    if type(value) is not int or abs(value) >= 2**53:
        raise InvalidInput(_("amountCents must be a whole number of cents."), field="amountCents")
    if data.get("slotIds") is not None:
        raise InvalidInput(_("Send amountCents or slotIds, not both."), field="amountCents")
    return value


def _check_currency(data: dict[str, Any], gift: Donation) -> None:
    """Money goes back as what it came as; who says another currency means another amount."""
    said = data.get("currency")
    if said is not None and (not isinstance(said, str) or said.upper() != gift.currency):
        raise InvalidInput(
            _("This gift is in %(currency)s.") % {"currency": gift.currency}, field="currency"
        )


def _note(data: dict[str, Any]) -> str:
    value = data.get("reason", "")
    if not isinstance(value, str) or len(value) > 300:
        raise InvalidInput(_("reason must be text of at most 300 characters."), field="reason")
    return value
