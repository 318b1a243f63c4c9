"""What an organization says about itself, and whether it asks for real money."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts import profiles
from accounts.errors import EditedMeanwhile
from accounts.models import Organization
from accounts.rights import Right
from payments import livemode
from rally.kit.errors import DomainError
from rally.web.organizers import base
from rally.web.organizers.base import Desk
from rally.web.organizers.forms import ProfileForm

BOTH = ("GET", "POST")
GROUPS = (
    ("profile", ("name", "common_name", "website", *profiles.NETWORKS)),
    ("legal", ("tax_id", "line_1", "line_2", "city", "state", "zip", "country")),
    ("money", ("currency", "time_zone")),
    ("privacy", ("unlisted", "noindex")),
)


def shown(organization: Organization) -> dict[str, Any]:
    """The form's fields as they are stored, with the version that is on the screen."""
    fields = {name: getattr(organization, name) for name in profiles.RULES}
    links = fields.pop("social_links")
    return fields | {name: links.get(name, "") for name in profiles.NETWORKS} | {
        "seen": profiles.version(organization)
    }  # fmt: skip


def typed(data: dict[str, Any]) -> dict[str, Any]:
    """What the form says, as the verb takes it."""
    changes = {name: data[name] for name in profiles.RULES if name in data}
    return changes | {"social_links": {name: data[name] for name in profiles.NETWORKS}}


def differences(why: EditedMeanwhile, form: ProfileForm) -> list[dict[str, str]]:
    """Each field that two people set: what is stored, what was typed."""
    rows = []
    for field, stored, mine in why.differences:
        if field == "social_links":
            assert isinstance(stored, dict) and isinstance(mine, dict)
            pairs = [(name, stored.get(name, ""), mine.get(name, "")) for name in profiles.NETWORKS]
        else:
            pairs = [(field, stored, mine)]
        rows += [
            {"label": str(form.fields[name].label), "stored": _said(a), "typed": _said(b)}
            for name, a, b in pairs
            if a != b
        ]
    return rows


def _said(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value) or _("(nothing)")


@base.organization_page(Right.RUN_ORGANIZATION, methods=BOTH)
def settings(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET, POST /organize/{code}/settings/."""
    posted = request.POST if request.method == "POST" else None
    form = ProfileForm(posted, initial=shown(desk.organization))
    clashes: list[dict[str, str]] = []
    if posted is not None and form.is_valid():
        data = form.cleaned_data
        try:
            changed = profiles.edit(desk.organization, desk.actor, typed(data), data["seen"])
        except EditedMeanwhile as why:
            clashes = differences(why, form)
            form.data = posted.copy()
            form.data["seen"] = why.seen
        except DomainError as why:
            base.blame(form, why)
        else:
            words = _("Saved.") if changed else _("Nothing was different: nothing was saved.")
            messages.success(request, words)
            return redirect(desk.url("settings"))
    status = 409 if clashes else 400 if form.errors else 200
    return base.show(
        request, "organize/settings.html", desk, here="settings", form=form, clashes=clashes,
        title=_("Settings"),
        groups=[(key, [form[name] for name in names]) for key, names in GROUPS],
        obstacle=livemode.obstacle(desk.organization), may_switch=desk.may(Right.OWN),
        status=status,
    )  # fmt: skip


@base.organization_page(Right.OWN, methods=BOTH)
def money(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET asks, POST switches between play money and real money."""
    organization = desk.organization
    if request.method == "POST":
        if request.POST.get("to") == "sandbox":
            livemode.back_to_sandbox(organization, desk.actor)
            messages.success(request, _("This is a sandbox again."))
        else:
            livemode.go_live(organization, desk.actor)
            messages.success(request, _("Payments are real from now on."))
        return redirect(desk.url("settings"))
    if organization.livemode:
        return base.ask(
            request, desk, here="settings", back=desk.url("settings"), title=_("Play again?"),
            button=_("Back to play money"), hidden={"to": "sandbox"},
            consequences=[_("Payments are play money from then on.")],
        )  # fmt: skip
    why = livemode.obstacle(organization)
    if why:
        return base.refused(request, DomainError(why), desk)
    return base.ask(
        request, desk, here="settings", back=desk.url("settings"), title=_("Ask for real money?"),
        button=_("Switch to real money"), hidden={"to": "live"},
        consequences=[
            _("From then on, supporters of every open campaign pay with real cards."),
            _("Once real money has come in, there is no way back to play money."),
        ],
    )  # fmt: skip
