"""What staff decide about an organization: that it is who it says, and when it must stop."""

from django.db import transaction
from django.db.models import Max

from accounts import audit
from accounts.actors import Actor
from accounts.errors import NotThatStatus
from accounts.models import AuditEntry, Organization
from accounts.rights import Forbidden

Status = Organization.Status
FROZEN = "organization.frozen"


def verify(organization: Organization, by: Actor) -> None:
    """Somebody looked, and it is who it says it is. Raises NotThatStatus while frozen,
    and like all of these Forbidden for whoever isn't staff."""
    _staff_only(by)
    with transaction.atomic():
        found = _locked(organization)
        if found.status == Status.FROZEN:
            raise NotThatStatus
        if found.status == Status.PENDING:
            _move(found, Status.LIVE, "organization.verified", by)
    organization.refresh_from_db()


def freeze(organization: Organization, by: Actor) -> None:
    """Stop new holds at once; payments that are under way finish. Again changes nothing."""
    _staff_only(by)
    with transaction.atomic():
        found = _locked(organization)
        if found.status != Status.FROZEN:
            _move(found, Status.FROZEN, FROZEN, by)
    organization.refresh_from_db()


def unfreeze(organization: Organization, by: Actor) -> None:
    """Give it back the status it was frozen in. An organization that isn't frozen stays."""
    _staff_only(by)
    with transaction.atomic():
        found = _locked(organization)
        if found.status == Status.FROZEN:
            _move(found, _status_before(found), "organization.unfrozen", by)
    organization.refresh_from_db()


def sandbox_clock() -> int:
    """How far ahead the sandboxes' clock runs, in seconds: all of them face one simulator."""
    sandboxes = Organization.objects.filter(livemode=False)
    return sandboxes.aggregate(ahead=Max("clock_offset_s"))["ahead"] or 0


def _staff_only(by: Actor) -> None:
    """Raises Forbidden for whoever isn't staff, at a door that staff use, or the system."""
    if by.user is None and by.door in {"task", "command"}:
        return
    if not by.is_staff or by.door == "page":
        raise Forbidden


def _locked(organization: Organization) -> Organization:
    return Organization.objects.select_for_update(no_key=True, of=("self",)).get(pk=organization.pk)


def _move(organization: Organization, status: str, verb: str, by: Actor) -> None:
    facts = {"from": str(organization.status), "to": str(status)}
    organization.status = status
    organization.save(update_fields=["status"])
    audit.record(verb, about=organization, by=by.user, door=by.door, facts=facts)


def _status_before(organization: Organization) -> str:
    """What the last freeze wrote down; one nobody wrote down has to be verified again."""
    last = (
        AuditEntry.objects.filter(
            verb=FROZEN, object_type="accounts.organization", object_id=str(organization.pk)
        )
        .order_by("-pk")
        .first()
    )
    return Status.LIVE if last and last.facts.get("from") == Status.LIVE else Status.PENDING
