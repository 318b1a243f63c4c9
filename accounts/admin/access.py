"""Apps that ask for access: approve, or refuse with a reason."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts import access
from accounts.admin_base import ReadOnlyAdmin, acting
from accounts.models import AppRequest


class RefuseForm(forms.Form):
    """What the developer will read."""

    reason = forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))


@admin.register(AppRequest)
class AppRequestAdmin(ReadOnlyAdmin):
    """Developers' apps. Approving one makes its API client, where its addresses are edited, its
    keys reissued and the whole of it switched off."""

    actions = ("approve", "refuse")
    list_display = ("name", "user", "site", "status", "scopes", "created_at", "decided_by")
    list_filter = ("status",)
    list_select_related = ("user", "decided_by", "client")
    search_fields = ("name", "site", "user__email", "client__client_id")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)

    @admin.action(description=_("Approve…"), permissions=["act"])
    def approve(self, request: HttpRequest, rows: QuerySet[AppRequest]) -> TemplateResponse | None:
        return self.asked(
            request, rows.select_related("user"),
            lambda row, _answers: _changed(row, lambda: access.approve(row, acting(request))),
            title=_("Let these apps in?"), totals=_waiting(rows),
            warning=_("Each gets a client id, and its developer a mail. People still decide "
                      "for themselves whether to let it act for them."),
        )  # fmt: skip

    @admin.action(description=_("Refuse…"), permissions=["act"])
    def refuse(self, request: HttpRequest, rows: QuerySet[AppRequest]) -> TemplateResponse | None:
        return self.asked(
            request, rows.select_related("user"),
            lambda row, answers: _changed(
                row, lambda: access.refuse(row, acting(request), answers["reason"])
            ),
            form=RefuseForm, title=_("Turn these apps down?"), totals=_waiting(rows),
            warning=_("Each developer gets a mail with the reason."),
        )  # fmt: skip


def _changed(row: AppRequest, verb: Callable[[], Any]) -> bool:
    """Decide about one; False if it was decided the same way before: nothing changes then."""
    before = row.status
    verb()
    return before != row.status


def _waiting(rows: QuerySet[AppRequest]) -> list[str]:
    pending = rows.filter(status=AppRequest.Status.PENDING).count()
    return [str(_("%(n)d of them not decided yet") % {"n": pending})]
