"""Why people and organizations say no."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rally.kit.errors import DomainError, InvalidInput


class AlreadyDecided(DomainError):
    """The request was decided the other way before."""

    code = "conflict"
    sentence = _("This request was decided already, the other way.")


class OwnRequest(DomainError):
    """Nobody lets themselves in."""

    code = "forbidden"
    sentence = _("You can't decide about your own request.")


class NotThatStatus(DomainError):
    """The organization is not in a state from which this can be done."""

    code = "conflict"
    sentence = _("The organization isn't in a state in which that can be done.")


class LastOwner(DomainError):
    """An organization keeps at least one owner."""

    code = "conflict"
    sentence = _("An organization needs an owner. Make somebody else an owner first.")


class ReasonNeeded(InvalidInput):
    """A no comes with a reason that the other side can read."""

    def __init__(self) -> None:
        super().__init__(gettext("Please give a reason."), field="reason")


class UnknownRole(InvalidInput):
    """No such role, or one that isn't given this way."""

    def __init__(self) -> None:
        super().__init__(gettext("This role can't be given here."), field="role")
