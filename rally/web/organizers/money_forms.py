"""What organizers type about gifts: how much goes back, and whose they are."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rally.web.organizers.amounts import MoneyField
from rally.web.organizers.campaign_forms import WithMoney
from rally.web.organizers.forms import PlainForm

MOST_TILES = 100
WHATS = (
    ("all", gettext_lazy("Everything that is left")),
    ("tiles", gettext_lazy("Some tiles")),
    ("amount", gettext_lazy("An amount")),
)


class CreditForm(PlainForm):
    """One of those a gift may count for."""

    credit = forms.ChoiceField(
        label=gettext_lazy("It counts for"), required=False,
        help_text=gettext_lazy("A fundraiser's gifts count for their team and the campaign, too."),
    )  # fmt: skip


class RefundForm(WithMoney):
    """All of a gift, some tiles, or an amount. `confirmed` is the sum that was agreed to."""

    what = forms.ChoiceField(
        label=gettext_lazy("How much?"), choices=WHATS, widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Please choose how much.")},
    )  # fmt: skip
    tiles = forms.CharField(
        label=gettext_lazy("Some tiles: which?"), required=False, max_length=600,
        help_text=gettext_lazy("Numbers with commas, such as 7, 19."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip
    amount = MoneyField(label=gettext_lazy("An amount: how much?"), required=False)
    reopen = forms.BooleanField(
        label=gettext_lazy("Put the tiles back on sale"), required=False,
        help_text=gettext_lazy("Not for an amount: then the tiles stay theirs."),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("Why?"), max_length=300,
        help_text=gettext_lazy("For your books."),
        error_messages={"required": gettext_lazy("Please say why, for your books.")},
    )  # fmt: skip
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    confirmed = forms.CharField(widget=forms.HiddenInput, max_length=20, required=False)

    def clean_tiles(self) -> list[int]:
        parts = self.cleaned_data["tiles"].replace(",", " ").split()
        sound = all(one.isascii() and one.isdigit() and len(one) < 8 for one in parts)
        if not sound or len(parts) > MOST_TILES:
            raise forms.ValidationError(_("Please give tile numbers with commas, such as 7, 19."))
        return sorted({int(one) for one in parts})

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        what = data.get("what")
        data["numbers"] = data.get("tiles") if what == "tiles" else None
        data["amount_minor"] = data.get("amount") if what == "amount" else None
        if what == "tiles" and "tiles" not in self.errors and not data["numbers"]:
            self.add_error("tiles", _("Please say which tiles."))
        if what == "amount" and "amount" not in self.errors and data["amount_minor"] is None:
            self.add_error("amount", _("Please say how much."))
        return data
