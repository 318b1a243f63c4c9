"""Who logs in: by e-mail, so the forms ask for that and for no user name."""

from typing import Any

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import KeepAdmin, list_link, note, staff
from accounts.models import Membership, User

# Its page would show, and let staff retype, what a second step is made of.
admin.site.unregister(Authenticator)
RIGHTS = ("is_staff", "is_superuser", "groups", "user_permissions")


class NewUserForm(AdminUserCreationForm):
    """An e-mail address and a password, typed twice."""

    class Meta:
        model = User
        fields = ("email", "name")
        field_classes = {"email": forms.EmailField}

    def clean_email(self) -> str:
        """One account per address, whatever its capitals."""
        return self.cleaned_data["email"].lower()


def _forget_second_step(request: HttpRequest, row: User) -> bool:
    """Delete all of somebody's authenticators; False when there was none."""
    gone, _by_model = Authenticator.objects.filter(user=row).delete()
    if gone:
        note(request, "second_step_removed", row, count=gone)
    return bool(gone)


@admin.register(User)
class UserAdmin(KeepAdmin, DjangoUserAdmin):
    """Logins. Only superusers hand out staff rights or touch a superuser."""

    add_form = NewUserForm
    add_fieldsets = (
        (None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),
    )
    fieldsets = (
        (None, {"fields": ("email", "name", "password_page", "public_id")}),
        (_("Rights in these pages"), {"fields": ("is_active", *RIGHTS)}),
        (_("More"), {"fields": ("last_login", "date_joined", "belongs_to")}),
    )
    readonly_fields = ("password_page", "public_id", "last_login", "date_joined", "belongs_to")
    list_display = ("email", "name", "is_active", "is_staff", "is_superuser", "last_login")
    list_filter = ("is_active", "is_staff", "is_superuser", "groups")
    search_fields = ("email", "name", "public_id")
    ordering = ("email",)
    actions = ("forget_second_step",)
    date_hierarchy = "date_joined"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = tuple(super().get_readonly_fields(request, obj))
        return fields if staff(request).is_superuser else (*fields, *RIGHTS)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if isinstance(obj, User) and obj.is_superuser and not staff(request).is_superuser:
            return False
        return super().has_change_permission(request, obj)

    @admin.action(description=_("Take the second step away…"), permissions=["superuser"])
    def forget_second_step(
        self, request: HttpRequest, rows: QuerySet[User]
    ) -> TemplateResponse | None:
        return self.asked(
            request, rows, lambda row, _answers: _forget_second_step(request, row),
            title=_("Take the second step at sign-in away from these people?"),
            warning=_("For somebody who lost phone and recovery codes. Make sure it's them: "
                      "until they set up another, their password alone opens the account."),
        )  # fmt: skip

    def has_superuser_permission(self, request: HttpRequest) -> bool:
        return staff(request).is_superuser

    @admin.display(description=_("password"))
    def password_page(self, user: User) -> str:
        """Nothing of a password is shown, not even its hash."""
        url = reverse("admin:auth_user_password_change", args=[user.pk])
        return format_html('<a href="{}">{}</a>', url, _("Set a new password"))

    @admin.display(description=_("belongs to"))
    def belongs_to(self, user: User) -> str:
        return list_link(Membership, _("Memberships"), user__id__exact=user.pk)
