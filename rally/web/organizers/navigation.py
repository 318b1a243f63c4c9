"""What stands in the rail beside every page: only what works, and only what the role may."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from accounts.rights import Right

if TYPE_CHECKING:
    from rally.web.organizers.base import Desk


@dataclass(frozen=True, slots=True)
class Entry:
    """One way to go: its name, words, picture, and the right it asks for anywhere."""

    name: str
    label: Any
    icon: str
    right: Right | None = None


ENTRIES = (Entry("overview", _("Overview"), "tiles"),)


def entries(desk: "Desk") -> list[dict[str, Any]]:
    """The rail of one organizer."""
    return [
        {"name": entry.name, "label": entry.label, "icon": entry.icon, "url": desk.url(entry.name)}
        for entry in ENTRIES
        if entry.right is None or desk.standing.may_somewhere(entry.right)
    ]
