"""The list of programs somebody has let in, and how to take that back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import consents, scopes
from accounts.models import ApiConsent, User


@never_cache
@login_required
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """GET /accounts/apps/."""
    grants = [
        {"consent": consent, "scopes": sorted(scopes.described(consent.scopes), key=_writes)}
        for consent in consents.of_user(_user(request))
    ]
    return render(request, "oauth/apps.html", {"grants": grants})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """GET asks, POST takes back: /accounts/apps/{id}/revoke/."""
    user = _user(request)
    consent = consents.of_user(user).filter(pk=pk).first()
    if consent is None:
        raise Http404
    if request.method != "POST":
        return render(request, "oauth/revoke.html", {"consent": consent})
    consents.revoke(consent, user)
    messages.success(request, _revoked(consent))
    return HttpResponseRedirect(reverse("oauth:apps"))


def _writes(scope: scopes.Scope) -> bool:
    """What only reads comes first, as on the page that asked."""
    return scope.writes


def _revoked(consent: ApiConsent) -> str:
    words = _("%(app)s can't get in any more for %(organization)s.")
    return words % {"app": consent.client.name, "organization": consent.organization}


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
