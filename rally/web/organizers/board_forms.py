"""What organizers type about boards and tiles. Rules are the core's."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from boards.states import PriceModel
from campaigns.models import Donation
from payments import offline
from rally.web.organizers.amounts import DayField, MoneyField, minor
from rally.web.organizers.campaign_forms import WithMoney
from rally.web.organizers.forms import PlainForm

MOST_NUMBERS = 100
PART = re.compile(r"(\d{1,7})(?:\s*[-–]\s*(\d{1,7}))?\Z")
OWN = re.compile(r"(\d{1,7})\s*[=:]\s*(\S.*)\Z")


class NumbersField(forms.CharField):
    """Tile numbers as people write them: "7, 19" or "40-45"."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", gettext_lazy("Tiles"))
        options.setdefault("max_length", 1000)
        options.setdefault("help_text", gettext_lazy("Numbers, such as 7, 19 or 40-45."))
        options.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        options.setdefault("error_messages", {"required": gettext_lazy("Please name a tile.")})
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        found: list[int] = []
        for part in re.split(r"[,;\s]+(?![-–])", re.sub(r"\s*[-–]\s*", "-", typed)):
            if part:
                found += _range(part)
        if len(found) > MOST_NUMBERS:
            raise forms.ValidationError(_("At most 100 tiles at a time."))
        return found


def _range(part: str) -> list[int]:
    match = PART.match(part)
    if match is None:
        raise forms.ValidationError(_("“%(part)s” is no tile number.") % {"part": part[:20]})
    first = int(match[1])
    last = int(match[2] or first)
    if last < first or last - first >= MOST_NUMBERS:
        raise forms.ValidationError(_("“%(part)s” is no range of tiles.") % {"part": part[:20]})
    return list(range(first, last + 1))


class NumberField(forms.IntegerField):
    """A whole number, typed into a plain field that phones show digits for."""

    def __init__(self, **options: Any) -> None:
        attrs = {"inputmode": "numeric", "autocomplete": "off"}
        options.setdefault("widget", forms.TextInput(attrs=attrs))
        options.setdefault("error_messages", {}).setdefault(
            "invalid", gettext_lazy("Please type a whole number.")
        )
        super().__init__(**options)


class LayoutForm(WithMoney):
    """Numbers and prices of a board."""

    title = forms.CharField(label=gettext_lazy("Name of the board"), max_length=200)
    first = NumberField(label=gettext_lazy("First number"), initial=1)
    last = NumberField(
        label=gettext_lazy("Last number"), initial=100,
        help_text=gettext_lazy("25, 31, 50, 100 and 200 tiles are common; 10,000 the most."),
    )  # fmt: skip
    price_model = forms.ChoiceField(
        label=gettext_lazy("What does a tile cost?"), widget=forms.RadioSelect,
        initial=PriceModel.LADDER,
        choices=[
            (PriceModel.LADDER, gettext_lazy("Its number: tile 12 costs 12")),
            (PriceModel.MULTIPLIED, gettext_lazy("Its number times the price below")),
            (PriceModel.FLAT, gettext_lazy("Every tile costs the price below")),
            (PriceModel.BANDS, gettext_lazy("It depends: ranges with their prices, below")),
        ],
    )  # fmt: skip
    unit = MoneyField(label=gettext_lazy("Price"), required=False)
    bands = forms.CharField(
        label=gettext_lazy("Ranges (optional)"), required=False, max_length=2000,
        help_text=gettext_lazy("One on each line: 1-50 = 10"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    own = forms.CharField(
        label=gettext_lazy("Tiles with a price of their own (optional)"), required=False,
        max_length=5000, help_text=gettext_lazy("One on each line: 13 = 25"),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    columns = forms.ChoiceField(
        label=gettext_lazy("Tiles in a row"), initial="10",
        choices=[("10", "10"), ("8", "8"), ("7", gettext_lazy("7, like a calendar")), ("5", "5")],
    )  # fmt: skip

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, currency=currency, **kwargs)
        self.currency = currency

    def clean_bands(self) -> list[dict[str, int]]:
        found = []
        for line in self.cleaned_data["bands"].splitlines():
            if not line.strip():
                continue
            numbers, _equals, price = line.partition("=")
            match = PART.match(numbers.strip())
            if match is None or not price.strip():
                raise forms.ValidationError(_("“%(part)s” isn't a range.") % {"part": line[:30]})
            cost = minor(price, self.currency)
            found.append(
                {"from": int(match[1]), "to": int(match[2] or match[1]), "priceMinor": cost}
            )
        return found

    def clean_own(self) -> dict[int, int]:
        found = {}
        for line in self.cleaned_data["own"].splitlines():
            if not line.strip():
                continue
            match = OWN.match(line.strip())
            if match is None:
                raise forms.ValidationError(_("“%(part)s” isn't a price.") % {"part": line[:30]})
            found[int(match[1])] = minor(match[2], self.currency)
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        needs = data.get("price_model") in {PriceModel.MULTIPLIED, PriceModel.FLAT}
        if needs and not data.get("unit") and "unit" not in self.errors:
            self.add_error("unit", _("Please give a price."))
        return data


class RulesForm(PlainForm):
    """A board's name and the rules of picking; these may change at any time."""

    title = forms.CharField(label=gettext_lazy("Name of the board"), max_length=200)
    columns = LayoutForm.base_fields["columns"]
    hold_minutes = NumberField(
        label=gettext_lazy("Minutes to pay"),
        help_text=gettext_lazy("How long picked tiles are held: 5 to 60 minutes."),
    )
    most_per_supporter = NumberField(
        label=gettext_lazy("Most tiles for each supporter (optional)"), required=False
    )
    owner = forms.ChoiceField(label=gettext_lazy("What it raises is credited to"), required=False)


class BlockForm(PlainForm):
    """Keep tiles back."""

    numbers = NumbersField()
    note = forms.CharField(
        label=gettext_lazy("Why? (optional)"), max_length=200, required=False,
        help_text=gettext_lazy("Only organizers see this."),
    )  # fmt: skip


class CompForm(PlainForm):
    """Give tiles away."""

    numbers = NumbersField()
    name = forms.CharField(
        label=gettext_lazy("Who is shown on it"), max_length=200,
        error_messages={"required": gettext_lazy("Please say who is shown on the tile.")},
    )  # fmt: skip


class SponsorForm(CompForm):
    """Give tiles to a sponsor."""

    link = forms.CharField(
        label=gettext_lazy("Link (optional)"), max_length=600, required=False,
        help_text=gettext_lazy("Starts with https://"),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
    )  # fmt: skip


class FreeForm(PlainForm):
    """Put tiles back on sale."""

    numbers = NumbersField()


class MoveForm(PlainForm):
    """From one tile to another."""

    number = NumberField(label=gettext_lazy("From tile"))
    to = NumberField(label=gettext_lazy("To tile"))


class CashForm(WithMoney):
    """Money that was given by hand."""

    numbers = NumbersField()
    name = forms.CharField(
        label=gettext_lazy("Who gave it"), max_length=200,
        error_messages={"required": gettext_lazy("Please give a name.")},
    )  # fmt: skip
    amount = MoneyField(
        label=gettext_lazy("How much were you given?"),
        help_text=gettext_lazy("At least what the tiles cost; more is a gift besides."),
        error_messages={"required": gettext_lazy("Please give the amount you were handed.")},
    )
    payment_type = forms.ChoiceField(
        label=gettext_lazy("How"), choices=[(one.value, one.label) for one in offline.BY_HAND]
    )
    paid_on = DayField(
        label=gettext_lazy("When"),
        error_messages={"required": gettext_lazy("Please choose the day.")},
    )
    shown_as = forms.ChoiceField(
        label=gettext_lazy("Shown on the board as"), choices=Donation.ShownAs.choices
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail address (optional)"), max_length=254, required=False,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("Note (optional)"), max_length=200, required=False,
        help_text=gettext_lazy("A check's number, for example. Only organizers see this."),
    )  # fmt: skip
    counted = forms.BooleanField(
        label=gettext_lazy("I've counted this money"), required=False,
        help_text=gettext_lazy("It counts as raised at once. Otherwise it waits to be counted."),
    )  # fmt: skip


class ReasonForm(PlainForm):
    """Why money is taken off the books."""

    reason = forms.CharField(
        label=gettext_lazy("Why?"), max_length=300,
        help_text=gettext_lazy("For your books. Only organizers see this."),
        error_messages={"required": gettext_lazy("Please say why, for your books.")},
    )  # fmt: skip
