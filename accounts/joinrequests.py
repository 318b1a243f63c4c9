"""Somebody asks to belong: ask, let in, turn down, and let old requests lapse."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, memberships, outbox
from accounts.actors import SYSTEM, Actor
from accounts.errors import (
    AlreadyDecided,
    AlreadyMember,
    OwnRequest,
    ReasonNeeded,
    UnknownRole,
)
from accounts.memberships import GIVEN_FREELY
from accounts.models import JoinRequest, Membership, Organization
from accounts.models.organizations import Role
from accounts.rights import Forbidden, Right, require
from rally.kit import clock, text
from rally.kit.errors import InvalidInput

LONGEST_TEXT = 1000
LAPSES_AFTER = dt.timedelta(days=30)
Status = JoinRequest.Status


def ask(organization: Organization, by: Actor, message: str) -> JoinRequest:
    """Ask to belong. While a request waits, asking again answers that one, unchanged.

    Each owner and admin hears of it by mail. Raises AlreadyMember, InvalidInput (message).
    """
    if by.user is None:
        raise Forbidden
    words = text.paragraphs(message)
    if len(words) > LONGEST_TEXT:
        sentence = _("Please use at most %(n)d characters.") % {"n": LONGEST_TEXT}
        raise InvalidInput(sentence, field="message")
    with transaction.atomic():
        if Membership.objects.filter(organization=organization, user=by.user).exists():
            raise AlreadyMember
        request, made = JoinRequest.objects.get_or_create(
            organization=organization, user=by.user, status=Status.PENDING,
            defaults={"message": words},
        )  # fmt: skip
        if made:
            audit.record("joinrequest.asked", about=request, by=by.user, door=by.door)
            _tell_admins(request)
    return request


def approve(request: JoinRequest, by: Actor, role: str = Role.TEAM_ADMIN) -> Membership:
    """Let the asker in. Approving again changes nothing, whichever role is named.

    Somebody who belongs already keeps the role they have. Raises Forbidden, OwnRequest,
    AlreadyDecided after a refusal, and UnknownRole: nobody becomes an owner by asking.
    """
    if role not in GIVEN_FREELY:
        raise UnknownRole
    with transaction.atomic():
        asked = _locked(request, by)
        if asked.status == Status.DENIED:
            raise AlreadyDecided
        if asked.status == Status.APPROVED:
            # Let in before, and perhaps taken out since: that isn't undone by a second click.
            kept = Membership.objects.filter(organization=asked.organization, user=asked.user)
            return kept.order_by("pk").first() or Membership(
                organization=asked.organization, user=asked.user, role=role
            )
        membership, _made = Membership.objects.get_or_create(
            organization=asked.organization, user=asked.user, campaign=None, team=None,
            defaults={"role": role},
        )  # fmt: skip
        facts = {"role": membership.role, "membership": membership.pk}
        _decide(asked, Status.APPROVED, by, "", "joinrequest.approved", facts)
    request.refresh_from_db()
    return membership


def deny(request: JoinRequest, by: Actor, reason: str) -> None:
    """Turn the asker down, with a reason they can read. Denying again changes nothing.

    Raises Forbidden, ReasonNeeded, OwnRequest, and AlreadyDecided after an approval.
    """
    reason = text.paragraphs(reason)[:LONGEST_TEXT]
    if not text.is_visible(reason):
        raise ReasonNeeded
    with transaction.atomic():
        asked = _locked(request, by)
        if asked.status == Status.APPROVED:
            raise AlreadyDecided
        if asked.status == Status.PENDING:
            _decide(asked, Status.DENIED, by, reason, "joinrequest.denied", {})
    request.refresh_from_db()


def lapse(now: dt.datetime | None = None) -> int:
    """End requests that nobody decided within 30 days; answers how many."""
    before = (now or clock.database_now()) - LAPSES_AFTER
    done = 0
    for pk in JoinRequest.objects.filter(status=Status.PENDING, created_at__lt=before).values_list(
        "pk", flat=True
    ):
        with transaction.atomic():
            asked = JoinRequest.objects.select_for_update(no_key=True, of=("self",)).get(pk=pk)
            if asked.status == Status.PENDING:
                reason = _("Nobody decided within 30 days. You can ask again.")
                _decide(asked, Status.DENIED, SYSTEM, reason, "joinrequest.lapsed", {})
                done += 1
    return done


def _tell_admins(request: JoinRequest) -> None:
    for user in memberships.runners(request.organization_id):
        outbox.announce(
            "join_request.created", key=f"{request.pk}:{user}",
            organization_id=request.organization_id, facts={"request": request.pk, "user": user},
        )  # fmt: skip


def _locked(request: JoinRequest, by: Actor) -> JoinRequest:
    if by.user is not None and request.user_id == by.user.pk:
        raise OwnRequest
    require(by, Right.RUN_ORGANIZATION, request.organization_id)
    return JoinRequest.objects.select_for_update(no_key=True, of=("self",)).get(pk=request.pk)


def _decide(
    request: JoinRequest, status: str, by: Actor, reason: str, verb: str, facts: dict[str, object]
) -> None:
    request.status, request.decided_by, request.reason = status, by.user, reason
    request.decided_at = clock.database_now()
    request.save(update_fields=["status", "decided_by", "reason", "decided_at"])
    audit.record(verb, about=request, by=by.user, door=by.door, facts=facts)
    outbox.announce(
        "join_request.decided", key=str(request.pk), organization_id=request.organization_id,
        facts={"request": request.pk},
    )  # fmt: skip
