"""The two actions on what somebody asked for: approve, or refuse with a reason."""

from collections.abc import Callable
from typing import Any, Protocol

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.admin_base import ReadOnlyAdmin, acting
from accounts.models.decisions import Decision


class RefuseForm(forms.Form):
    """What whoever asked will read."""

    reason = forms.CharField(max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))


class Verbs(Protocol):
    """The module that decides about such rows."""

    def approve(self, row: Any, by: Actor, /) -> object:
        """Give what was asked for."""

    def refuse(self, row: Any, by: Actor, reason: str, /) -> None:
        """Turn it down."""


class DecisionAdmin(ReadOnlyAdmin):
    """Requests, each decided once. A kind of them says by which verbs, and what staff are told.

    `about` is the key to whom it is for; titles and warnings stand over the questions.
    """

    verbs: Verbs
    about: str
    approve_title: Any
    approve_warning: Any
    refuse_title: Any
    refuse_warning: Any
    actions = ("approve", "refuse")
    list_filter = ("status",)
    date_hierarchy = "created_at"
    ordering = ("-created_at",)

    @admin.action(description=_("Approve…"), permissions=["act"])
    def approve(self, request: HttpRequest, rows: QuerySet[Any]) -> TemplateResponse | None:
        return self.asked(
            request, rows.select_related(self.about),
            lambda row, _a: _changed(row, lambda: self.verbs.approve(row, acting(request))),
            title=self.approve_title, totals=_waiting(rows), warning=self.approve_warning,
        )  # fmt: skip

    @admin.action(description=_("Refuse…"), permissions=["act"])
    def refuse(self, request: HttpRequest, rows: QuerySet[Any]) -> TemplateResponse | None:
        return self.asked(
            request, rows.select_related(self.about),
            lambda row, answers: _changed(
                row, lambda: self.verbs.refuse(row, acting(request), answers["reason"])
            ),
            form=RefuseForm, title=self.refuse_title, totals=_waiting(rows),
            warning=self.refuse_warning,
        )  # fmt: skip


def _changed(row: Any, verb: Callable[[], Any]) -> bool:
    """Decide about one; False if it was decided the same way before: nothing changes then."""
    before = row.status
    verb()
    return before != row.status


def _waiting(rows: QuerySet[Any]) -> list[str]:
    pending = rows.filter(status=Decision.PENDING).count()
    return [str(_("%(n)d of them not decided yet") % {"n": pending})]
