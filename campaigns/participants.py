"""Teams and fundraisers of a campaign: made, renamed, led. Each has a page and a goal.

What they are credited with is the business of `campaigns.donations`; a page that is put away
keeps its credit.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.actors import Actor
from accounts.models import Person
from accounts.rights import Right, require
from campaigns import goals, rules, slugs
from campaigns.editing import locked
from campaigns.models import Access, Campaign, Donation, DonationEntry, Goal, Member, Team
from rally.kit import text
from rally.kit.errors import DomainError, InvalidInput
from rally.kit.retries import retrying

MOST_AT_ONCE = 200
LONGEST_NAME, LONGEST_HEADER = 100, 150
ADDRESS = re.compile(r"\S@\S+\.\S")
_email = EmailValidator()
Owner = TypeVar("Owner", Team, Member)


class HasGifts(DomainError):
    """A fundraiser's gifts count for the team as well, and a gift's credit is not moved by
    changing teams."""

    code = "conflict"
    sentence = gettext_lazy(
        "Gifts were credited to them already, so they stay where they are. Credit the gifts to "
        "somebody else first, or add them once more under the other team."
    )


@dataclass(frozen=True, slots=True)
class Page:
    """What a team's or fundraiser's own page says. `goal_minor` in the campaign's currency, 0
    for none; `header` is one line."""

    name: str
    goal_minor: int = 0
    header: str = ""
    access: str = Access.PUBLIC


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who will raise money. The e-mail may be empty."""

    name: str
    email: str = ""


def create_team(campaign: Campaign, page: Page, by: Actor) -> Team:
    """A team with its page and goal. Raises Forbidden, and InvalidInput naming the field."""
    _require(campaign, by)
    page = _checked(page, campaign)

    def work() -> Team:
        row = locked(campaign.pk)
        team = Team.objects.create(
            campaign=row, name=page.name, slug=slugs.within(row, Team, page.name),
            access=page.access,
        )  # fmt: skip
        _set_goal(team, page)
        _record("team.created", team, by)
        return team

    return retrying(work)


def edit_team(team: Team, page: Page, captains: Sequence[Member], by: Actor) -> Team:
    """Name, goal, who sees the page, and who leads it; its address stays, because it was shared.

    Captains may be any fundraisers of the campaign. Raises Forbidden and InvalidInput.
    """
    _require(team.campaign, by)
    page = _checked(page, team.campaign)
    if any(one.campaign_id != team.campaign_id for one in captains):
        raise InvalidInput(_("Captains belong to the same campaign."), field="captains")

    def work() -> None:
        row = _again(team)
        row.name, row.access = page.name, page.access
        row.save()
        row.captains.set(captains)
        _set_goal(row, page)
        _record("team.edited", row, by, captains=len(captains))

    return _done(work, team)


def add_fundraisers(
    campaign: Campaign, newcomers: Sequence[Newcomer], by: Actor, *, team: Team | None = None,
    goal_minor: int = 0,
) -> list[Member]:  # fmt: skip
    """A page for each of them, all or none. Who is known by name and e-mail isn't made twice.

    Raises Forbidden, and InvalidInput naming the line.
    """
    _require(campaign, by)
    checked = [_checked_newcomer(one) for one in newcomers]
    if not 0 < len(checked) <= MOST_AT_ONCE:
        raise InvalidInput(
            _("Give 1 to %(most)d names, one per line.") % {"most": MOST_AT_ONCE}, field="people"
        )
    _same_campaign(campaign, team)
    amount = _goal(goal_minor, campaign)

    def work() -> list[Member]:
        row = locked(campaign.pk)
        return [_added(row, one, team, amount, by) for one in checked]

    return retrying(work)


def edit_fundraiser(
    member: Member, page: Page, by: Actor, *, team: Team | None, shown_as: str,
    email: str | None = None,
) -> Member:  # fmt: skip
    """Name, goal, page, and team; the e-mail too unless it is None.

    Raises Forbidden, InvalidInput, and HasGifts for another team once a gift names them.
    """
    _require(member.campaign, by)
    page = _checked(page, member.campaign)
    email = _checked_email(email) if email else email
    if shown_as not in Donation.ShownAs.values:
        raise InvalidInput(_("Please choose how the name is shown."), field="shown_as")
    _same_campaign(member.campaign, team)

    def work() -> None:
        row = _again(member)
        if row.team_id != (team.pk if team else None):
            _must_have_no_gifts(row)
        row.team, row.access, row.shown_as = team, page.access, shown_as
        row.save()
        _rename(row.person, page.name, email)
        _set_goal(row, page)
        _record("fundraiser.edited", row, by)

    return _done(work, member)


def _must_have_no_gifts(member: Member) -> None:
    """Under a lock that no new gift can pass: it would count for the team it saw.

    Every gift and entry points at the goal, and a key check waits for this lock; so this one is
    a full one, unlike all others.
    """
    goal = Goal.objects.select_for_update(of=("self",)).get(member=member)
    given = Donation.objects.filter(goal=goal).exists()
    if given or DonationEntry.objects.filter(goal=goal).exists():
        raise HasGifts(field="team")


def _added(
    campaign: Campaign, one: Newcomer, team: Team | None, goal_minor: int, by: Actor
) -> Member:  # fmt: skip
    person = _person(campaign, one)
    member = Member.objects.filter(campaign=campaign, person=person).first()
    if member is None:
        member = Member(campaign=campaign, person=person)
    elif member.team_id != (team.pk if team else None) and member.is_fundraiser:
        raise InvalidInput(_("%(name)s is there already.") % {"name": one.name}, field="people")
    member.team, member.is_fundraiser, member.archived_at = team, True, None
    # Children raise money: the address doesn't carry a whole name.
    words = text.initial(one.name)
    member.slug = member.slug or slugs.within(campaign, Member, words)
    member.save()
    _set_goal(member, Page(one.name, goal_minor))
    _record("fundraiser.added", member, by)
    return member


def _person(campaign: Campaign, one: Newcomer) -> Person:
    first, _space, last = one.name.partition(" ")
    wanted = Person(
        organization_id=campaign.organization_id, first_name=first[:100], last_name=last[:100],
        email=one.email,
    )  # fmt: skip
    known = Person.objects.filter(
        organization_id=campaign.organization_id, email=one.email,
        name_key=text.key(wanted.name), archived_at=None,
    )  # fmt: skip
    # Without an e-mail two of one name are two: families have them.
    person = known.first() if one.email else None
    if person is None:
        wanted.save()
        person = wanted
    return person


def _rename(person: Person, name: str, email: str | None) -> None:
    first, _space, last = name.partition(" ")
    person.first_name, person.last_name = first[:100], last[:100]
    if email is not None:
        person.email = email
    person.save()


def _set_goal(owner: Team | Member, page: Page) -> None:
    goal = goals.ensure(owner)
    goal.amount_minor, goal.page_header = page.goal_minor, page.header
    goal.save(update_fields=["amount_minor", "page_header"])


def _checked(page: Page, campaign: Campaign) -> Page:
    if page.access not in Access.values:
        raise InvalidInput(_("Please choose who finds the page."), field="access")
    header = text.one_line(page.header)
    if len(header) > LONGEST_HEADER or text.has_forbidden(page.header):
        raise InvalidInput(
            _("Please keep this to %(n)d characters.") % {"n": LONGEST_HEADER}, field="header"
        )
    goal = _goal(page.goal_minor, campaign)
    return Page(_checked_name(page.name, "name"), goal, header, page.access)


def _goal(minor: int, campaign: Campaign) -> int:
    return rules.goal(minor, campaign.currency) if minor else 0


def _checked_name(value: str, field: str) -> str:
    name = text.one_line(value)
    if not text.is_visible(name) or text.has_forbidden(value):
        raise InvalidInput(_("Please give a name."), field=field)
    if ADDRESS.search(name):
        raise InvalidInput(
            _("“%(name)s” is an e-mail address, and names are shown to everybody.")
            % {"name": name[:60]},
            field=field,
        )
    if len(name) > LONGEST_NAME:
        raise InvalidInput(
            _("Please keep names to %(n)d characters.") % {"n": LONGEST_NAME}, field=field
        )
    return name


def _checked_email(value: str) -> str:
    email = value.strip()
    try:
        _email(email)
    except ValidationError:
        raise InvalidInput(
            _("“%(email)s” isn't a complete e-mail address.") % {"email": email[:60]},
            field="email",
        ) from None
    return email.lower()


def _checked_newcomer(one: Newcomer) -> Newcomer:
    try:
        email = _checked_email(one.email) if one.email.strip() else ""
    except InvalidInput as why:
        raise InvalidInput(str(why), field="people") from None
    return Newcomer(_checked_name(one.name, "people"), email)


def _same_campaign(campaign: Campaign, team: Team | None) -> None:
    if team is not None and (team.campaign_id != campaign.pk or team.archived_at is not None):
        raise InvalidInput(_("That team isn't in this campaign."), field="team")


def _again(owner: Owner) -> Owner:
    """The row, locked."""
    rows = type(owner)._default_manager.select_for_update(no_key=True, of=("self",))
    found: Owner = rows.get(pk=owner.pk)
    return found


def _done(work: Callable[[], None], owner: Owner) -> Owner:
    retrying(work)
    owner.refresh_from_db()
    return owner


def _require(campaign: Campaign, by: Actor) -> None:
    require(by, Right.RUN_CAMPAIGNS, campaign.organization_id, campaign.pk)


def _record(verb: str, about: Team | Member, by: Actor, **facts: object) -> None:
    audit.record(
        verb, about=about, by=by.user, door=by.door,
        organization_id=about.campaign.organization_id,
        facts={"campaign": about.campaign_id, **facts},
    )  # fmt: skip
