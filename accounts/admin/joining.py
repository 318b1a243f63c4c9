"""Who asks to join, and who was invited."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import joinrequests
from accounts.admin_base import ReadOnlyAdmin, acting
from accounts.memberships import GIVEN_FREELY
from accounts.models import Invitation, JoinRequest
from accounts.models.organizations import Role
from rally.kit import clock


class ApproveForm(forms.Form):
    """Which role they get; an organization's owner hands that over, nobody else does."""

    role = forms.ChoiceField(
        choices=[(role.value, role.label) for role in GIVEN_FREELY], initial=Role.TEAM_ADMIN
    )


class RefuseForm(forms.Form):
    """What the asker will read."""

    reason = forms.CharField(
        max_length=joinrequests.LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 4})
    )


@admin.register(JoinRequest)
class JoinRequestAdmin(ReadOnlyAdmin):
    """Who asks to belong; decided here or by the organization's own admins."""

    actions = ("approve", "refuse")
    list_display = ("user", "organization", "status", "age", "message", "created_at", "decided_by")
    list_filter = ("status",)
    list_select_related = ("user", "organization", "decided_by")
    search_fields = ("user__email", "user__name", "organization__name", "organization__code")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    more_fields = ("age",)

    @admin.display(description=_("age"), ordering="created_at")
    def age(self, request: JoinRequest) -> str:
        days = (clock.now() - request.created_at).days
        return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}

    @admin.action(description=_("Approve…"), permissions=["act"])
    def approve(self, request: HttpRequest, rows: QuerySet[JoinRequest]) -> TemplateResponse | None:
        return self.asked(
            request, rows.select_related("user", "organization"),
            lambda row, answers: _decide(
                row, JoinRequest.Status.APPROVED,
                lambda: joinrequests.approve(row, acting(request), answers["role"]),
            ),
            form=ApproveForm, title=_("Let these people in?"), totals=waiting(rows),
            warning=_("Each gets a mail. Whoever was let in already keeps the role they have."),
        )  # fmt: skip

    @admin.action(description=_("Refuse…"), permissions=["act"])
    def refuse(self, request: HttpRequest, rows: QuerySet[JoinRequest]) -> TemplateResponse | None:
        return self.asked(
            request, rows.select_related("user", "organization"),
            lambda row, answers: _decide(
                row, JoinRequest.Status.DENIED,
                lambda: joinrequests.deny(row, acting(request), answers["reason"]),
            ),
            form=RefuseForm, title=_("Turn these people down?"), totals=waiting(rows),
            warning=_("Each gets a mail with the reason."),
        )  # fmt: skip


def _decide(row: JoinRequest, status: str, verb: Callable[[], Any]) -> bool:
    """Decide about one; False if it was decided the same way before: nothing changes then."""
    before = row.status
    verb()
    return before != status


def waiting(rows: QuerySet[JoinRequest]) -> list[str]:
    """How many of the chosen still wait: the others stay as they were decided."""
    pending = rows.filter(status=JoinRequest.Status.PENDING).count()
    return [str(_("%(n)d of them not decided yet") % {"n": pending})]


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """Ways in that were handed out, without their secrets."""

    secrets = ("token_hash",)
    list_display = ("organization", "role", "email", "invited_by", "created_at", "expires_at",
                    "used_by", "revoked_at")  # fmt: skip
    list_filter = ("role", ("used_at", admin.EmptyFieldListFilter))
    list_select_related = ("organization", "invited_by", "used_by")
    search_fields = ("organization__name", "organization__code", "email", "public_id")
    date_hierarchy = "created_at"
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("campaign", "team")
