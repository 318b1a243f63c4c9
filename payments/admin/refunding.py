"""The question before an order is paid back, and what its answers come to."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from campaigns.models import Donation
from payments import refunds
from payments.errors import NotRefundable, RefundExceeds
from payments.models import Checkout
from rally.kit import ids, money
from rally.kit.errors import InvalidInput


class RefundForm(forms.Form):
    """Everything that is left, or of one order some tiles or an amount."""

    tiles = forms.CharField(
        label=_("Only these tiles"), required=False, max_length=400,
        help_text=_("Numbers with commas. Empty: everything that is left."),
    )  # fmt: skip
    amount = forms.DecimalField(
        label=_("Or only this amount"), required=False, max_digits=15, decimal_places=3,
        help_text=_("In the order's currency. No tile goes back on sale."),
    )  # fmt: skip
    reopen = forms.BooleanField(label=_("Put the tiles back on sale"), required=False, initial=True)
    reason = forms.CharField(label=_("Reason"), max_length=300)
    # The same question answered twice, by two presses at once, is one refund.
    key = forms.CharField(widget=forms.HiddenInput, initial=ids.public_id, max_length=64)

    def clean_tiles(self) -> list[int]:
        words = self.cleaned_data["tiles"].replace(",", " ").split()
        if not all(word.isascii() and word.isdigit() and len(word) < 7 for word in words):
            raise ValidationError(gettext("Please give tile numbers with commas, such as 7, 19."))
        return sorted({int(word) for word in words})

    def clean(self) -> dict[str, object]:
        found = super().clean() or {}
        if found.get("tiles") and found.get("amount") is not None:
            self.add_error("amount", gettext("Give tiles or an amount, not both."))
        return found


def refund_order(order: Checkout, by: Actor, answers: dict[str, Any], *, alone: bool) -> None:
    """Owe an order back, gift by gift. Raises what `refunds.request` does, and InvalidInput.

    `alone`: no other order was chosen, so that tiles and amounts can be meant.
    """
    tiles, amount = answers["tiles"], answers["amount"]
    if (tiles or amount is not None) and not alone:
        raise InvalidInput(gettext("Tiles and amounts can be given for one order at a time."))
    gifts = list(
        Donation.objects.filter(pk__in=order.lines.values("donation")).select_related("campaign")
    )
    if amount is not None and len(gifts) > 1:
        raise InvalidInput(gettext("This order holds several gifts: refund whole tiles of it."))
    done = 0
    for gift in gifts:
        numbers = _of(order, gift, tiles) if tiles else None
        if numbers == []:
            continue
        refunds.request(
            gift=gift, by=by, numbers=numbers, amount_minor=_minor(amount, order.currency),
            reopen=bool(answers["reopen"]), note=str(answers["reason"]),
            request_key=ids.digest(f"admin {answers['key']} {gift.pk}"),
        )  # fmt: skip
        done += 1
    if not gifts:
        raise NotRefundable
    if not done:
        raise RefundExceeds(numbers=tiles)


def _of(order: Checkout, gift: Donation, tiles: list[int]) -> list[int]:
    """Which of the wanted tiles are in this gift; all must be in one of the order's."""
    known = set(order.lines.exclude(claim=None).values_list("claim__number", flat=True))
    if missing := sorted(set(tiles) - known):
        raise RefundExceeds(numbers=missing)
    mine = order.lines.filter(donation=gift, claim__number__in=tiles)
    return sorted(set(mine.values_list("claim__number", flat=True)))


def _minor(amount: object, currency: str) -> int | None:
    if amount is None:
        return None
    minor = amount * 10 ** money.decimals(currency)
    if minor != int(minor):
        raise InvalidInput(gettext("%s has no such fraction.") % currency)
    return int(minor)
