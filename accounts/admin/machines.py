"""Logins of machines, who asks for them, and the partners that have some."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Max, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts import credential_requests, credentials
from accounts.admin.clients import shown_once
from accounts.admin.deciding import DecisionAdmin
from accounts.admin_base import KeepAdmin, ReadOnlyAdmin, ReadOnlyInline, acting
from accounts.models import ApiCredential, CredentialRequest, Organization, Partner


@admin.register(ApiCredential)
class ApiCredentialAdmin(ReadOnlyAdmin):
    """RallyUp logins, without their secrets."""

    secrets = ("secret_digest",)
    actions = ("reissue", "revoke")
    list_display = ("login", "organization", "partner", "made_by", "created_at", "taken_at",
                    "last_used_at", "revoked_at")  # fmt: skip
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),
                   ("partner", admin.EmptyFieldListFilter))  # fmt: skip
    list_select_related = ("organization", "partner", "made_by")
    search_fields = ("login", "organization__name", "partner__name")
    date_hierarchy = "created_at"

    @admin.action(description=_("New secret…"), permissions=["act"])
    def reissue(self, request: HttpRequest, rows: QuerySet[ApiCredential]) -> HttpResponse | None:
        made: list[tuple[Any, str]] = []

        def act(row: ApiCredential, _answers: dict[str, Any]) -> None:
            own = row.organization_id is not None
            secret = credentials.rotate(row, acting(request), taken=not own)
            if not own:
                made.append((row, secret))

        asking = self.asked(
            request, rows.select_related("organization", "partner"), act,
            title=_("Give these logins a new secret?"),
            warning=_("The old secret and all tokens end at once. An organization's owner takes "
                      "the new one on their own page and gets a mail; a partner's is shown to "
                      "you, once."),
        )  # fmt: skip
        return shown_once(self, request, made) if made else asking

    @admin.action(description=_("Revoke…"), permissions=["act"])
    def revoke(self, request: HttpRequest, rows: QuerySet[ApiCredential]) -> HttpResponse | None:
        return self.asked(
            request, rows, lambda row, _answers: credentials.revoke(row, acting(request)),
            title=_("Revoke these logins?"),
            warning=_("Their programs are turned away at once, for good."),
        )  # fmt: skip


class OrganizationsInline(ReadOnlyInline):
    """Whom the partner serves. An organization is put here on its own page."""

    model = Organization
    columns = ("name", "code", "status", "partner_made", "archived_at")


@admin.register(Partner)
class PartnerAdmin(KeepAdmin):
    """Platforms that serve several organizations, and may make some of their own."""

    actions = ("credentials",)
    inlines = (OrganizationsInline,)
    list_display = ("name", "domain", "custom_list", "served", "last_use", "created_at")
    list_filter = ("custom_list",)
    search_fields = ("name", "domain")
    readonly_fields = ("created_at",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        live = Q(organizations__archived_at=None)
        return super().get_queryset(request).annotate(
            served_count=Count("organizations", filter=live, distinct=True),
            used_at=Max("credentials__last_used_at"),
        )  # fmt: skip

    @admin.display(description=_("organizations"), ordering="served_count")
    def served(self, row: Any) -> int:
        return int(row.served_count)

    @admin.display(description=_("last used"), ordering="used_at")
    def last_use(self, row: Any) -> Any:
        return row.used_at

    @admin.action(description=_("New credentials…"), permissions=["change"])
    def credentials(self, request: HttpRequest, rows: QuerySet[Partner]) -> HttpResponse | None:
        made: list[tuple[Any, str]] = []
        asking = self.asked(
            request, rows,
            lambda row, _answers: made.append(credentials.issue(row, acting(request))),
            title=_("Make credentials for these partners?"),
            warning=_("A login and a secret for their programs. The secret is shown once; logins "
                      "they have already go on."),
        )  # fmt: skip
        return shown_once(self, request, made) if made else asking


@admin.register(CredentialRequest)
class CredentialRequestAdmin(DecisionAdmin):
    """Organizations that want to read their own data by program."""

    verbs = credential_requests
    about = "organization"
    approve_title = _("Give these organizations API credentials?")
    approve_warning = _(
        "The login reads all their data, donors' addresses as well. An owner takes "
        "the secret on their own page, once."
    )
    refuse_title = _("Turn these organizations down?")
    refuse_warning = _("Whoever asked gets a mail with the reason.")
    list_display = ("organization", "user", "status", "purpose", "created_at", "decided_by")
    list_select_related = ("organization", "user", "decided_by", "credential")
    search_fields = ("organization__name", "user__email", "purpose")
