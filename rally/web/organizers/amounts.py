"""Money and days as organizers type them, in the campaign's currency and time zone."""

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _

from rally.kit import money

LONGEST = 24
PLAIN = re.compile(r"\d+(\.\d+)?\Z")
THOUSANDS = re.compile(r"\d{1,3}([, ]\d{3})+(\.\d+)?\Z")
MOMENTS = ("%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M")
# Years that still are years in every time zone.
YEARS = range(1900, 3000)
COMMA = re.compile(r"\d+,\d{1,2}\Z")


class MoneyField(forms.CharField):
    """An amount in words for people ("7,500", "$12.50", "12,50"), as whole minor units."""

    def __init__(self, *, currency: str = "USD", **options: Any) -> None:
        self.currency = currency
        options.setdefault("max_length", LONGEST)
        options.setdefault(
            "widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        )
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        typed = super().clean(value)
        return minor(typed, self.currency) if typed else None

    def prepare_value(self, value: Any) -> Any:
        return plain(value, self.currency) if isinstance(value, int) else value


def minor(typed: str, currency: str) -> int:
    """What was typed in minor units; raises a form's ValidationError in words."""
    bare = typed.strip().removeprefix(money.symbol(currency).strip()).removeprefix(currency)
    bare = bare.removesuffix(currency).strip()
    if COMMA.match(bare):
        bare = bare.replace(",", ".")
    elif THOUSANDS.match(bare):
        bare = bare.replace(",", "").replace(" ", "")
    elif not PLAIN.match(bare):
        raise forms.ValidationError(_("Please type an amount, such as 7500 or 12.50."))
    try:
        amount = Decimal(bare).scaleb(money.decimals(currency))
    except InvalidOperation:
        raise forms.ValidationError(_("Please type an amount, such as 7500 or 12.50.")) from None
    if amount != amount.to_integral_value():
        raise forms.ValidationError(
            _("%(currency)s has no such small parts.") % {"currency": currency}
        )
    return int(amount)


def plain(minor_units: int, currency: str) -> str:
    """An amount as a field shows it: "7500", "12.50"."""
    written = f"{money.major(minor_units, currency):f}"
    return re.sub(r"\.0+\Z", "", written)


class DayField(forms.DateField):
    """A calendar day; `instant` makes a moment of it."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        options.setdefault("input_formats", ["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y"])
        options.setdefault("error_messages", {}).setdefault(
            "invalid", _("Please type a day, such as 2027-05-31.")
        )
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        day = super().to_python(value)
        if day is not None and day.year not in YEARS:
            raise forms.ValidationError(self.error_messages["invalid"])
        return day


class MomentField(forms.DateTimeField):
    """A day and time as the campaign's own clock shows it, without a zone."""

    def __init__(self, **options: Any) -> None:
        options.setdefault(
            "widget",
            forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        )
        options.setdefault("input_formats", list(MOMENTS))
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values or isinstance(value, dt.datetime):
            return value or None
        for form in MOMENTS:
            try:
                moment = dt.datetime.strptime(str(value).strip(), form)
            except ValueError:
                continue
            if moment.year in YEARS:
                return moment
        raise forms.ValidationError(_("Please type a day and a time, such as 2027-05-31 18:00."))


def end_of(day: dt.date, time_zone: str) -> dt.datetime:
    """The last second of a day in a time zone, as an instant."""
    local = dt.datetime.combine(day, dt.time(23, 59, 59), ZoneInfo(time_zone))
    return local.astimezone(dt.UTC)


def instant(local: dt.datetime, time_zone: str) -> dt.datetime:
    """A wall clock's moment as an instant."""
    return local.replace(tzinfo=ZoneInfo(time_zone)).astimezone(dt.UTC)


def day_of(moment: dt.datetime | None, time_zone: str) -> dt.date | None:
    """The day of an instant in a time zone."""
    return moment.astimezone(ZoneInfo(time_zone)).date() if moment else None
