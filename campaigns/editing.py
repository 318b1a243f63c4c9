"""Make a campaign and change what it says. Two who save at once don't overwrite each other."""

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import Organization
from accounts.rights import Right, require
from campaigns import news, rules, slugs
from campaigns.errors import EditedMeanwhile, NotDraft
from campaigns.models import Campaign, Goal
from rally.kit import clock
from rally.kit.errors import InvalidInput

SLUG_TRIES = 5


@dataclass(frozen=True, slots=True)
class Details:
    """All that an organizer says about a campaign. `goal_minor` is in its currency's minor
    units, `deadline` an instant in UTC; a campaign that runs keeps its own deadline."""

    title: str
    goal_minor: int
    deadline: dt.datetime | None
    summary: str = ""
    story: str = ""
    palette: str = "marigold"
    type: str = Campaign.Type.TEAM
    unlisted: bool = False
    donor_contact_visible: bool = False
    lists_teams: bool = True
    lists_fundraisers: bool = True
    lists_supporters: bool = True
    project_id: str = ""
    fund_code: str = ""


def of(campaign: Campaign) -> Details:
    """What the campaign says now."""
    own = {f.name for f in fields(Details)} - {"goal_minor"}
    return Details(
        goal_minor=campaign.goal.amount_minor, **{name: getattr(campaign, name) for name in own}
    )


def version(details: Details) -> str:
    """A short digest of the words: whoever edits brings along what they had in front of them."""
    words = json.dumps(asdict(details), default=str, sort_keys=True)
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def create(
    *, organization: Organization, details: Details, by: Actor, now: dt.datetime | None = None,
    any_deadline: bool = False,
) -> Campaign:  # fmt: skip
    """A draft that nobody sees yet. Currency and time zone are the organization's.

    `any_deadline` takes one that has passed: programs copy old campaigns, and publishing asks
    for another anyway.

    Raises Forbidden, and InvalidInput naming the field.
    """
    require(by, Right.RUN_CAMPAIGNS, organization.pk)
    moment = now or clock.now(organization.clock_offset_s)
    details = _checked_draft(details, organization.currency, moment, any_deadline)
    if details.donor_contact_visible:
        require(by, Right.SEE_CONTACTS, organization.pk)
    values = asdict(details)
    amount = values.pop("goal_minor")
    for _attempt in range(SLUG_TRIES):
        try:
            with transaction.atomic():
                campaign = Campaign.objects.create(
                    organization=organization, currency=organization.currency,
                    time_zone=organization.time_zone,
                    slug=slugs.free(details.title, details.deadline), **values,
                )  # fmt: skip
                Goal.objects.create(kind=Goal.Kind.CAMPAIGN, campaign=campaign, amount_minor=amount)
                news.tell("campaign.created", campaign, by)
                return campaign
        except IntegrityError:
            # Somebody else took the address between our look and our write.
            continue
    raise InvalidInput(_("Please try another title; this address is taken."), field="title")


def edit(
    campaign: Campaign, details: Details, *, seen: str, by: Actor, now: dt.datetime | None = None,
    any_deadline: bool = False,
) -> Campaign:  # fmt: skip
    """Save what changed. `seen` is the `version` of what the editor had in front of them.

    A draft that is given another title gets another address; one that runs keeps it, because
    it was printed. Raises Forbidden, InvalidInput, NotDraft for another deadline of a campaign
    that runs, and EditedMeanwhile with the fields that differ.
    """
    organization_id = campaign.organization_id
    require(by, Right.RUN_CAMPAIGNS, organization_id, campaign.pk)
    with transaction.atomic():
        row = locked(campaign.pk)
        old = of(row)
        _not_changed_since(old, details, seen)
        if details.donor_contact_visible != old.donor_contact_visible:
            # Who runs a campaign must not grant themselves the sight of donors' addresses.
            require(by, Right.SEE_CONTACTS, organization_id, campaign.pk)
        moment = now or clock.now(row.organization.clock_offset_s)
        new = _checked_change(row, old, details, moment, any_deadline)
        changed = [f.name for f in fields(Details) if getattr(old, f.name) != getattr(new, f.name)]
        if changed:
            _write(row, new, changed)
            news.tell("campaign.edited", row, by, facts={"fields": changed})
    campaign.refresh_from_db()
    return campaign


def checked(details: Details, currency: str, now: dt.datetime) -> Details:
    """The same with every rule applied. Raises InvalidInput naming the field."""
    if details.type not in Campaign.Type.values:
        raise InvalidInput(_("Please choose who raises the money."), field="type")
    return replace(
        details,
        title=rules.title(details.title),
        summary=rules.summary(details.summary),
        story=rules.story(details.story),
        goal_minor=rules.goal(details.goal_minor, currency),
        deadline=details.deadline and rules.deadline(details.deadline, now),
        palette=rules.palette(details.palette),
        project_id=rules.code(details.project_id, "project_id"),
        fund_code=rules.code(details.fund_code, "fund_code"),
    )


def locked(pk: int) -> Campaign:
    """The campaign with its goal and organization, its row locked until the transaction ends."""
    return (
        Campaign.objects.select_for_update(no_key=True, of=("self",))
        .select_related("organization", "goal")
        .get(pk=pk)
    )


def _checked_draft(
    details: Details, currency: str, now: dt.datetime, any_deadline: bool
) -> Details:
    if not any_deadline or details.deadline is None:
        return checked(details, currency, now)
    plain = checked(replace(details, deadline=None), currency, now)
    return replace(plain, deadline=rules.any_deadline(details.deadline, now))


def _checked_change(
    row: Campaign, old: Details, details: Details, now: dt.datetime, any_deadline: bool
) -> Details:
    """An old deadline may have passed; only a new one has to be in the future."""
    if details.deadline == old.deadline:
        plain = checked(replace(details, deadline=None), row.currency, now)
        return replace(plain, deadline=old.deadline)
    if row.status != Campaign.Status.DRAFT:
        raise NotDraft(_("A campaign that runs is extended, not edited: use its own button."))
    return _checked_draft(details, row.currency, now, any_deadline)


def _not_changed_since(old: Details, details: Details, seen: str) -> None:
    if version(old) == seen:
        return
    mine, theirs = asdict(details), asdict(old)
    differ = {name: theirs[name] for name in theirs if theirs[name] != mine[name]}
    if differ:
        raise EditedMeanwhile(version(old), differ)


def _write(row: Campaign, new: Details, changed: list[str]) -> None:
    values: dict[str, Any] = {name: getattr(new, name) for name in changed}
    amount = values.pop("goal_minor", None)
    for name, value in values.items():
        setattr(row, name, value)
    if row.status == Campaign.Status.DRAFT and {"title", "deadline"} & set(changed):
        slugs.rename(row, slugs.free(new.title, new.deadline, own=row))
    row.save()
    if amount is not None:
        Goal.objects.filter(pk=row.goal.pk).update(amount_minor=amount)
