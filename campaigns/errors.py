"""Why a campaign says no."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from rally.kit.errors import DomainError


class NotDraft(DomainError):
    """The campaign has been published, so this can't change any more."""

    code = "conflict"
    sentence = _("This campaign has been published, so that can't be changed any more.")


class WrongStatus(DomainError):
    """The campaign is not in a state from which this can be done."""

    code = "conflict"
    sentence = _("The campaign isn't in a state in which that can be done.")


class NotReady(DomainError):
    """The checklist has open points. `facts["open"]` names them."""

    code = "conflict"
    sentence = _("The campaign can't be published yet: something on the checklist is missing.")


class EditedMeanwhile(DomainError):
    """Somebody else saved first. `theirs` holds what now stands, for the fields that differ."""

    code = "conflict"
    sentence = _("Somebody else saved this meanwhile. Compare below, then save again.")

    def __init__(self, version: str, theirs: dict[str, Any]) -> None:
        self.version = version
        self.theirs = theirs
        super().__init__(fields=sorted(theirs))


class AlreadyThere(DomainError):
    """Somebody of this name and e-mail raises money in the campaign already."""

    code = "conflict"
    sentence = _("This person takes part in the campaign already.")


class HasGifts(DomainError):
    """A fundraiser's gifts count for the team as well, and a gift's credit is not moved by
    changing teams."""

    code = "conflict"
    sentence = _(
        "Gifts were credited to them already, so they stay where they are. Credit the gifts to "
        "somebody else first, or add them once more under the other team."
    )
