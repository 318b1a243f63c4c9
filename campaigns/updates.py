"""News on a fundraiser's page: written, changed and taken away."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.actors import Actor
from accounts.people import line
from accounts.rights import Forbidden, Right, may
from campaigns import members, pagetexts
from campaigns.models import Member, Update
from rally.kit import clock, text
from rally.kit.errors import InvalidInput

_title = line("title", 150)


def post(member: Member, changes: Mapping[str, Any], by: Actor) -> Update:
    """A piece of news with `title` and `html`. Raises Forbidden, InvalidInput."""
    _require(member, by)
    with transaction.atomic():
        made = Update.objects.create(
            campaign=member.campaign, member=member, title=_checked(changes.get("title")),
            html=pagetexts.html(changes.get("html") or ""),
        )  # fmt: skip
        _record("update.posted", made, by)
    return made


def edit(update: Update, changes: Mapping[str, Any], by: Actor) -> Update:
    """Save what changed. Raises Forbidden, InvalidInput."""
    _require(_author(update), by)
    values: dict[str, str] = {}
    if "title" in changes:
        values["title"] = _checked(changes["title"])
    if "html" in changes:
        values["html"] = pagetexts.html(changes["html"] or "")
    differs = [name for name, value in values.items() if getattr(update, name) != value]
    with transaction.atomic():
        for name in differs:
            setattr(update, name, values[name])
        if differs:
            update.save(update_fields=differs)
            _record("update.edited", update, by, fields=sorted(differs))
    return update


def archive(update: Update, by: Actor) -> None:
    """Take it off the page. Again changes nothing. Raises Forbidden."""
    _require(_author(update), by)
    with transaction.atomic():
        if update.archived_at is None:
            update.archived_at = clock.now()
            update.save(update_fields=["archived_at"])
            _record("update.archived", update, by)


def _author(update: Update) -> Member:
    if update.member is None:
        raise Forbidden
    return update.member


def _require(member: Member, by: Actor) -> None:
    runs = may(by, Right.RUN_CAMPAIGNS, member.campaign.organization_id, member.campaign_id)
    if not runs and not members.is_self(member, by):
        raise Forbidden


def _checked(value: str | None) -> str:
    title = _title(value or "")
    if not text.is_visible(title):
        raise InvalidInput(_("Please give it a title."), field="title")
    return title


def _record(verb: str, update: Update, by: Actor, **facts: object) -> None:
    audit.record(
        verb, about=update, by=by.user, door=by.door,
        organization_id=update.campaign.organization_id, facts=dict(facts),
    )  # fmt: skip
