"""Every operation of the Tiles API, in the order of the developer page."""

from django.utils.translation import gettext_lazy as _

from rally.api.tiles.running import RUNNING
from rally.api.tiles.selling import SELLING

SECTIONS = {
    "health": _("Health"), "campaigns": _("Campaigns"), "boards": _("Boards"),
    "checkout": _("Checkout"), "webhooks": _("Webhooks"), "admin": _("Admin"),
    "sandbox": _("Sandbox"),
}  # fmt: skip
OPERATIONS = (*SELLING, *RUNNING)
