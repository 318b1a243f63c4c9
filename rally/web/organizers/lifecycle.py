"""The arrows of a campaign's life: each asks first, says what it means, and then does it."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.rights import Right
from boards import cloning, currencies, opening
from boards.currencies import CurrencySettled
from campaigns.models import Campaign
from payments import closing
from rally.kit import money
from rally.kit.errors import DomainError, InvalidInput
from rally.web import facts
from rally.web.organizers import base, saving
from rally.web.organizers.amounts import end_of
from rally.web.organizers.base import Desk
from rally.web.organizers.campaign_forms import (
    KEEP_OR_REFUND,
    CancelForm,
    CloneForm,
    CurrencyForm,
    ExtendForm,
    SettingsForm,
)

BOTH = ("GET", "POST")
Do = Callable[[Desk], str]
page = base.campaign_page(Right.RUN_CAMPAIGNS, methods=BOTH)


def _campaign(desk: Desk) -> Campaign:
    assert desk.campaign is not None
    return desk.campaign


def _home(desk: Desk) -> str:
    return desk.url("campaign", _campaign(desk).slug)


def _step(request: HttpRequest, desk: Desk, do: Do, **question: Any) -> HttpResponse:
    """Ask, or do it and say that it's done."""
    if request.method == "POST":
        messages.success(request, do(desk))
        return redirect(_home(desk))
    return base.ask(request, desk, back=_home(desk), **question)


@page
def pause(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET, POST .../pause/."""

    def do(desk: Desk) -> str:
        opening.pause(_campaign(desk), desk.actor)
        return _("It's paused. Nobody sees it until you resume.")

    return _step(
        request, desk, do, title=_("Pause this campaign?"), button=_("Pause it"), danger=False,
        consequences=[
            _("Its page and boards can't be seen, and nobody can pick tiles."),
            _("Whoever is paying right now can finish; what they buy stays theirs."),
            _("You can resume it at any time before its last day."),
        ],
    )  # fmt: skip


@page
def resume(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET, POST .../resume/."""

    def do(desk: Desk) -> str:
        opening.resume(_campaign(desk), desk.actor)
        return _("It's back.")

    return _step(
        request, desk, do, title=_("Resume this campaign?"), button=_("Resume it"), danger=False,
        consequences=[_("Everybody sees it again at the same address, and picking goes on.")],
    )  # fmt: skip


@page
def close(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET, POST .../close/."""

    def do(desk: Desk) -> str:
        if opening.complete(_campaign(desk), desk.actor):
            return _("It's completed. Thank your supporters.")
        return _("It's closed. It completes as soon as the last payments are decided.")

    paying = opening.in_payment(_campaign(desk))
    words = [
        _("Nobody can pick tiles any more. The page stays, and thanks everybody."),
        _("Gifts stay as they are; refunds are still possible."),
        _("This can't be taken back. To stop for a while, pause it instead."),
    ]
    if paying:
        words.insert(1, _("%(n)d payments are under way: they finish first.") % {"n": paying})
    return _step(
        request, desk, do, title=_("Close this campaign for good?"), button=_("Close it"),
        consequences=words,
    )  # fmt: skip


@page
def extend(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET, POST .../extend/."""
    campaign = _campaign(desk)
    form = ExtendForm(base.posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            later = end_of(form.cleaned_data["deadline"], campaign.time_zone)
            opening.extend(campaign, later, desk.actor)
        except DomainError as why:
            base.blame(form, why)
        else:
            messages.success(request, _("It runs longer now."))
            return redirect(_home(desk))
    now = facts.moment(campaign.deadline, campaign.time_zone) if campaign.deadline else "–"
    return base.ask(
        request, desk, title=_("Give it more time"), form=form, danger=False,
        button=_("Extend it"), back=_home(desk), status=400 if form.errors else 200,
        consequences=[_("Its last day now: %(when)s. Boards stay open until the new one.")
                      % {"when": now}],
    )  # fmt: skip


@page
def cancel(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET, POST .../cancel/: what happens to the money is counted and shown first."""
    campaign = _campaign(desk)
    found = closing.tally(campaign)
    form = CancelForm(base.posted(request))
    if not desk.may(Right.REFUND):
        _only_keep(form)
    if request.method == "POST" and form.is_valid():
        refund = form.cleaned_data["money"] == "refund"
        closing.cancel(campaign, desk.actor, refund=refund)
        messages.success(request, _("It's cancelled."))
        return redirect(_home(desk))
    facts_ = {
        "gifts": found.card_gifts, "tiles": found.card_tiles,
        "sum": money.format(found.card_minor, campaign.currency), "hand": found.hand_gifts,
        "hand_sum": money.format(found.hand_minor, campaign.currency), "n": found.in_payment,
    }  # fmt: skip
    words = [
        _("Its page and boards disappear, and nobody can pick any more. It can't be reopened."),
        _("Paid by card: %(sum)s in all (gifts: %(gifts)d, tiles: %(tiles)d). Refunding sends "
          "each gift back to its card, fees included, in the background.") % facts_
        if found.card_gifts else _("Nothing was paid by card."),
    ]  # fmt: skip
    if found.hand_gifts:
        said = ngettext(
            "Paid by hand: %(hand)d gift, %(hand_sum)s. You give it back yourselves.",
            "Paid by hand: %(hand)d gifts, %(hand_sum)s. You give those back yourselves.",
            found.hand_gifts,
        )
        words.append(said % facts_)
    if found.in_payment:
        said = ngettext(
            "%(n)d payment is under way; it's treated the same.",
            "%(n)d payments are under way; they're treated the same.", found.in_payment,
        )  # fmt: skip
        words.append(said % facts_)
    return base.ask(
        request, desk, title=_("Cancel this campaign?"), button=_("Cancel it"), form=form,
        back=_home(desk), consequences=words, status=400 if form.errors else 200,
    )  # fmt: skip


def _only_keep(form: CancelForm) -> None:
    field = form.fields["money"]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [one for one in KEEP_OR_REFUND if one[0] == "keep"]
    field.help_text = _("Only owners and admins can refund; ask one of them.")


@page
def clone(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET, POST .../clone/."""
    campaign = _campaign(desk)
    form = CloneForm(base.posted(request), initial={"title": campaign.title})
    if request.method == "POST" and form.is_valid():
        deadline = end_of(form.cleaned_data["deadline"], desk.organization.time_zone)
        try:
            made = cloning.clone(
                campaign, desk.actor, title=form.cleaned_data["title"], deadline=deadline
            )
        except DomainError as why:
            base.blame(form, why)
        else:
            messages.success(request, _("A draft like it is ready."))
            return redirect(desk.url("campaign-publish", made.slug))
    return base.ask(
        request, desk, title=_("Run it again"), form=form, danger=False, button=_("Make a draft"),
        back=_home(desk), status=400 if form.errors else 200,
        consequences=[_("You get a draft with the same words, look and boards. Supporters, gifts, "
                        "sponsors and blocked tiles stay with the old one.")],
    )  # fmt: skip


@page
def discard(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET, POST .../discard/: drafts only."""
    if request.method == "POST":
        opening.discard(_campaign(desk), desk.actor)
        messages.success(request, _("The draft is gone."))
        return redirect(desk.url("overview"))
    return base.ask(
        request, desk, title=_("Throw this draft away?"), button=_("Throw it away"),
        back=desk.url("campaign-publish", _campaign(desk).slug),
        consequences=[_("Nobody has seen it yet. It can't be brought back.")],
    )  # fmt: skip


@page
def settings(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET, POST /organize/{code}/c/{slug}/settings/."""
    campaign = _campaign(desk)
    form = SettingsForm(
        base.posted(request), initial=saving.initial(campaign), currency=campaign.currency
    )
    if campaign.status != Campaign.Status.DRAFT:
        del form.fields["deadline"]
    if not desk.may(Right.SEE_CONTACTS):
        del form.fields["donor_contact_visible"]
    differences: list[dict[str, str]] | None = None
    if request.method == "POST":
        differences = saving.save(desk, form)
        if differences is None:
            messages.success(request, _("Saved."))
            return redirect(desk.url("campaign-settings", campaign.slug))
    return base.show(
        request, "organize/campaign/settings.html", desk, form=form, differences=differences,
        title=_("Settings"), crumb={"url": _home(desk), "label": campaign.title},
        draft=campaign.status == Campaign.Status.DRAFT,
        settled=currencies.is_settled(campaign),
        settled_words=CurrencySettled.sentence, money=desk.url("campaign-currency", campaign.slug),
        address=f"/c/{campaign.slug}/", discard=desk.url("campaign-discard", campaign.slug),
        status=400 if form.is_bound and form.errors else 200,
    )  # fmt: skip


@page
def currency(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET, POST .../currency/: until somebody has picked a tile or given."""
    campaign, home = _campaign(desk), desk.url("campaign-settings", _campaign(desk).slug)
    if currencies.is_settled(campaign):
        raise CurrencySettled
    form = CurrencyForm(base.posted(request), initial={"currency": campaign.currency})
    if request.method == "POST" and form.is_valid():
        try:
            currencies.change(campaign, form.cleaned_data["currency"], desk.actor)
        except InvalidInput as why:
            base.blame(form, why)
        else:
            messages.success(request, _("It's in %(code)s now.") % {"code": campaign.currency})
            return redirect(home)
    return base.ask(
        request, desk, title=_("Which currency?"), button=_("Change it"), back=home, form=form,
        danger=False, status=400 if form.is_bound and form.errors else 200,
        consequences=[
            _("All figures stay as they are: a goal of %(now)s becomes the same number in the "
              "other currency, and so does every tile's price.")
            % {"now": money.format(campaign.goal.amount_minor, campaign.currency)},
            _("From the first pick or gift on it can't change any more."),
        ],
    )  # fmt: skip
