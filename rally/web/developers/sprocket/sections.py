"""How the calls are grouped on pages: by the object they are about."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rally.api.sprocket.calls import Endpoint
from rally.api.sprocket.endpoints import ENDPOINTS


@dataclass(frozen=True, slots=True)
class Section:
    """One page. `tables` are the objects whose calls stand on it."""

    key: str
    words: str | Promise
    tables: tuple[str, ...]

    @property
    def endpoints(self) -> list[Endpoint]:
        """Its calls, in the order of the table."""
        return [one for one in ENDPOINTS if one.table.name in self.tables]


SECTIONS = (
    Section("users", _("Users"), ("User",)),
    Section("teams", _("Teams"), ("Team",)),
    Section("donations", _("Donations"), ("Donation", "Displayed_Donation_Info")),
    Section("campaigns", _("Campaigns, series, organizations"),
            ("Campaign", "Series", "Organization")),
    Section("addresses", _("Addresses"), ("Address",)),
    Section("updates", _("Updates"), ("Update",)),
)  # fmt: skip


def named(key: str) -> Section | None:
    """The section of that key."""
    return next((one for one in SECTIONS if one.key == key), None)
