"""What a member's or team's page says and aims for. HTML is made harmless when it is written."""

import re
from collections.abc import Mapping
from typing import Any

import nh3
from django.utils.translation import gettext as _

from accounts.people import line
from campaigns import goals, rules
from campaigns.goals import Owner
from campaigns.models import Access
from rally.kit import text
from rally.kit.errors import InvalidInput

LONGEST_HTML, LONGEST_HEADER, LONGEST_NAME = 50_000, 150, 120
ADDRESS = re.compile(r"\S@\S+\.\S")
TAGS = {
    "p", "br", "strong", "b", "em", "i", "u", "ul", "ol", "li", "blockquote", "h2", "h3", "h4",
    "a", "hr", "code", "span", "div",
}  # fmt: skip
TEXTS = {"page_title": line("page_title", 150), "page_header": line("page_header", LONGEST_HEADER)}
_name = line("name", LONGEST_NAME)


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


def name(value: str | None) -> str:
    """A team's name: one visible line. Raises InvalidInput."""
    found = _name(value or "")
    if not text.is_visible(found):
        raise InvalidInput(_("Please give the team a name."), field="name")
    must_be_no_address(found, "name")
    return found


def must_be_no_address(value: str, field: str) -> None:
    """Names are shown to everybody, so an e-mail address isn't one. Raises InvalidInput."""
    if ADDRESS.search(value):
        raise InvalidInput(
            _("“%(name)s” is an e-mail address, and names are shown to everybody.")
            % {"name": value[:60]},
            field=field,
        )


def access(value: str) -> str:
    """Who finds the page. Raises InvalidInput."""
    if value not in Access.values:
        raise InvalidInput(_("Please choose who finds the page."), field="access")
    return value


def edit_goal(owner: Owner, changes: Mapping[str, Any]) -> list[str]:
    """Save what differs of amount (minor units, 0 or None for none) and texts of the owner's
    goal; answers those fields' names.

    A part of other verbs, which have asked for the right. Raises InvalidInput.
    """
    goal = goals.ensure(owner)
    values: dict[str, Any] = {
        name: rule(changes[name] or "") for name, rule in TEXTS.items() if name in changes
    }
    if "page_html" in changes:
        values["page_html"] = html(changes["page_html"] or "", "page_html")
    if "amount_minor" in changes:
        minor = changes["amount_minor"] or 0
        values["amount_minor"] = rules.goal(minor, goals.currency_of(owner)) if minor else 0
    differs = [name for name, value in values.items() if getattr(goal, name) != value]
    for field in differs:
        setattr(goal, field, values[field])
    if differs:
        goal.save(update_fields=differs)
    return differs
