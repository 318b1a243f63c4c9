"""What a supporter tells us before paying. The rules are the core's; the words stand beside."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.models import Donation
from payments import supporters
from payments.supporters import Supporter
from rally.kit.errors import InvalidInput
from rally.web.supporters.credits import Credits


class SupporterForm(forms.Form):
    """Four fields and two choices. A picture has no field here."""

    use_required_attribute = False
    name = forms.CharField(
        label=_("Your name"),
        max_length=supporters.LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Please give a name.")},
    )
    email = forms.CharField(
        label=_("E-mail address"),
        help_text=_("For your receipt. It's never shown."),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "inputmode": "email"}),
        error_messages={"required": _("Please give an e-mail address for your receipt.")},
    )
    message = forms.CharField(
        label=_("Message (optional)"),
        help_text=_("Up to 200 characters. It goes to the organizers; they may show it."),
        max_length=supporters.LONGEST_MESSAGE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    display_as = forms.ChoiceField(
        label=_("Show me on the board as"),
        choices=[
            (Donation.ShownAs.NAME, _("My name")),
            (Donation.ShownAs.INITIAL, _("First name and initial")),
            (Donation.ShownAs.ANONYMOUS, _("Anonymous")),
        ],
        initial=Donation.ShownAs.NAME,
        widget=forms.RadioSelect,
    )
    hide_amount = forms.BooleanField(
        label=_("Don't show how much I gave"),
        help_text=_(
            "The list shows you without an amount. On many boards a tile's number tells its price, "
            "and the number stays visible."
        ),
        required=False,
    )
    cover_fees = forms.BooleanField(label=_("Cover the card fees"), required=False)
    credit = forms.ChoiceField(
        label=_("Who are you giving for? (optional)"),
        help_text=_("It counts for them, and for the campaign."),
        required=False,
    )

    def __init__(self, *args: Any, credits: Credits | None = None, **kwargs: Any) -> None:
        """With nobody to choose from there is no such question."""
        super().__init__(*args, **kwargs)
        field = self.fields["credit"]
        assert isinstance(field, forms.ChoiceField)
        if credits is None or not credits.choices:
            del self.fields["credit"]
            return
        field.choices = [("", credits.otherwise), *credits.choices]
        field.initial = credits.chosen

    def _rule(self, field: str, rule: Callable[[object], str]) -> str:
        try:
            return rule(self.cleaned_data[field])
        except InvalidInput as why:
            raise forms.ValidationError(str(why)) from None

    def clean_name(self) -> str:
        return self._rule("name", supporters.clean_name)

    def clean_email(self) -> str:
        return self._rule("email", supporters.clean_email)

    def clean_message(self) -> str:
        return self._rule("message", supporters.clean_message)

    def supporter(self) -> Supporter:
        """The core's own object, once the form is valid."""
        data = self.cleaned_data
        return Supporter(
            name=data["name"],
            email=data["email"],
            message=data["message"],
            display_as=data["display_as"],
            hide_amount=data["hide_amount"],
        )
