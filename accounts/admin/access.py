"""Apps that ask for access: approve, or refuse with a reason."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.admin.deciding import DecisionAdmin
from accounts.models import AppRequest


@admin.register(AppRequest)
class AppRequestAdmin(DecisionAdmin):
    """Developers' apps. Approving one makes its API client, where its addresses are edited, its
    keys reissued and the whole of it switched off."""

    verbs = access
    about = "user"
    approve_title = _("Let these apps in?")
    approve_warning = _(
        "Each gets a client id, and its developer a mail. People still decide "
        "for themselves whether to let it act for them."
    )
    refuse_title = _("Turn these apps down?")
    refuse_warning = _("Each developer gets a mail with the reason.")
    list_display = ("name", "user", "site", "status", "scopes", "created_at", "decided_by")
    list_select_related = ("user", "decided_by", "client")
    search_fields = ("name", "site", "user__email", "client__client_id")
