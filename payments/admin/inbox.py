"""Stripe's events, and what only a person can decide."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts.admin.records import link_to
from accounts.admin_base import OpenFilter, ReadOnlyAdmin, staff, sums
from payments import events, stafftasks
from payments.models import AuditRun, Reconciliation, StaffTask, StripeEvent
from rally.kit import money


class EventFilter(admin.SimpleListFilter):
    """Where an event stands: waiting, failing, parked without effect, or done."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [
            ("waiting", _("Waiting")), ("failing", _("Failing")), ("parked", _("Parked")),
            ("done", _("Done")),
        ]  # fmt: skip

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case "waiting":
                return queryset.filter(processed_at=None)
            case "failing":
                return queryset.filter(processed_at=None, attempts__gt=0)
            case "parked":
                return queryset.exclude(parked="")
            case "done":
                return queryset.filter(processed_at__isnull=False, parked="")
        return queryset


@admin.register(StripeEvent)
class StripeEventAdmin(ReadOnlyAdmin):
    """What Stripe said, kept before it was acted on."""

    actions = ("again",)
    secrets = ("digest",)
    list_display = ("type", "event_id", "object_id", "received_at", "processed_at", "attempts",
                    "parked", "error")  # fmt: skip
    list_filter = (EventFilter, "livemode", "type")
    search_fields = ("event_id", "object_id", "account_id")
    date_hierarchy = "received_at"
    ordering = ("-pk",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[StripeEvent]:
        """Bodies are read on an event's own page only."""
        found = super().get_queryset(request)
        match = request.resolver_match
        listing = match is not None and match.url_name == "payments_stripeevent_changelist"
        return found.defer("body") if listing else found

    @admin.action(description=_("Process parked ones again…"), permissions=["act"])
    def again(self, request: HttpRequest, rows: QuerySet[StripeEvent]) -> TemplateResponse | None:
        return self.asked(
            request, rows, lambda row, _answers: events.again(row, staff(request)),
            title=_("Process these events again?"),
            warning=_("Each has the effect it would have had when it came, or is parked again."),
        )  # fmt: skip


@admin.register(Reconciliation)
class ReconciliationAdmin(ReadOnlyAdmin):
    """Comparisons with Stripe: how many objects were asked about, how many had to be healed."""

    list_display = ("at", "asked", "healed", "trouble", "events_until")
    search_fields = ("pk",)
    date_hierarchy = "at"
    ordering = ("-pk",)


@admin.register(AuditRun)
class AuditRunAdmin(ReadOnlyAdmin):
    """Looks at everything: how many rows broke a rule, and which."""

    list_display = ("at", "rows", "seconds")
    search_fields = ("pk",)
    date_hierarchy = "at"
    ordering = ("-pk",)


class NoteForm(forms.Form):
    """What was done about it, for whoever looks at it next year."""

    note = forms.CharField(
        max_length=stafftasks.LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 4})
    )


@admin.register(StaffTask)
class StaffTaskAdmin(ReadOnlyAdmin):
    """What only a person can decide. The open ones, oldest first."""

    actions = ("resolve",)
    more_fields = ("about", "amount")
    list_display = ("what", "about", "amount", "organization", "created_at", "resolved_at",
                    "resolved_by")  # fmt: skip
    list_filter = (OpenFilter, "kind")
    list_select_related = ("organization", "resolved_by")
    search_fields = ("key", "object_id", "organization__name", "organization__code", "note")
    date_hierarchy = "created_at"
    ordering = ("created_at", "pk")

    @admin.display(description=_("what"), ordering="kind")
    def what(self, task: StaffTask) -> str:
        return task.get_kind_display()

    @admin.display(description=_("about"))
    def about(self, task: StaffTask) -> str:
        return link_to(task.object_type, task.object_id)

    @admin.display(description=_("amount"))
    def amount(self, task: StaffTask) -> str:
        return next((money.format(minor, code) for code, minor in _amounts([task])), "-")

    @admin.action(description=_("Resolve with a note…"), permissions=["act"])
    def resolve(self, request: HttpRequest, rows: QuerySet[StaffTask]) -> TemplateResponse | None:
        return self.asked(
            request, rows,
            lambda row, answers: stafftasks.resolve(row, staff(request), answers["note"]),
            form=NoteForm, title=_("Resolve these tasks?"), totals=sums(_amounts(rows)),
            warning=_("This moves no money. It says that somebody has dealt with it."),
        )  # fmt: skip


def _amounts(tasks: Any) -> list[tuple[str, int]]:
    """The amounts that tasks are about, as far as they name one."""
    named = [(task.facts.get("currency"), task.facts.get("amount_minor")) for task in tasks]
    return [(code, minor) for code, minor in named if code and isinstance(minor, int)]
