"""Saving a campaign's words: mistakes beside their fields, and what somebody else saved first."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _

from campaigns import editing
from campaigns.editing import Details
from campaigns.errors import EditedMeanwhile
from campaigns.models import Campaign
from rally.kit import money
from rally.kit.errors import DomainError
from rally.web.organizers import base
from rally.web.organizers.amounts import day_of, end_of
from rally.web.organizers.base import Desk

# What a core field is called in a form.
FORM_NAMES = {"goal_minor": "goal"}


def initial(campaign: Campaign) -> dict[str, Any]:
    """What the forms show of a campaign, its version included."""
    details = editing.of(campaign)
    values = {FORM_NAMES.get(name, name): getattr(details, name) for name in Details.__slots__}
    values["deadline"] = day_of(details.deadline, campaign.time_zone)
    return values | {"version": editing.version(details)}


def details_from(campaign: Campaign, data: dict[str, Any]) -> Details:
    """The campaign's details with what the form has changed."""
    old = editing.of(campaign)
    known = set(Details.__slots__)
    values = {name: value for name, value in data.items() if name in known}
    if "goal" in data:
        values["goal_minor"] = data["goal"]
    if "deadline" in data:
        same = day_of(old.deadline, campaign.time_zone) == data["deadline"]
        # The same day stays the same instant: an imported deadline needn't end at midnight.
        values["deadline"] = old.deadline if same else end_of(data["deadline"], campaign.time_zone)
    return replace(old, **values)


def save(desk: Desk, form: forms.Form) -> list[dict[str, str]] | None:
    """None when saved; else what differs from what somebody else saved meanwhile, or nothing
    and the mistakes are in the form. The form then carries the version that now stands."""
    campaign = desk.campaign
    assert campaign is not None
    if not form.is_valid():
        return []
    mine = details_from(campaign, form.cleaned_data)
    try:
        editing.edit(campaign, mine, seen=form.cleaned_data["version"], by=desk.actor)
        return None
    except EditedMeanwhile as why:
        return _differences(campaign, form, why)
    except DomainError as why:
        base.blame(form, why)
        return []


def _differences(
    campaign: Campaign, form: forms.Form, why: EditedMeanwhile
) -> list[dict[str, str]]:
    """Only fields of this form: the others keep what the other one saved."""
    data = QueryDict(mutable=True)
    data.update(form.data)
    data["version"] = why.version
    form.data = data
    shown = {name: FORM_NAMES.get(name, name) for name in why.theirs}
    found = [
        {
            "label": str(form.fields[field].label),
            "theirs": _in_words(campaign, name, why.theirs[name]),
            "mine": _typed(form, field),
        }
        for name, field in shown.items()
        if field in form.fields
    ]
    form.add_error(None, str(why))
    return found


def _typed(form: forms.Form, field: str) -> str:
    value = form.cleaned_data.get(field)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(form.data.get(field, "")) or _("(empty)")


def _in_words(campaign: Campaign, name: str, value: Any) -> str:
    words: dict[str, Callable[[], Any]] = {
        "goal_minor": lambda: money.format(value, campaign.currency),
        "deadline": lambda: day_of(value, campaign.time_zone),
    }
    if name in words:
        return str(words[name]())
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value) or _("(empty)")
