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


class AlreadyMember(DomainError):
    """Somebody who asks to join what they belong to."""

    code = "conflict"
    sentence = _("You belong to this organization already.")


class OwnersOnly(DomainError):
    """Admins don't decide about owners, nor make any."""

    code = "forbidden"
    sentence = _("Only an owner can decide about owners.")


class NotEverywhere(DomainError):
    """An owner's role can't be limited to a part of the organization."""

    code = "conflict"
    sentence = _("This person's role is for a part of the organization only.")


class NoSuchMember(DomainError):
    """The role was taken away meanwhile."""

    code = "conflict"
    sentence = _("This person doesn't belong to the organization any more.")


class NoSuchInvitation(DomainError):
    """No invitation has this secret."""

    code = "not_found"
    sentence = _("There is no such invitation. Check the link or the code.")


class InvitationUsed(DomainError):
    """Somebody else came in by it."""

    code = "gone"
    sentence = _("This invitation has been used. Each one lets one person in: ask for another.")


class InvitationExpired(DomainError):
    """It wasn't used in time."""

    code = "gone"
    sentence = _("This invitation has expired. Ask for another.")


class InvitationRevoked(DomainError):
    """It was taken back."""

    code = "gone"
    sentence = _("This invitation was taken back. Ask whoever sent it.")


class InvitationForAnother(DomainError):
    """It names an e-mail address, and it isn't the address of this account."""

    code = "forbidden"
    sentence = _(
        "This invitation is for another e-mail address. Sign in with the address it was sent to, "
        "or ask for one to the address you use here."
    )


class EditedMeanwhile(DomainError):
    """Somebody else saved since the form was opened. Nothing was saved.

    `differences` are (field, what is stored now, what was typed); `seen` is what to send along
    to save all the same.
    """

    code = "conflict"
    sentence = _("Somebody else saved changes while you were typing. Nothing of yours is lost.")

    def __init__(self, differences: list[tuple[str, object, object]], seen: str) -> None:
        self.differences, self.seen = differences, seen
        super().__init__()


class NotLiveYet(DomainError):
    """Real money needs a verified organization and the site's live keys."""

    code = "conflict"
    sentence = _("Real money isn't possible here yet.")


class TooMany(DomainError):
    """One person has started more than anybody needs."""

    code = "conflict"
    sentence = _("You have several organizations that wait to be verified. Finish those first.")
