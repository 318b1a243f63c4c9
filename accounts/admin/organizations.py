"""Organizations to verify and freeze, who belongs to them, and who asks to."""

import zoneinfo
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts import memberships, organizations
from accounts.admin_base import KeepAdmin, acting, staff
from accounts.models import Membership, Organization
from rally.kit import money
from rally.kit.errors import DomainError


class MoneyAndTimeForm(forms.ModelForm):
    """Checks the two texts that other code relies on: currency code and time zone name."""

    def clean_currency(self) -> str:
        code = self.cleaned_data["currency"].upper()
        if not money.is_currency(code):
            raise ValidationError(_("Three letters, such as USD."))
        return code

    def clean_time_zone(self) -> str:
        name = self.cleaned_data["time_zone"]
        if name not in zoneinfo.available_timezones():
            raise ValidationError(_("A name such as America/New_York."))
        return name


@admin.register(Organization)
class OrganizationAdmin(KeepAdmin):
    """The status moves by the actions of the list alone."""

    form = MoneyAndTimeForm
    actions = ("verify", "freeze", "unfreeze")
    list_display = ("name", "code", "status", "livemode", "partner", "currency", "created_at")
    list_filter = ("status", "livemode", "currency")
    list_select_related = ("partner",)
    search_fields = ("name", "common_name", "slug", "code", "public_id", "tax_id")
    date_hierarchy = "created_at"
    autocomplete_fields = ("partner",)
    fixed = ("public_id", "code", "status", "clock_offset_s", "created_at", "modified_at")
    fieldsets = (
        (None, {"fields": ("name", "common_name", "slug", "code", "public_id", "status")}),
        (_("Legal"), {"fields": ("tax_id", "is_tax_exempt", "line_1", "line_2", "city", "state",
                                 "zip", "country")}),
        (_("Shown"), {"fields": ("website", "logo", "social_links", "unlisted", "noindex")}),
        (_("Money and time"), {"fields": ("currency", "time_zone", "livemode", "clock_offset_s")}),
        (_("More"), {"fields": ("partner", "archived_at", "created_at", "modified_at")}),
    )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Addresses and real money are settled when the organization is made."""
        return self.fixed if obj is None else (*self.fixed, "slug", "livemode")

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return {"slug": ("name",)} if obj is None else {}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new sandbox joins the others' clock: its payments would be refused otherwise."""
        if not change and not obj.livemode:
            obj.clock_offset_s = organizations.sandbox_clock()
        super().save_model(request, obj, form, change)

    @admin.action(description=_("Verify…"), permissions=["change"])
    def verify(self, request: HttpRequest, rows: QuerySet[Organization]) -> TemplateResponse | None:
        return self.asked(
            request, rows, lambda row, _answers: organizations.verify(row, acting(request)),
            title=_("Verify these organizations?"),
            warning=_("They may then ask for real money."),
        )  # fmt: skip

    @admin.action(description=_("Freeze…"), permissions=["change"])
    def freeze(self, request: HttpRequest, rows: QuerySet[Organization]) -> TemplateResponse | None:
        return self.asked(
            request, rows, lambda row, _answers: organizations.freeze(row, acting(request)),
            title=_("Freeze these organizations?"),
            warning=_("Nobody can pick tiles any more. Payments under way still finish."),
        )  # fmt: skip

    @admin.action(description=_("Unfreeze…"), permissions=["change"])
    def unfreeze(
        self, request: HttpRequest, rows: QuerySet[Organization]
    ) -> TemplateResponse | None:
        return self.asked(
            request, rows, lambda row, _answers: organizations.unfreeze(row, acting(request)),
            title=_("Unfreeze these organizations?"),
            warning=_("They get back the status they had before."),
        )  # fmt: skip


@admin.register(Membership)
class MembershipAdmin(KeepAdmin):
    """Roles. The only thing here that can be taken away: nothing hangs on it."""

    list_display = ("user", "role", "organization", "campaign", "team", "created_at")
    list_filter = ("role",)
    list_select_related = ("user", "organization", "campaign", "team")
    search_fields = ("user__email", "user__name", "organization__name", "organization__code")
    date_hierarchy = "created_at"
    autocomplete_fields = ("user", "organization", "campaign")
    raw_id_fields = ("team",)
    readonly_fields = ("created_at",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A role may change, unless the organization would lose its last owner."""
        fixed = ("user", "organization", "campaign", "team", "created_at")
        if obj is None:
            return self.readonly_fields
        return (*fixed, "role") if memberships.is_last_owner(obj) else fixed

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A changed role goes through the verb, which counts owners and writes it down."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        try:
            memberships.change_role(obj, acting(request), form.cleaned_data.get("role", obj.role))
        except DomainError as why:
            messages.error(request, str(why))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """One at a time: each is checked and written down."""
        return {}

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return staff(request).has_perm("accounts.delete_membership")

    def delete_model(self, request: HttpRequest, obj: Membership) -> None:
        try:
            memberships.remove(obj, acting(request))
        except DomainError as why:
            messages.error(request, str(why))
