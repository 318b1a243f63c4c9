"""Django's admin, with our name on it."""

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class RallyAdminSite(AdminSite):
    """The staff's own pages."""

    site_header = _("Rally staff")
    site_title = _("Rally staff")
    index_title = _("People, campaigns and money")
