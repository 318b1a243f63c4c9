"""A developer's own pages: tokens, webhooks, apps. A key is shown once, where it is made."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts import access, rights, tokens, webhooks
from accounts.actors import Actor
from accounts.models import (
    ApiClient,
    AppRequest,
    Organization,
    PersonalToken,
    WebhookDelivery,
    WebhookEndpoint,
)
from accounts.rights import Right
from rally.kit.errors import DomainError
from rally.web import base as web
from rally.web.developers import forms
from rally.web.organizers import base, words

BOTH = ("GET", "POST")
LOG = 100


def show(request: HttpRequest, template: str, **context: Any) -> HttpResponse:
    """One of a developer's own pages."""
    return base.show(request, f"developers/{template}.html", None, **context)


def crumb() -> dict[str, str]:
    """The way back to the documents."""
    return {"url": "/developers/", "label": _("Developers")}


# Tokens ---------------------------------------------------------------------------------------
@base.signed_in(methods=BOTH)
def my_tokens(request: HttpRequest, actor: Actor) -> HttpResponse:
    """GET, POST /accounts/tokens/: the tokens there are, and a form that makes another."""
    mine = list(rights.organizations(actor).order_by("name", "pk"))
    form = forms.TokenForm(request.POST or None, organizations=mine)
    made, secret = None, ""
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = _token(actor, mine, form.cleaned_data)
            form = forms.TokenForm(organizations=mine)
        except DomainError as why:
            base.blame(form, why)
    rows = tokens.living(actor).select_related("organization")
    return show(
        request, "tokens", title=_("Personal tokens"), form=form, made=made, secret=secret,
        crumb=crumb(), tokens=[_row(token) for token in rows],
        lead=_("What your own scripts sign in with. They can do what you can, or less."),
        status=400 if form.errors else 200,
    )  # fmt: skip


def _token(actor: Actor, mine: list[Organization], data: dict[str, Any]) -> Any:
    chosen = next((one for one in mine if one.public_id == data["organization"]), None)
    days = int(data["days"]) if data["days"] else None
    return tokens.make(
        actor, name=data["name"], scopes=data["scopes"], organization=chosen, days=days
    )


def _row(token: PersonalToken) -> dict[str, Any]:
    return {
        "token": token,
        "scopes": [tokens.SCOPES[name] for name in token.scopes.split() if name in tokens.SCOPES],
        "used": words.ago(token.last_used_at) if token.last_used_at else "",
        "made": words.ago(token.created_at),
    }


@base.signed_in(methods=BOTH)
def revoke_token(request: HttpRequest, actor: Actor, pk: int) -> HttpResponse:
    """GET asks, POST revokes: /accounts/tokens/{id}/revoke/."""
    token = PersonalToken.objects.filter(pk=pk, user=actor.user).first()
    if token is None:
        raise Http404
    if request.method == "POST":
        tokens.revoke(token, actor)
        messages.success(request, _("%(name)s opens nothing any more.") % {"name": token.name})
        return redirect("developers:tokens")
    return base.ask(
        request, None, title=_("Revoke %(name)s?") % {"name": token.name},
        consequences=[_("Scripts that use it stop working at once. This can't be undone.")],
        button=_("Revoke it"), back="/accounts/tokens/",
    )  # fmt: skip


# Webhooks -------------------------------------------------------------------------------------
def _owners(actor: Actor) -> dict[str, Organization | ApiClient]:
    """Whose events the actor may have sent: organizations they run, and their own apps."""
    found: dict[str, Organization | ApiClient] = {
        one.public_id: one for one in rights.holding(actor, Right.RUN_ORGANIZATION).order_by("name")
    }
    apps = ApiClient.objects.filter(user=actor.user, disabled_at=None).order_by("name")
    return found | {f"app-{one.pk}": one for one in apps}


@base.signed_in(methods=BOTH)
def hooks(request: HttpRequest, actor: Actor) -> HttpResponse:
    """GET, POST /developers/webhooks/: endpoints, and a form that adds one."""
    owners = _owners(actor)
    labels = [(key, owner.name if isinstance(owner, ApiClient) else str(owner))
              for key, owner in owners.items()]  # fmt: skip
    form = forms.HookForm(request.POST or None, owners=labels)
    made = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            made = webhooks.add(
                owners[data["owner"]], actor, url=data["url"], events=data["events"]
            )
            form = forms.HookForm(owners=labels)
        except DomainError as why:
            base.blame(form, why)
    return show(
        request, "hooks", title=_("Webhooks"), form=form if owners else None, crumb=crumb(),
        hooks=webhooks.manageable(actor).filter(dialect="tiles").order_by("pk"), made=made,
        secret=made.secret if made else "",
        lead=_("We post events to your server as they happen, signed."),
        status=400 if form.errors else 200,
    )  # fmt: skip


def _hook(actor: Actor, public_id: str) -> WebhookEndpoint:
    found = webhooks.manageable(actor).filter(dialect="tiles", public_id=public_id).first()
    if found is None:
        raise Http404
    return found


@base.signed_in(methods=BOTH)
def hook(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """GET /developers/webhooks/{id}/: its log. POST turns it off or on, or gives another key."""
    found, secret = _hook(actor, public_id), ""
    act = request.POST.get("act", "")
    if act in {"on", "off"}:
        found = webhooks.change(found, actor, enabled=act == "on")
    elif act == "rotate":
        found = webhooks.rotate(found, actor)
        secret = found.secret
    log = WebhookDelivery.objects.filter(endpoint=found).order_by("-pk")[:LOG]
    rows = [{"delivery": one, "made": words.ago(one.created_at)} for one in log]
    back = {"url": "/developers/webhooks/", "label": _("Webhooks")}
    return show(
        request, "hook", title=found.url, hook=found, secret=secret, rows=rows, crumb=back,
        log=LOG,
    )  # fmt: skip


@base.signed_in(methods=("POST",))
def replay(request: HttpRequest, actor: Actor, public_id: str, delivery: str) -> HttpResponse:
    """POST /developers/webhooks/{id}/{delivery}/replay/."""
    rows = WebhookDelivery.objects.filter(endpoint=_hook(actor, public_id), public_id=delivery)
    found = rows.select_related("endpoint__organization", "endpoint__client").first()
    if found is None:
        raise Http404
    webhooks.replay(found, actor)
    messages.success(request, _("It's on its way once more, with the same id."))
    return redirect("developers:hook", public_id)


@base.signed_in(methods=BOTH)
def remove_hook(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """GET asks, POST removes: /developers/webhooks/{id}/remove/."""
    found = _hook(actor, public_id)
    if request.method == "POST":
        webhooks.remove(found, actor)
        messages.success(request, _("Nothing is sent there any more."))
        return redirect("developers:hooks")
    return base.ask(
        request, None, title=_("Remove this webhook?"), button=_("Remove it"),
        consequences=[found.url, _("Nothing more is sent, and its log is gone.")],
        back=f"/developers/webhooks/{public_id}/",
    )  # fmt: skip


# Apps -----------------------------------------------------------------------------------------
@base.signed_in(methods=BOTH)
def apps(request: HttpRequest, actor: Actor) -> HttpResponse:
    """GET, POST /developers/apps/: one's apps, and a form that asks for access for another."""
    form = forms.AppForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            web.limited("join_ask", str(actor.user and actor.user.pk))
            access.ask(actor, **form.cleaned_data)
        except DomainError as why:
            base.blame(form, why)
        else:
            messages.success(request, _("We'll look at it, and mail you what we decide."))
            return redirect("developers:apps")
    mine = AppRequest.objects.filter(user=actor.user).select_related("client").order_by("-pk")
    return show(
        request, "apps", title=_("Your apps"), form=form, crumb=crumb(),
        apps=[{"app": one, "made": words.ago(one.created_at), "used": _used(one)} for one in mine],
        lead=_("An app acts for many people: each lets it in, and can take that back."),
        status=400 if form.errors else 200,
    )  # fmt: skip


def _used(asked: AppRequest) -> str:
    client = asked.client
    return words.ago(client.last_used_at) if client and client.last_used_at else ""


@base.signed_in(methods=BOTH)
def app_secret(request: HttpRequest, actor: Actor, public_id: str) -> HttpResponse:
    """GET asks, POST makes another secret and shows it this once."""
    asked = AppRequest.objects.filter(user=actor.user, public_id=public_id)
    found = asked.select_related("client").first()
    if found is None or found.client is None:
        raise Http404
    if request.method == "POST":
        back = {"url": "/developers/apps/", "label": _("Your apps")}
        return show(request, "app_secret", title=found.name, app=found, crumb=back,
                     secret=access.new_secret(found, actor))  # fmt: skip
    return base.ask(
        request, None, title=_("Show a new secret for %(name)s?") % {"name": found.name},
        consequences=[_("You see it once. A secret it had before stops working at once.")],
        button=_("Show it"), back="/developers/apps/", danger=False,
    )  # fmt: skip
