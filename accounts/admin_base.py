"""What all our admin pages share: nothing is deleted, money is looked at and never typed.

Staff act through verbs. An action asks first, with the count and the sum of what it touches,
and runs the same verb as every other door, one row at a time.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import audit
from accounts.actors import Actor
from accounts.models import User
from rally.kit import money
from rally.kit.errors import DomainError

NAMED = 20
Column = Callable[[Any], Any]


# What stands in a column ----------------------------------------------------------------------
def reach(row: Any, path: str) -> Any:
    """`row.a.b` for the path "a__b"; None as soon as one of them is."""
    for name in path.split("__"):
        row = getattr(row, name, None)
        if row is None:
            return None
    return row


def money_column(field: str, currency: str = "currency", label: Any = "") -> Column:
    """An amount in words people use; `currency` is the path to its code."""
    title = label or field.removesuffix("_minor").replace("_", " ")

    @admin.display(description=title, ordering=field)
    def column(row: Any) -> str:
        minor = reach(row, field)
        code = reach(row, currency)
        return "-" if minor is None else money.format(minor, code or "")

    column.__name__ = field.removesuffix("_minor")
    return column


def link_column(path: str, label: Any = "", order: str | None = None) -> Column:
    """A link to the page of another row; the list selects it along with its own."""

    @admin.display(description=label or path.rpartition("__")[2].replace("_", " "), ordering=order)
    def column(row: Any) -> str:
        return link(reach(row, path))

    column.__name__ = f"{path}_link"
    return column


def link(row: Model | None, text: str = "") -> str:
    """A link to a row's own page in the admin."""
    if row is None:
        return "-"
    meta = row._meta
    try:
        url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return text or str(row)
    return format_html('<a href="{}">{}</a>', url, text or str(row))


def list_link(model: type[Model], text: Any, **wanted: Any) -> str:
    """A link to the list of a model, filtered."""
    meta = model._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist", query=wanted)
    return format_html('<a href="{}">{}</a>', url, text)


def sums(rows: Iterable[tuple[str, int]]) -> list[str]:
    """Totals by currency of (code, minor units), in words."""
    totals: dict[str, int] = {}
    for code, minor in rows:
        totals[code] = totals.get(code, 0) + minor
    return [money.format(minor, code) for code, minor in sorted(totals.items())]


# Pages ----------------------------------------------------------------------------------------
class KeepAdmin(admin.ModelAdmin):
    """Rows stay: money, holds or people hang on them. What is changed leaves an audit entry."""

    list_per_page = 50
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Model, form: ModelForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        note(request, "changed" if change else "added", obj, fields=sorted(form.changed_data))

    def asked(
        self,
        request: HttpRequest,
        rows: QuerySet[Any],
        act: Callable[[Any, dict[str, Any]], Any],
        *,
        form: type[forms.Form] = forms.Form,
        title: Any,
        warning: Any = "",
        totals: Sequence[str] = (),
    ) -> TemplateResponse | None:
        """Show what is about to happen; once that is confirmed, do it row by row."""
        chosen = list(rows)
        confirmed = "confirm" in request.POST
        asking = form(request.POST) if confirmed else form()
        if confirmed and asking.is_valid():
            self._carry_out(request, chosen, act, asking.cleaned_data)
            return None
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media + asking.media,
            "title": title,
            "warning": warning,
            "totals": totals,
            "count": len(chosen),
            "named": chosen[:NAMED],
            "more": max(0, len(chosen) - NAMED),
            "keys": [row.pk for row in chosen],
            "action": request.POST.get("action", ""),
            "form": asking,
        }
        return TemplateResponse(request, "admin/ask_first.html", context)

    def _carry_out(
        self,
        request: HttpRequest,
        rows: Iterable[Model],
        act: Callable[[Any, dict[str, Any]], Any],
        answers: dict[str, Any],
    ) -> None:
        done = unchanged = 0
        for row in rows:
            try:
                if act(row, answers) is False:
                    unchanged += 1
                else:
                    done += 1
            except DomainError as why:
                messages.error(request, f"{row}: {why}")
        if done:
            words = ngettext("Done for %(count)d row.", "Done for %(count)d rows.", done)
            messages.success(request, words % {"count": done})
        if unchanged:
            words = ngettext(
                "%(count)d row was decided that way already; nothing changed.",
                "%(count)d rows were decided that way already; nothing changed.",
                unchanged,
            )
            messages.info(request, words % {"count": unchanged})


class ReadOnlyAdmin(KeepAdmin):
    """A page to look at. `secrets` are never on it; amounts are written as money.

    Actions may still be given: they run verbs and ask for the right to change the model.
    """

    secrets: tuple[str, ...] = ()
    currency = "currency"
    more_fields: tuple[Any, ...] = ()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def may_act(self, request: HttpRequest) -> bool:
        """Whether this member of staff could change such rows, if rows were changed by hand."""
        return super().has_change_permission(request)

    def has_act_permission(self, request: HttpRequest) -> bool:
        return self.may_act(request)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return shown(self.model, self.secrets, self.currency) + list(self.more_fields)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.get_fields(request, obj)


class ReadOnlyInline(admin.TabularInline):
    """Rows that belong to the one on the page, to look at and to follow."""

    extra = 0
    can_delete = False
    show_change_link = True
    columns: tuple[Any, ...] = ()
    related: tuple[str, ...] = ()

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.columns

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.columns

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related(*self.related).order_by("pk")


def shown(model: type[Model], secrets: Sequence[str], currency: str) -> list[Any]:
    """All columns of a model but its key and its secrets, amounts as money."""
    fields: list[Any] = []
    for field in model._meta.concrete_fields:
        if field.primary_key or field.name in secrets:
            continue
        is_amount = field.name.endswith("_minor")
        fields.append(money_column(field.name, currency) if is_amount else field.name)
    return fields


def staff(request: HttpRequest) -> User:
    """Who is acting. Every page here is behind the login."""
    assert isinstance(request.user, User)
    return request.user


def acting(request: HttpRequest) -> Actor:
    """The same as verbs know it: a person at the admin's door."""
    return Actor(user=staff(request), door="admin")


def note(request: HttpRequest, verb: str, about: Model, **facts: Any) -> None:
    """Write down what was done by hand: names of fields, never what was in them."""
    audit.record(
        f"{about._meta.model_name}.{verb}", about=about, by=staff(request), door="admin",
        facts=facts,
    )  # fmt: skip


class OpenFilter(admin.SimpleListFilter):
    """Shows what is open unless asked for the rest; `column` is empty while a row is open."""

    title = _("state")
    parameter_name = "state"
    column = "resolved_at"
    words = (("", _("Open")), ("done", _("Done")), ("all", _("All")))

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return self.words[1:]

    def choices(self, changelist: Any) -> Any:
        for value, words in self.words:
            query = changelist.get_query_string({self.parameter_name: value}, [])
            yield {
                "selected": (self.value() or "") == value,
                "query_string": query,
                "display": words,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        return queryset.filter(**{f"{self.column}__isnull": self.value() != "done"})
