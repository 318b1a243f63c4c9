"""What stands in the rail beside every page: only what works, and only what the role may."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from accounts.rights import Right

if TYPE_CHECKING:
    from rally.web.organizers.base import Desk


@dataclass(frozen=True, slots=True)
class Entry:
    """One way to go: its address's name, words, picture, and the right it asks for; with
    `anywhere` the right in any part of the organization is enough."""

    name: str
    label: Any
    icon: str
    right: Right | None = None
    anywhere: bool = False

    def shows(self, desk: "Desk") -> bool:
        """Whether this organizer may go there."""
        if self.right is None:
            return True
        may = desk.standing.may_somewhere if self.anywhere else desk.standing.may
        return may(self.right)


# In the order of the rail. A page that isn't there yet has no entry.
ENTRIES = (
    Entry("overview", _("Overview"), "tiles"),
    Entry("people", _("People"), "people", Right.RUN_CAMPAIGNS, anywhere=True),
    Entry("money", _("Money"), "bank", Right.SEE_MONEY, anywhere=True),
    Entry("settings", _("Settings"), "list", Right.RUN_ORGANIZATION),
)


def entries(desk: "Desk") -> list[dict[str, Any]]:
    """The rail of one organizer."""
    return [
        {"name": entry.name, "label": entry.label, "icon": entry.icon, "url": desk.url(entry.name)}
        for entry in ENTRIES
        if entry.shows(desk)
    ]
