"""What organizers type about teams and fundraisers. Rules are the core's."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from boards.models import Board
from campaigns.members import Newcomer
from campaigns.models import Access, Donation
from campaigns.pagetexts import LONGEST_HEADER, LONGEST_NAME
from rally.web.organizers.amounts import MoneyField
from rally.web.organizers.campaign_forms import WithMoney
from rally.web.organizers.forms import PlainForm

ACCESS = (
    (Access.PUBLIC, _("Public: listed on the campaign's page")),
    (Access.DELISTED, _("By link only: not listed anywhere")),
    (Access.INACTIVE, _("Nobody: the page is switched off")),
    (Access.PENDING, _("Nobody yet: it waits for you")),
)
SHOWN = (
    (Donation.ShownAs.NAME, _("Whole name")),
    (Donation.ShownAs.INITIAL, _("First name and initial")),
    (Donation.ShownAs.ANONYMOUS, _("No name")),
)


def _header() -> forms.CharField:
    return forms.CharField(
        label=_("One sentence on the page (optional)"), required=False, max_length=LONGEST_HEADER
    )


def _access() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("Who finds the page?"), choices=ACCESS, widget=forms.RadioSelect,
        initial=Access.PUBLIC,
    )  # fmt: skip


def _name(label: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=LONGEST_NAME,
        error_messages={"required": _("Please give a name.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class TeamForm(WithMoney):
    """A team: its name, its page, and once there is somebody to choose, its captains."""

    name = _name(_("What is the team called?"))
    goal = MoneyField(label=_("Its goal (optional)"), required=False)
    page_header = _header()
    access = _access()
    captains = forms.MultipleChoiceField(
        label=_("Captains"), required=False, widget=forms.CheckboxSelectMultiple
    )


class FundraisersForm(WithMoney):
    """Many at once, one per line."""

    people = forms.CharField(
        label=_("Who raises money?"), max_length=40_000,
        help_text=_("One per line: the name, and if you like a comma and the e-mail address, to "
                    "which we mail the link."),
        widget=forms.Textarea(attrs={"rows": 8, "autocomplete": "off"}),
        error_messages={"required": _("Please give at least one name.")},
    )  # fmt: skip
    team = forms.ChoiceField(label=_("Team (optional)"), required=False)
    goal = MoneyField(label=_("Each one's goal (optional)"), required=False)

    def newcomers(self) -> list[Newcomer]:
        """The lines that aren't empty."""
        lines = [line for line in self.cleaned_data["people"].splitlines() if line.strip()]
        pairs = [line.replace(";", ",").partition(",") for line in lines]
        return [Newcomer(name.strip(), email.strip(" <>\t")) for name, _comma, email in pairs]


class FundraiserForm(WithMoney):
    """One fundraiser and their page. The e-mail only for those who may see it."""

    name = _name(_("Name"))
    email = forms.CharField(
        label=_("E-mail address (optional)"), required=False, max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    shown_as = forms.ChoiceField(
        label=_("Shown to everybody as"), choices=SHOWN, widget=forms.RadioSelect
    )
    team = forms.ChoiceField(
        label=_("Team"), required=False,
        help_text=_("It can change until the first gift is credited to them."),
    )  # fmt: skip
    goal = MoneyField(label=_("Goal (optional)"), required=False)
    page_header = _header()
    access = _access()


class OwnTeamForm(WithMoney):
    """What captains may say of their team."""

    name = _name(_("What is the team called?"))
    goal = MoneyField(label=_("Its goal (optional)"), required=False)
    page_header = _header()


class OwnPageForm(WithMoney):
    """What fundraisers may say of their own page."""

    shown_as = forms.ChoiceField(
        label=_("Shown to everybody as"), choices=SHOWN, widget=forms.RadioSelect
    )
    goal = MoneyField(label=_("Your goal (optional)"), required=False)
    page_header = _header()


class AssignForm(PlainForm):
    """One choice per board, named "board-{public_id}"."""

    def __init__(
        self, *args: Any, boards: Iterable[tuple[Board, object]], owners: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for board, now in boards:
            self.fields[f"board-{board.public_id}"] = forms.ChoiceField(
                label=board.title, choices=owners, initial=now, required=False
            )
