"""Programs that act for people. Their secrets, codes and tokens are shown nowhere.

The toolkit registers pages of its own for our swapped models; these take their place.
"""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts import clients, redirects
from accounts.actors import Actor
from accounts.admin_base import KeepAdmin, ReadOnlyAdmin, staff
from accounts.models import (
    ApiAccessToken,
    ApiClient,
    ApiConsent,
    ApiGrantCode,
    ApiIdToken,
    ApiRefreshToken,
    PersonalToken,
)
from rally.kit.errors import InvalidInput

for theirs in (ApiClient, ApiGrantCode, ApiAccessToken, ApiRefreshToken, ApiIdToken):
    if admin.site.is_registered(theirs):
        admin.site.unregister(theirs)


class ClientForm(forms.ModelForm):
    """What staff type in. Where people may be sent is checked as the verb does."""

    name = forms.CharField(max_length=255, help_text=_("As people will read it when they decide."))
    redirect_uris = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One address per line; the first is used when the program names none."),
    )
    refresh_days = forms.IntegerField(
        min_value=1, max_value=3_650, initial=365,
        help_text=_("How many days a refresh token is good for."),
    )  # fmt: skip

    def clean_redirect_uris(self) -> str:
        try:
            return redirects.checked(self.cleaned_data["redirect_uris"])
        except InvalidInput as why:
            raise ValidationError(str(why)) from None


class NewClientForm(ClientForm):
    """A new program: also how strict we are with it, and whether it can keep a secret."""

    confidential = forms.BooleanField(
        required=False, initial=True,
        help_text=_("It runs on a server and can keep a secret."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("profile") == ApiClient.Profile.SPROCKET and not found.get("confidential"):
            self.add_error("confidential", _("A Sprocket program has to keep a secret."))
        return found


class ReissueForm(forms.Form):
    """Whether the tokens leaked as well."""

    end_tokens = forms.BooleanField(
        required=False, label=_("End all its tokens, too: everybody has to let it in again")
    )


@admin.register(ApiClient)
class ApiClientAdmin(KeepAdmin):
    """Registered programs. A secret is shown once, on the page that answers the click."""

    form = ClientForm
    actions = ("approve", "withdraw", "reissue", "disable", "enable")
    list_display = ("name", "client_id", "profile", "client_type", "organization",
                    "last_used_at", "prefixes_approved_at", "disabled_at")  # fmt: skip
    list_filter = ("profile", "client_type", ("disabled_at", admin.EmptyFieldListFilter))
    list_select_related = ("organization",)
    search_fields = ("name", "client_id", "organization__name")
    date_hierarchy = "created"
    autocomplete_fields = ("organization",)
    new_fields = (
        "name", "profile", "confidential", "organization", "redirect_uris", "refresh_days",
    )  # fmt: skip
    readonly_fields = (
        "client_id", "organization", "profile", "client_type", "prefixes_approved_at",
        "disabled_at", "last_used_at", "created",
    )  # fmt: skip
    fields = ("name", "redirect_uris", "refresh_days", *readonly_fields)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.new_fields if obj is None else self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.readonly_fields

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if obj is None:
            kwargs["form"] = NewClientForm
        return super().get_form(request, obj, change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Both ways go through the verbs, which write down what was done."""
        typed = form.cleaned_data
        common = {name: typed[name] for name in ("name", "redirect_uris", "refresh_days")}
        if change:
            clients.change(obj, by(request), **common)
            return
        made, obj.secret_to_show = clients.register(
            by=by(request), profile=typed["profile"], confidential=typed["confidential"],
            organization=typed["organization"], **common,
        )  # fmt: skip
        obj.pk = made.pk
        obj.refresh_from_db()

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        return self._told(request, [(obj, obj.secret_to_show)])

    @admin.action(description=_("Approve redirect prefixes…"), permissions=["change"])
    def approve(self, request: HttpRequest, rows: QuerySet[ApiClient]) -> HttpResponse | None:
        return self.asked(
            request, rows, lambda row, _answers: clients.approve_prefixes(row, by(request)),
            title=_("Approve the redirect prefixes of these programs?"),
            warning=_("They may then send people to any address below those registered, and by "
                      "plain http. Codes can be read on the way; allow it only for old programs."),
            totals=[row.redirect_uris for row in rows],
        )  # fmt: skip

    @admin.action(description=_("Withdraw redirect prefixes…"), permissions=["change"])
    def withdraw(self, request: HttpRequest, rows: QuerySet[ApiClient]) -> HttpResponse | None:
        return self.asked(
            request, rows, lambda row, _answers: clients.withdraw_prefixes(row, by(request)),
            title=_("Withdraw the redirect prefixes of these programs?"),
            warning=_("Only the exact https addresses work from then on."),
        )  # fmt: skip

    @admin.action(description=_("New secret…"), permissions=["change"])
    def reissue(self, request: HttpRequest, rows: QuerySet[ApiClient]) -> HttpResponse | None:
        made: list[tuple[ApiClient, str]] = []

        def act(row: ApiClient, answers: dict[str, Any]) -> None:
            secret = clients.reissue_secret(row, by(request), end_tokens=answers["end_tokens"])
            made.append((row, secret))

        asking = self.asked(
            request, rows, act, form=ReissueForm,
            title=_("Give these programs a new secret?"),
            warning=_("The old secret stops working at once. The new one is shown once."),
        )  # fmt: skip
        return self._told(request, made) if made else asking

    @admin.action(description=_("Switch off…"), permissions=["change"])
    def disable(self, request: HttpRequest, rows: QuerySet[ApiClient]) -> HttpResponse | None:
        return self.asked(
            request, rows, lambda row, _answers: clients.disable(row, by(request)),
            title=_("Switch these programs off?"),
            warning=_("Their secrets and all their tokens stop working at once."),
        )  # fmt: skip

    @admin.action(description=_("Switch on…"), permissions=["change"])
    def enable(self, request: HttpRequest, rows: QuerySet[ApiClient]) -> HttpResponse | None:
        return self.asked(
            request, rows, lambda row, _answers: clients.enable(row, by(request)),
            title=_("Switch these programs on?"),
            warning=_("Tokens that haven't lapsed meanwhile work again."),
        )  # fmt: skip

    def _told(self, request: HttpRequest, made: list[tuple[ApiClient, str]]) -> HttpResponse:
        return shown_once(self, request, made)


def shown_once(
    page: admin.ModelAdmin, request: HttpRequest, made: Sequence[tuple[Any, str]]
) -> HttpResponse:
    """Secrets go into this one answer: no message, cookie or session ever holds them."""
    context = {
        **page.admin_site.each_context(request),
        "opts": page.opts,
        "title": _("Write this down now"),
        "made": made,
    }
    response = TemplateResponse(request, "admin/secret_once.html", context)
    response["Cache-Control"] = "no-store"
    return response


def by(request: HttpRequest) -> Actor:
    """Who is acting, for verbs."""
    return Actor(staff(request), "admin")


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
