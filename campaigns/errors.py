"""Why a campaign says no."""

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
