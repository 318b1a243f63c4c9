"""What can be done to test organizations alone: let time pass."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.actors import Actor
from accounts.models import Organization
from accounts.rights import Right, require
from rally.kit.errors import DomainError, InvalidInput

FURTHEST_SECONDS = 400 * 86_400


class LiveOrganization(DomainError):
    """Real money is never played with."""

    code = "forbidden"
    sentence = gettext_lazy("This organization takes real money; that's for test ones alone.")


def allowed(organization: Organization, by: Actor) -> None:
    """Raises Forbidden, and LiveOrganization for one that takes real money."""
    require(by, Right.RUN_ORGANIZATION, organization.pk)
    if organization.livemode:
        raise LiveOrganization


def check_step(organization: Organization, by: Actor, seconds: int) -> None:
    """Whether its clock may go on by that much. Raises as `allowed`, and InvalidInput."""
    allowed(organization, by)
    if not 0 < seconds <= FURTHEST_SECONDS:
        words = _("seconds must be above zero, and at most 400 days.")
        raise InvalidInput(words, field="seconds")
    if organization.clock_offset_s + seconds > FURTHEST_SECONDS:
        raise InvalidInput(_("The clock can run 400 days ahead, no more."), field="seconds")


def move_clock(organization: Organization, by: Actor, *, to: int) -> int:
    """Set how far its clock runs ahead, in seconds; it never goes back. Answers where it is.

    Raises as `allowed`.
    """
    allowed(organization, by)
    with transaction.atomic():
        Organization.objects.filter(
            pk=organization.pk, livemode=False, clock_offset_s__lt=to
        ).update(clock_offset_s=to)
        audit.record("sandbox.clock", about=organization, by=by.user, door=by.door,
                     facts={"ahead": to})  # fmt: skip
    organization.refresh_from_db()
    return organization.clock_offset_s
