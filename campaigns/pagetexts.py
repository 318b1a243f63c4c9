"""What a member's or team's page says and aims for. HTML is made harmless when it is written."""

from collections.abc import Mapping
from typing import Any

import nh3
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts.people import line
from campaigns.fitting import MOST_GOAL_MINOR
from campaigns.models import Campaign, Goal, Member, Team
from rally.kit import text
from rally.kit.errors import InvalidInput

LONGEST_HTML = 50_000
TAGS = {
    "p", "br", "strong", "b", "em", "i", "u", "ul", "ol", "li", "blockquote", "h2", "h3", "h4",
    "a", "hr", "code", "span", "div",
}  # fmt: skip
TEXTS = {"page_title": line("page_title", 150), "page_header": line("page_header", 150)}
RESERVED = frozenset({"new", "edit", "settings", "join"})


def html(value: str, field: str = "html") -> str:
    """Text with the tags of a plain page, and links to http(s) addresses; nothing that acts.

    Raises InvalidInput for what is too long or can't be kept.
    """
    if text.has_forbidden(value):
        raise InvalidInput(_("This has a character that can't be kept."), field=field)
    cleaned = nh3.clean(
        value, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"https", "http"},
        link_rel="nofollow noopener noreferrer",
    )  # fmt: skip
    if len(cleaned) > LONGEST_HTML:
        raise InvalidInput(_("This is too long."), field=field)
    return cleaned


def edit_goal(goal: Goal, changes: Mapping[str, Any]) -> list[str]:
    """Save what differs of amount (minor units) and texts; answers those fields' names.

    A part of other verbs, which have asked for the right. Raises InvalidInput.
    """
    values: dict[str, Any] = {
        name: rule(changes[name] or "") for name, rule in TEXTS.items() if name in changes
    }
    if "page_html" in changes:
        values["page_html"] = html(changes["page_html"] or "", "page_html")
    if "amount_minor" in changes:
        values["amount_minor"] = _amount(changes["amount_minor"])
    differs = [name for name, value in values.items() if getattr(goal, name) != value]
    for name in differs:
        setattr(goal, name, values[name])
    if differs:
        goal.save(update_fields=differs)
    return differs


def _amount(minor: int | None) -> int:
    if minor is None:
        return 0
    if not 0 <= minor < MOST_GOAL_MINOR:
        raise InvalidInput(_("A goal can't be below zero, or above a billion."), field="goal")
    return minor


def free_slug(campaign: Campaign, model: type[Member] | type[Team], name: str) -> str:
    """An address part that no other page of this kind has in the campaign."""
    base = slugify(name)[:80].strip("-_") or model.__name__.lower()
    if base in RESERVED:
        base = f"{base}-page"
    rows: Any = model.objects.filter(campaign=campaign, slug__startswith=base)
    taken = set(rows.values_list("slug", flat=True))
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug
