"""Programs that act for people. Their secrets, codes and tokens are shown nowhere.

The toolkit registers pages of its own for our swapped models; these take their place.
"""

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin_base import KeepAdmin, ReadOnlyAdmin
from accounts.models import (
    ApiAccessToken,
    ApiClient,
    ApiConsent,
    ApiCredential,
    ApiGrantCode,
    ApiIdToken,
    ApiRefreshToken,
    PersonalToken,
)

for theirs in (ApiClient, ApiGrantCode, ApiAccessToken, ApiRefreshToken, ApiIdToken):
    if admin.site.is_registered(theirs):
        admin.site.unregister(theirs)


@admin.register(ApiClient)
class ApiClientAdmin(KeepAdmin):
    """Registered programs. A new one needs its secret shown once, so it isn't made here."""

    list_display = ("name", "client_id", "profile", "client_type", "organization", "disabled_at")
    list_filter = ("profile", "client_type", ("disabled_at", admin.EmptyFieldListFilter))
    list_select_related = ("organization",)
    search_fields = ("name", "client_id", "organization__name")
    date_hierarchy = "created"
    fields = (
        "name", "client_id", "organization", "profile", "client_type",
        "authorization_grant_type", "redirect_uris", "prefixes_approved_at", "refresh_days",
        "disabled_at", "user", "created", "updated",
    )  # fmt: skip
    readonly_fields = (
        "client_id", "organization", "profile", "client_type", "authorization_grant_type", "user",
        "created", "updated",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(ApiGrantCode)
class ApiGrantCodeAdmin(ReadOnlyAdmin):
    """Authorization codes: that there was one, and whether it was used."""

    secrets = ("code", "code_challenge", "nonce", "claims")
    list_display = ("id", "application", "user", "organization", "expires", "used_at")
    list_select_related = ("application", "user", "organization")
    search_fields = ("application__name", "application__client_id", "user__email")
    date_hierarchy = "created"


@admin.register(ApiAccessToken)
class ApiAccessTokenAdmin(ReadOnlyAdmin):
    """Bearer tokens, without the tokens."""

    secrets = ("token", "token_checksum", "claims")
    list_display = ("id", "application", "credential", "user", "organization", "scope", "expires")
    list_select_related = ("application", "credential", "user", "organization")
    search_fields = ("application__name", "application__client_id", "user__email")
    date_hierarchy = "created"


@admin.register(ApiRefreshToken)
class ApiRefreshTokenAdmin(ReadOnlyAdmin):
    """Refresh tokens, without the tokens."""

    secrets = ("token", "token_checksum", "token_family")
    list_display = ("id", "application", "user", "organization", "expires_at", "revoked")
    list_select_related = ("application", "user", "organization")
    list_filter = (("revoked", admin.EmptyFieldListFilter),)
    search_fields = ("application__name", "application__client_id", "user__email")
    date_hierarchy = "created"


@admin.register(ApiIdToken)
class ApiIdTokenAdmin(ReadOnlyAdmin):
    """OpenID Connect is off; a row here would be news."""

    secrets = ("jti",)
    list_display = ("id", "application", "user", "expires")
    list_select_related = ("application", "user")
    search_fields = ("application__name", "user__email")


@admin.register(ApiConsent)
class ApiConsentAdmin(ReadOnlyAdmin):
    """What users let programs do."""

    list_display = ("client", "user", "organization", "scopes", "created_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("client", "user", "organization")
    search_fields = ("client__name", "user__email", "organization__name")
    date_hierarchy = "created_at"


@admin.register(ApiCredential)
class ApiCredentialAdmin(ReadOnlyAdmin):
    """RallyUp logins, without their secrets."""

    secrets = ("secret_digest",)
    list_display = ("login", "organization", "partner", "created_at", "last_used_at", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("organization", "partner")
    search_fields = ("login", "organization__name", "partner__name")
    date_hierarchy = "created_at"


@admin.register(PersonalToken)
class PersonalTokenAdmin(ReadOnlyAdmin):
    """Tokens people made for their own scripts: the name, and the last four characters."""

    secrets = ("digest",)
    list_display = ("name", "last_four", "user", "organization", "created_at", "last_used_at",
                    "expires_at", "revoked_at")  # fmt: skip
    list_filter = (("revoked_at", admin.EmptyFieldListFilter),)
    list_select_related = ("user", "organization")
    search_fields = ("name", "user__email", "organization__name")
    date_hierarchy = "created_at"
