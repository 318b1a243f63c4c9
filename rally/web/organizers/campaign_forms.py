"""What organizers type about a campaign. Shape is checked here, rules are the core's."""

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns import rules
from campaigns.fitting import MOST_TAKERS
from rally.kit.errors import InvalidInput
from rally.web.organizers.amounts import DayField, MomentField, MoneyField, end_of
from rally.web.organizers.forms import PlainForm, currency_choices

T = TypeVar("T")
PALETTE_NAMES = {
    "marigold": _("Marigold"), "apricot": _("Apricot"), "coral": _("Coral"), "rose": _("Rose"),
    "orchid": _("Orchid"), "lilac": _("Lilac"), "sky": _("Sky"), "lagoon": _("Lagoon"),
    "mint": _("Mint"), "leaf": _("Leaf"), "lemon": _("Lemon"), "stone": _("Stone"),
}  # fmt: skip

KEEP_OR_REFUND = (
    ("keep", _("Keep them: the money stays with the organization")),
    ("refund", _("Refund all card payments")),
)


def _judged(rule: Callable[..., T], *values: Any) -> T:
    """The core's rule as a form's own, so that all mistakes of a form are said at once."""
    try:
        return rule(*values)
    except InvalidInput as why:
        raise forms.ValidationError(str(why)) from None


def _obeys(rule: Callable[[str], str]) -> Callable[[Any], None]:
    """The same as a field's validator."""

    def check(value: Any) -> None:
        _judged(rule, value)

    return check


def _title() -> forms.CharField:
    return forms.CharField(
        label=_("What are you raising money for?"),
        help_text=_("The title of its page, such as “Spring tournament for 24 players”."),
        widget=forms.TextInput(attrs={"maxlength": rules.LONGEST_TITLE, "autocomplete": "off"}),
        error_messages={"required": _("Please give the campaign a title.")},
        validators=[_obeys(rules.title)],
    )


def _summary() -> forms.CharField:
    return forms.CharField(
        label=_("One sentence: why? (optional)"), required=False,
        help_text=_("It stands under the title. Up to 200 characters."),
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": rules.LONGEST_SUMMARY}),
        validators=[_obeys(rules.summary)],
    )  # fmt: skip


def _story() -> forms.CharField:
    return forms.CharField(
        label=_("The story (optional)"), required=False, strip=False,
        help_text=_(
            "Who needs what, and what happens when you reach it. Leave a line empty for a new "
            "paragraph; **two stars** make bold, a dash in front makes a list."
        ),
        widget=forms.Textarea(attrs={"rows": 10}), validators=[_obeys(rules.story)],
    )  # fmt: skip


def _palette() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Colour"), choices=list(PALETTE_NAMES.items()), widget=forms.RadioSelect,
        initial="marigold",
    )  # fmt: skip


class WithMoney(PlainForm):
    """Tells its amounts which currency they're typed in."""

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, MoneyField):
                field.currency = currency
                field.label = f"{field.label} ({currency})"


class WithGoal(WithMoney):
    """Holds a campaign's goal to the core's rule, beside what else is wrong with the form."""

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        super().__init__(*args, currency=currency, **kwargs)
        self.currency = currency

    def clean_goal(self) -> int:
        return _judged(rules.goal, self.cleaned_data["goal"], self.currency)


class BasicsForm(WithGoal):
    """What for, how much, by when (in this zone, as seen from now), who takes part."""

    title = _title()
    goal = MoneyField(
        label=_("How much do you need?"),
        error_messages={"required": _("Please say how much you need.")},
    )
    deadline = DayField(
        label=_("By when?"), help_text=_("The last day to give; it ends at midnight."),
        error_messages={"required": _("Please choose the last day."),
                        "invalid": _("Please type a day, such as 2027-05-31.")},
    )  # fmt: skip
    takers = forms.IntegerField(
        label=_("How many families or fundraisers take part? (optional)"), required=False,
        min_value=1, max_value=MOST_TAKERS, error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            _("Please give a number from 1 to 100,000, or leave it empty."),
        ),
        help_text=_("We propose boards that suit them. Empty: one board for everybody."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )  # fmt: skip

    def __init__(self, *args: Any, time_zone: str, now: dt.datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.time_zone, self.now = time_zone, now

    def clean_deadline(self) -> dt.datetime:
        """The day's last moment."""
        ends = end_of(self.cleaned_data["deadline"], self.time_zone)
        return _judged(rules.deadline, ends, self.now)


class LookForm(PlainForm):
    """How it looks and what it says."""

    version = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)
    palette = _palette()
    summary = _summary()
    story = _story()


class SettingsForm(WithGoal):
    """Everything about a campaign at once; the deadline only while it's a draft."""

    version = forms.CharField(widget=forms.HiddenInput, required=False, max_length=16)
    title = _title()
    summary = _summary()
    story = _story()
    goal = MoneyField(
        label=_("Goal"), error_messages={"required": _("Please say how much you need.")}
    )
    deadline = DayField(
        label=_("Last day"), error_messages={"required": _("Please choose the last day.")}
    )
    palette = _palette()
    unlisted = forms.BooleanField(
        label=_("Found by link only"), required=False,
        help_text=_("It isn't listed on this site's front page, and search engines pass it by."),
    )  # fmt: skip
    donor_contact_visible = forms.BooleanField(
        label=_("Fundraisers and captains see donors' contact data"), required=False,
        help_text=_("Off: only owners and admins see e-mail and postal addresses."),
    )  # fmt: skip
    lists_teams = forms.BooleanField(
        label=_("Show how much each team raised"), required=False,
        help_text=_("On the campaign's page. A team's own page shows it either way."),
    )  # fmt: skip
    lists_fundraisers = forms.BooleanField(
        label=_("Show how much each fundraiser raised"), required=False,
        help_text=_("On the campaign's page, for those whose page is public."),
    )  # fmt: skip
    lists_supporters = forms.BooleanField(
        label=_("Show who gave"), required=False,
        help_text=_("Everybody is shown as they chose. Off: only how many they are."),
    )  # fmt: skip
    project_id = forms.CharField(label=_("Project number in your books (optional)"), required=False)
    fund_code = forms.CharField(label=_("Fund code (optional)"), required=False)


class FitForm(PlainForm):
    """One of the proposals, by its key."""

    fit = forms.CharField(
        max_length=60, error_messages={"required": _("Please choose one of the proposals.")}
    )


class ScheduleForm(PlainForm):
    """When it opens by itself."""

    opens_at = MomentField(
        label=_("Open it by itself at"),
        error_messages={"required": _("Please choose a day and a time.")},
    )


class ExtendForm(PlainForm):
    """A later last day."""

    deadline = DayField(
        label=_("New last day"), error_messages={"required": _("Please choose the last day.")}
    )


class CurrencyForm(PlainForm):
    """Another currency, while nothing is promised in this one."""

    currency = forms.ChoiceField(label=_("Currency"), choices=currency_choices)


class CloneForm(PlainForm):
    """Next year's title and last day."""

    title = _title()
    deadline = DayField(
        label=_("Last day"), error_messages={"required": _("Please choose the last day.")}
    )


class CancelForm(PlainForm):
    """What happens to the money."""

    money = forms.ChoiceField(
        label=_("What happens to the gifts?"), widget=forms.RadioSelect,
        choices=KEEP_OR_REFUND,
        error_messages={"required": _("Please say what happens to the gifts.")},
    )  # fmt: skip
