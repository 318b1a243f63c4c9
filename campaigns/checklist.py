"""What a campaign needs before the public sees it. Pure: facts in, points out."""

import datetime as dt
from dataclasses import dataclass

from django.utils.translation import gettext as _

from rally.kit import money


@dataclass(frozen=True, slots=True)
class Facts:
    """What the list asks about. Amounts in minor units of `currency`; `cheapest_minor` and
    `full_minor` are over all boards, None and 0 without one."""

    title: str
    summary: str
    story: str
    goal_minor: int
    deadline: dt.datetime | None
    currency: str
    boards: int
    cheapest_minor: int | None
    full_minor: int
    organization_status: str
    livemode: bool


@dataclass(frozen=True, slots=True)
class Point:
    """One line of the list. What is not done and `blocks` keeps the campaign a draft."""

    name: str
    words: str
    done: bool
    blocks: bool = True
    step: str = ""


def points(facts: Facts, now: dt.datetime) -> list[Point]:
    """The list in the order of the wizard. `step` names the page where the point is mended."""
    return [
        Point("title", _("It has a title"), bool(facts.title), step="basics"),
        Point("why", _("It says what the money is for"),
              bool(facts.story or facts.summary), step="look"),
        Point("goal", _("It has a goal"), facts.goal_minor > 0, step="basics"),
        _deadline(facts, now),
        Point("board", _("It has a board to pick from"), facts.boards > 0, step="boards"),
        *_organization(facts),
        *_advice(facts),
    ]  # fmt: skip


def missing(found: list[Point]) -> list[Point]:
    """The points that block."""
    return [point for point in found if point.blocks and not point.done]


def _deadline(facts: Facts, now: dt.datetime) -> Point:
    ahead = facts.deadline is not None and facts.deadline > now
    return Point("deadline", _("Its last day is in the future"), ahead, step="basics")


def _organization(facts: Facts) -> list[Point]:
    if facts.organization_status == "frozen":
        words = _("The organization isn't paused")
        return [Point("organization", words, False, step="organization")]
    if facts.livemode:
        verified = facts.organization_status == "live"
        words = _("The organization is verified, so that it can take real money")
        return [Point("organization", words, verified, step="organization")]
    return []


def _advice(facts: Facts) -> list[Point]:
    found = [
        Point("story", _("A story helps: campaigns that tell one raise more"), bool(facts.story),
              blocks=False, step="look"),
    ]  # fmt: skip
    least = money.minimum_charge(facts.currency)
    if facts.cheapest_minor is not None:
        words = _(
            "The cheapest tile can be paid for alone: cards take %(least)s or more, and it "
            "costs %(price)s"
        ) % {
            "least": money.format(least, facts.currency),
            "price": money.format(facts.cheapest_minor, facts.currency),
        }
        enough = facts.cheapest_minor >= least
        found.append(Point("cheapest", words, enough, blocks=False, step="boards"))
        words = _("All tiles together (%(full)s) reach the goal (%(goal)s)") % {
            "full": money.format(facts.full_minor, facts.currency),
            "goal": money.format(facts.goal_minor, facts.currency),
        }
        reached = facts.full_minor >= facts.goal_minor
        found.append(Point("reach", words, reached, blocks=False, step="boards"))
    return found
