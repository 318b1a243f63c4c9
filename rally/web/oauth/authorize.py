"""The page on which somebody lets a program in, or doesn't."""

from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts import codes, consents, redirects, scopes
from accounts.models import ApiClient, Organization, User
from accounts.oauth_errors import NotYours
from rally.web.oauth import asking
from rally.web.oauth.asking import Asked, PageFault, ProgramFault


class OrganizationField(forms.ModelChoiceField):
    """One of the organizations the person belongs to."""

    widget = forms.RadioSelect


class ConsentForm(forms.Form):
    """Which organization the program may work for. With one, nothing is to be chosen."""

    organization = OrganizationField(
        queryset=Organization.objects.none(),
        empty_label=None,
        label=_("For which organization?"),
        error_messages={
            "required": _("Choose the organization the app may work for."),
            "invalid_choice": _("Choose one of these organizations."),
        },
    )

    def __init__(self, client: ApiClient, user: User, *args: Any) -> None:
        super().__init__(*args)
        field = self.fields["organization"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = consents.choices(client, user)
        field.to_field_name = "public_id"
        self.organizations = list(field.queryset)


@require_http_methods(["GET", "HEAD", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """GET and POST /sprocket/auth/oauth2/authorize. Asked afresh every time, never skipped."""
    try:
        asked = asking.read(request.GET)
    except PageFault as why:
        return _private(render(request, "oauth/fault.html", {"why": str(why)}, status=400))
    except ProgramFault as why:
        return _private(HttpResponseRedirect(why.url))
    user = request.user
    if not isinstance(user, User) or not user.is_active:
        return _private(redirect_to_login(request.get_full_path()))
    if request.method == "POST":
        return _decided(request, asked, user)
    return _page(request, asked, ConsentForm(asked.client, user))


def _decided(request: HttpRequest, asked: Asked, user: User) -> HttpResponse:
    if request.POST.get("decision") != "allow":
        words = "The user did not allow it."
        return _private(
            HttpResponseRedirect(asked.back(error="access_denied", error_description=words))
        )
    form = ConsentForm(asked.client, user, request.POST)
    if not form.is_valid():
        return _page(request, asked, form, status=400)
    try:
        code = codes.give(
            asked.client, user, form.cleaned_data["organization"], asked.scope,
            redirect_uri=asked.redirect_uri, redirect_named=asked.redirect_named,
            challenge=asked.challenge,
        )  # fmt: skip
    except NotYours as why:
        form.add_error("organization", str(why))
        return _page(request, asked, form, status=400)
    return _private(HttpResponseRedirect(asked.back(code=code, scope=scopes.written(asked.scope))))


def _page(request: HttpRequest, asked: Asked, form: ConsentForm, status: int = 200) -> HttpResponse:
    described = scopes.described(scopes.written(asked.scope))
    context = {
        "client": asked.client,
        "reads": [scope for scope in described if not scope.writes],
        "writes": [scope for scope in described if scope.writes],
        "form": form,
        "organizations": form.organizations,
        "chosen": form.data.get("organization", ""),
        "host": urlsplit(asked.redirect_uri).netloc,
        "days": asked.client.refresh_days,
    }
    response = _private(render(request, "oauth/consent.html", context, status=status))
    # The answer to this form is a redirect to the program, which browsers hold against the
    # page's own policy (MDN "form-action").
    policy = settings.SECURE_CSP | {"form-action": ["'self'", redirects.origin(asked.redirect_uri)]}
    response["Content-Security-Policy"] = "; ".join(
        f"{name} {' '.join(values)}" for name, values in policy.items()
    )
    return response


def _private(response: HttpResponse) -> HttpResponse:
    """Codes and states are for nobody's cache and nobody else's referrer log.

    Not "no-referrer": browsers would send our own form with `Origin: null`, which is refused.
    """
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "same-origin"
    return response
