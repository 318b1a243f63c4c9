"""What developers type. Rules are the core's."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import tokens
from accounts.access import SCOPES as APP_SCOPES
from accounts.webhooks import EVENTS

LIVES = [("30", _("30 days")), ("90", _("90 days")), ("365", _("a year")), ("", _("no end"))]


class PlainForm(forms.Form):
    """Mistakes are said by us, beside the field: not by the browser."""

    use_required_attribute = False


class Several(forms.MultipleChoiceField):
    """Boxes to tick."""

    widget = forms.CheckboxSelectMultiple


class TokenForm(PlainForm):
    """A new personal token; made as it stands by one click."""

    name = forms.CharField(
        label=_("What is it for?"), max_length=tokens.LONGEST_NAME, initial=_("My script"),
        error_messages={"required": _("Please give it a name.")},
    )  # fmt: skip
    scopes = Several(
        label=_("What may it do?"), choices=list(tokens.SCOPES.items()),
        initial=list(tokens.SCOPES), error_messages={"required": _("Choose at least one.")},
    )  # fmt: skip
    organization = forms.ChoiceField(label=_("Where?"), required=False)
    days = forms.ChoiceField(label=_("How long?"), choices=LIVES, initial="90", required=False)

    def __init__(self, *args: Any, organizations: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everywhere = ("", _("In all my organizations"))
        choices = [everywhere, *((one.public_id, str(one)) for one in organizations)]
        self.fields["organization"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


class HookForm(PlainForm):
    """An address and what it wants to hear."""

    owner = forms.ChoiceField(label=_("Whose events?"))
    url = forms.CharField(
        label=_("Address"), max_length=500,
        help_text=_("https, open to the internet. We post JSON to it."),
        widget=forms.URLInput(attrs={"inputmode": "url"}),
        error_messages={"required": _("Please give an address.")},
    )  # fmt: skip
    events = Several(
        label=_("Events"), choices=[(name, name) for name in EVENTS], initial=list(EVENTS),
        error_messages={"required": _("Choose at least one.")},
    )  # fmt: skip

    def __init__(self, *args: Any, owners: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].choices = list(owners)  # type: ignore[attr-defined]  # a ChoiceField


class AppForm(PlainForm):
    """An app asks for access."""

    name = forms.CharField(
        label=_("Name of the app"), max_length=100,
        help_text=_("People see it when they are asked to let it in."),
        error_messages={"required": _("Please give it a name.")},
    )  # fmt: skip
    site = forms.CharField(
        label=_("Its website"), max_length=200,
        widget=forms.URLInput(attrs={"inputmode": "url"}),
        error_messages={"required": _("Please give its address.")},
    )  # fmt: skip
    redirect_uris = forms.CharField(
        label=_("Where people come back to"), max_length=2000,
        help_text=_("One https address a line."), widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Please give at least one address.")},
    )  # fmt: skip
    scopes = Several(
        label=_("What should it be able to do?"),
        choices=[(scope.name, scope.words) for scope in APP_SCOPES.values()],
        error_messages={"required": _("Choose at least one.")},
    )  # fmt: skip
    purpose = forms.CharField(
        label=_("What is it for?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Whom does it serve, and what does it do with the data?"),
        error_messages={"required": _("Please tell us.")},
    )  # fmt: skip


class CredentialForm(PlainForm):
    """An organization asks for a login of its own programs."""

    organization = forms.ChoiceField(label=_("For which organization?"))
    purpose = forms.CharField(
        label=_("What is it for?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Which program reads the data, and what becomes of it?"),
        error_messages={"required": _("Please tell us.")},
    )  # fmt: skip

    def __init__(self, *args: Any, organizations: Any = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.public_id, str(one)) for one in organizations]
        self.fields["organization"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
