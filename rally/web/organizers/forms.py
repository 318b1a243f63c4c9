"""What organizers type about the organization and its people. Rules are the core's."""

import zoneinfo
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import countries, joinrequests
from accounts.memberships import GIVEN_FREELY, LIMITABLE
from accounts.models.organizations import Role
from rally.kit import money
from rally.web.organizers import words

CURRENCIES = sorted({*countries.CURRENCY.values(), *money.SYMBOLS, "USD"})


# What Django says by itself, in our words.
DEFAULTS: dict[str, tuple[type[forms.Field], Any]] = {
    "required": (forms.Field, _("Please fill this in.")),
    "invalid_choice": (forms.ChoiceField, _("Please choose one of these.")),
    "invalid": (forms.IntegerField, _("Please type a whole number.")),
}
LIMITS = {
    "max_length": _("Please keep this to %(limit_value)d characters; it has %(show_value)d."),
    "min_value": _("Please give %(limit_value)s or more."),
    "max_value": _("Please give %(limit_value)s or less."),
}


class PlainForm(forms.Form):
    """Mistakes are said by us, in our words, beside the field: not by the browser, and not in
    the framework's."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            said = field.error_messages
            for code, (kind, words_) in DEFAULTS.items():
                if said.get(code) == kind.default_error_messages[code]:
                    said[code] = words_
            for code, words_ in LIMITS.items():
                said.setdefault(code, words_)


def _countries() -> list[tuple[str, str]]:
    return list(countries.names().items())


def currency_choices() -> list[tuple[str, str]]:
    """The currencies that forms offer."""
    return [(code, f"{code} ({money.symbol(code).strip()})" if code in money.SYMBOLS else code)
            for code in CURRENCIES]  # fmt: skip


def _zones() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in sorted(zoneinfo.available_timezones())]


class StartForm(PlainForm):
    """A new organization: two answers are enough."""

    name = forms.CharField(
        label=_("What is it called?"),
        max_length=150,
        help_text=_("Its official name. You can add a shorter one later."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={"required": _("Please give a name.")},
    )
    country = forms.ChoiceField(
        label=_("Which country is it in?"),
        choices=_countries,
        initial="US",
        help_text=_("Its currency and time zone are set from this. You can change them later."),
    )


class FindForm(PlainForm):
    """A name or a code."""

    q = forms.CharField(label=_("Name or code of the organization"), max_length=150)


class AskForm(PlainForm):
    """Why somebody wants to belong."""

    message = forms.CharField(
        label=_("Message"),
        max_length=joinrequests.LONGEST_TEXT,
        help_text=_("Say who you are and what you want to do there."),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Please write a sentence: somebody has to know you.")},
    )


class CodeForm(PlainForm):
    """An invitation's code, typed."""

    code = forms.CharField(
        label=_("Code of your invitation"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        error_messages={"required": _("Please type the code.")},
    )


class RoleForm(PlainForm):
    """One of the roles that may be given here."""

    role = forms.ChoiceField(label=_("Role"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, roles: tuple[Role, ...] = GIVEN_FREELY, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = words.role_choices(roles)  # type: ignore[attr-defined]  # a ChoiceField


class RefuseForm(PlainForm):
    """Why not."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=joinrequests.LONGEST_TEXT,
        help_text=_("They will read it in a mail."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Please give a reason.")},
    )


class InviteForm(RoleForm):
    """A role, perhaps in one campaign or team only, perhaps for one address only."""

    part = forms.ChoiceField(label=_("Where it holds"))
    email = forms.CharField(
        label=_("E-mail address (optional)"),
        required=False,
        max_length=254,
        help_text=_("We mail the invitation there, and only this address can use it. Without "
                    "one, you get a link and a code to hand on; whoever has them comes in."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    field_order = ("role", "part", "email")

    def __init__(self, *args: Any, parts: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everywhere = ("", _("In the whole organization"))
        self.fields["part"].choices = [everywhere, *parts]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["part"].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("part") and data.get("role") and data["role"] not in LIMITABLE:
            self.add_error("part", _("This role holds in the whole organization only."))
        return data


class ProfileForm(PlainForm):
    """All an organization says about itself. `seen` tells which version was on the screen."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    name = forms.CharField(
        label=_("Official name"), max_length=150,
        error_messages={"required": _("Please give a name.")},
    )  # fmt: skip
    common_name = forms.CharField(
        label=_("Name on pages (optional)"), max_length=150, required=False,
        help_text=_("What people call it, if that is shorter."),
    )  # fmt: skip
    website = forms.CharField(
        label=_("Website (optional)"), max_length=200, required=False,
        widget=forms.URLInput(attrs={"placeholder": "https://"}),
    )  # fmt: skip
    facebook = forms.CharField(label=_("Facebook (optional)"), max_length=200, required=False)
    instagram = forms.CharField(label=_("Instagram (optional)"), max_length=200, required=False)
    youtube = forms.CharField(label=_("YouTube (optional)"), max_length=200, required=False)
    x = forms.CharField(label=_("X (optional)"), max_length=200, required=False)
    tax_id = forms.CharField(
        label=_("EIN or tax id (optional)"), max_length=32, required=False,
        help_text=_("For receipts."),
    )  # fmt: skip
    line_1 = forms.CharField(
        label=_("Street and number (optional)"), max_length=150, required=False
    )
    line_2 = forms.CharField(
        label=_("More of the address (optional)"), max_length=150, required=False
    )
    city = forms.CharField(label=_("City (optional)"), max_length=100, required=False)
    state = forms.CharField(label=_("State or region (optional)"), max_length=100, required=False)
    zip = forms.CharField(label=_("Postal code (optional)"), max_length=20, required=False)
    country = forms.ChoiceField(label=_("Country"), choices=_countries)
    currency = forms.ChoiceField(
        label=_("Currency"), choices=currency_choices,
        help_text=_("For new campaigns. Each campaign can change its own until somebody gives."),
    )  # fmt: skip
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=_zones,
        help_text=_("For deadlines and dates of new campaigns."),
    )  # fmt: skip
    unlisted = forms.BooleanField(
        label=_("Found by link only"), required=False,
        help_text=_("No list and no search of this site names the organization or its campaigns. "
                    "Whoever has a link can open it."),
    )  # fmt: skip
    noindex = forms.BooleanField(
        label=_("Keep search engines away"), required=False,
        help_text=_("Asks them not to show its pages. Most obey."),
    )  # fmt: skip
