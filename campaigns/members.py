"""People in a campaign: added and edited by who runs it, and edited by themselves. One set of
verbs for every door; `boards.owners` puts them away, for their boards go elsewhere then."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts import audit, outbox, people
from accounts.actors import Actor
from accounts.models import AuditEntry
from accounts.rights import Forbidden, Right, may, require
from campaigns import moving, pagetexts, slugs
from campaigns.editing import locked
from campaigns.errors import AlreadyThere
from campaigns.models import Access, Campaign, Donation, Member, Team
from rally.kit import text
from rally.kit.errors import InvalidInput
from rally.kit.retries import retrying

FLAGS = ("external_completed_1", "external_completed_2")
MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who will raise money, by their whole name. The e-mail may be empty."""

    name: str
    email: str = ""


def named(name: str) -> dict[str, str]:
    """A whole name as the two parts it is kept in."""
    first, _space, last = text.one_line(name).partition(" ")
    return {"first_name": first, "last_name": last}


def is_self(member: Member, by: Actor) -> bool:
    """Whether the actor is this person."""
    return by.user is not None and by.user.is_active and member.person.user_id == by.user.pk


def add(campaign: Campaign, changes: Mapping[str, Any], by: Actor) -> Member:
    """A person takes part: as a fundraiser with a page, unless `is_fundraiser` is False.

    `changes` has names of Person and Member, `team_id`, `address` and `goal` (mappings), all
    but the name optional. Somebody who only gave becomes a fundraiser, and a page that was put
    away comes back. Raises Forbidden, InvalidInput naming the field, HasGifts, and AlreadyThere
    for somebody who raises money already.
    """
    require(by, Right.RUN_CAMPAIGNS, campaign.organization_id, campaign.pk)
    return retrying(lambda: _added(locked(campaign.pk), changes, by))


def add_all(
    campaign: Campaign, newcomers: Sequence[Newcomer], by: Actor, *, team: Team | None = None,
    goal_minor: int = 0,
) -> list[Member]:  # fmt: skip
    """A page for each of them, all or none. Who has one in this team already keeps it as it is.

    Those with an e-mail address are mailed about their page. Raises Forbidden, and
    InvalidInput naming the line.
    """
    require(by, Right.RUN_CAMPAIGNS, campaign.organization_id, campaign.pk)
    if not 0 < len(newcomers) <= MOST_AT_ONCE:
        raise InvalidInput(
            _("Give 1 to %(most)d names, one per line.") % {"most": MOST_AT_ONCE}, field="people"
        )

    def work() -> list[Member]:
        row = locked(campaign.pk)
        return [_line(row, one, team, goal_minor, by) for one in newcomers]

    return retrying(work)


def edit(
    member: Member, changes: Mapping[str, Any], by: Actor, *, mail: bool = False
) -> Member:  # fmt: skip
    """Save what changed. People edit themselves, but don't say whether they raise money, or
    who finds their page. With `mail`, a new e-mail address is told about the page.

    Raises Forbidden, InvalidInput naming the field, and HasGifts for moving somebody with
    gifts to another team.
    """
    campaign = member.campaign
    runs = may(by, Right.RUN_CAMPAIGNS, campaign.organization_id, campaign.pk)
    if not runs and not is_self(member, by):
        raise Forbidden
    given = changes.get("is_fundraiser")
    if not runs and (given not in (None, member.is_fundraiser) or "access" in changes):
        raise Forbidden

    def work() -> None:
        if given and not member.slug:
            locked(campaign.pk)  # the new address must be nobody else's
        row = Member.objects.select_for_update(no_key=True, of=("self",)).get(pk=member.pk)
        row.campaign = campaign
        differs = people.edit(row.person, changes)
        if given is not None and given != row.is_fundraiser:
            row.is_fundraiser = given
            differs.append("is_fundraiser")
        differs += _apply(row, changes, public_teams=not runs)
        if differs:
            entry = _record("member.edited", row, by, fields=sorted(differs))
            if mail and "email" in differs and row.person.user_id is None:
                _tell(row, entry)

    retrying(work)
    member.refresh_from_db()
    member.campaign = campaign
    return member


def _line(
    campaign: Campaign, one: Newcomer, team: Team | None, goal_minor: int, by: Actor
) -> Member:  # fmt: skip
    changes = named(one.name) | {"email": one.email, "goal": {"amount_minor": goal_minor}}
    try:
        return _added(campaign, changes | {"team_id": team and team.pk}, by, pasted=True)
    except AlreadyThere:
        problem = _("%(name)s is there already.") % {"name": one.name}
        raise InvalidInput(problem, field="people") from None
    except InvalidInput as why:
        field = why.facts.get("field")
        known = {"goal": "goal", "team": "team"}.get(str(field), "people")
        words = {"line": one.name[:60], "problem": why}
        problem = _("“%(line)s”: %(problem)s") % words if known == "people" else str(why)
        raise InvalidInput(problem, field=known) from None


def _added(
    campaign: Campaign, changes: Mapping[str, Any], by: Actor, *, pasted: bool = False
) -> Member:
    """A part of the verbs above, under the campaign's lock. From a `pasted` list, who is there
    is taken, and who is new is mailed; programs that add people write to them themselves."""
    person = people.found_or_made(campaign.organization, changes)
    member, made = Member.objects.get_or_create(
        campaign=campaign, person=person, defaults={"is_fundraiser": False}
    )
    if not made and member.is_fundraiser and member.archived_at is None:
        if pasted and member.team_id == changes.get("team_id"):
            return member
        raise AlreadyThere
    if member.archived_at is not None:
        member.archived_at, member.access = None, Access.PUBLIC
    member.campaign, member.person = campaign, person
    member.is_fundraiser = changes.get("is_fundraiser") is not False
    _apply(member, changes)
    entry = _record("member.added", member, by)
    if pasted:
        _tell(member, entry)
    return member


def _apply(
    member: Member, changes: Mapping[str, Any], *, public_teams: bool = False
) -> list[str]:  # fmt: skip
    """What add and edit share; answers the names of what differs."""
    if member.is_fundraiser:
        pagetexts.must_be_no_address(member.person.name, "first_name")
    values = {name: changes[name] for name in FLAGS if changes.get(name) is not None}
    if "access" in changes:
        values["access"] = pagetexts.access(changes["access"])
    if "shown_as" in changes:
        values["shown_as"] = _shown_as(changes["shown_as"])
    differs = [name for name, value in values.items() if getattr(member, name) != value]
    for name in differs:
        setattr(member, name, values[name])
    if "team_id" in changes and changes["team_id"] != member.team_id:
        moving.move(member, changes["team_id"], public_only=public_teams)
        differs.append("team_id")
    if member.is_fundraiser and not member.slug:
        # Children raise money: the address doesn't carry a whole name.
        words = text.initial(member.person.name)
        member.slug = slugs.within(member.campaign, Member, words)
    member.save()
    if changes.get("address") and people.keep_first_address(member.person, changes["address"]):
        differs.append("address")
    if member.is_fundraiser or changes.get("goal"):
        differs += pagetexts.edit_goal(member, changes.get("goal") or {})
    return differs


def _shown_as(value: str) -> str:
    if value not in Donation.ShownAs.values:
        raise InvalidInput(_("Please choose how the name is shown."), field="shown_as")
    return value


def _tell(member: Member, entry: AuditEntry) -> None:
    """Have its fundraiser mailed where the page is; each change is told once."""
    if member.is_fundraiser and member.person.email:
        outbox.announce(
            "page.made", key=f"{member.pk}:{entry.pk}",
            organization_id=member.campaign.organization_id, facts={"member": member.pk},
        )  # fmt: skip


def _record(verb: str, member: Member, by: Actor, **facts: object) -> AuditEntry:
    return audit.record(
        verb, about=member, by=by.user, door=by.door,
        organization_id=member.campaign.organization_id,
        facts={"campaign": member.campaign_id, **facts},
    )  # fmt: skip
