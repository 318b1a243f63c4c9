"""The staff's pages about campaigns, who takes part, and gifts."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.organizations import MoneyAndTimeForm
from accounts.admin_base import (
    KeepAdmin,
    ReadOnlyAdmin,
    ReadOnlyInline,
    link,
    list_link,
    money_column,
)
from campaigns import goals
from campaigns.models import (
    Campaign,
    Donation,
    DonationEntry,
    Goal,
    Member,
    OldSlug,
    Series,
    Team,
    Update,
)
from rally.kit import money


class WithGoal(KeepAdmin):
    """Owners of a goal: it is made together with them."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        goals.ensure(obj)

    @admin.display(description=_("goal"))
    def goal_page(self, row: Any) -> str:
        return link(getattr(row, "goal", None)) if row.pk else "-"


@admin.register(Series)
class SeriesAdmin(WithGoal):
    """Campaigns that belong together, such as those of a yearly event."""

    list_display = ("name", "organization", "slug", "created_at", "archived_at")
    list_select_related = ("organization",)
    list_filter = (("archived_at", admin.EmptyFieldListFilter),)
    search_fields = ("name_key", "slug", "organization__name")
    date_hierarchy = "created_at"
    autocomplete_fields = ("organization",)
    fixed = ("goal_page", "created_at", "modified_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fixed if obj is None else (*self.fixed, "slug", "organization")


@admin.register(Campaign)
class CampaignAdmin(WithGoal):
    """Texts and settings. Status, deadline and currency move by verbs: boards follow them."""

    form = MoneyAndTimeForm
    list_display = ("title", "organization", "status", "type", "currency", "deadline", "code")
    list_filter = ("status", "type", "unlisted", "currency")
    list_select_related = ("organization",)
    search_fields = ("name_key", "slug", "code", "public_id", "organization__name")
    date_hierarchy = "created_at"
    autocomplete_fields = ("organization", "series")
    fixed = (
        "status", "public_id", "code", "published_at", "closed_at", "view_count", "goal_page",
        "created_at", "modified_at",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": ("organization", "series", "title", "slug", "type", "status")}),
        (_("Page"), {"fields": ("summary", "story", "picture", "palette", "unlisted")}),
        (_("Money"), {"fields": ("currency", "goal_page", "project_id", "fund_code")}),
        (_("Time"), {"fields": ("time_zone", "opens_at", "deadline", "published_at", "closed_at")}),
        (_("More"), {"fields": ("donor_contact_visible", "code", "public_id", "view_count",
                                "archived_at", "created_at", "modified_at")}),
    )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.fixed
        return (*self.fixed, "organization", "slug", "currency", "opens_at", "deadline")

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return {"slug": ("title",)} if obj is None else {}


@admin.register(OldSlug)
class OldSlugAdmin(ReadOnlyAdmin):
    """Addresses campaigns once had; they redirect for ever."""

    list_display = ("slug", "campaign")
    list_select_related = ("campaign",)
    search_fields = ("slug", "campaign__title")


@admin.register(Team)
class TeamAdmin(WithGoal):
    """Members who raise together."""

    list_display = ("name", "campaign", "access", "slug", "archived_at")
    list_filter = ("access", ("archived_at", admin.EmptyFieldListFilter))
    list_select_related = ("campaign",)
    search_fields = ("name_key", "slug", "campaign__title")
    date_hierarchy = "created_at"
    autocomplete_fields = ("campaign",)
    raw_id_fields = ("captains",)
    fixed = ("goal_page", "created_at", "modified_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fixed if obj is None else (*self.fixed, "campaign")


@admin.register(Member)
class MemberAdmin(WithGoal):
    """People in campaigns: donors, fundraisers, captains."""

    list_display = ("person", "campaign", "team", "is_fundraiser", "access", "archived_at")
    list_filter = ("is_fundraiser", "access")
    list_select_related = ("person", "campaign", "team")
    search_fields = ("person__name_key", "person__email", "slug", "campaign__title")
    date_hierarchy = "created_at"
    autocomplete_fields = ("campaign", "person", "team")
    fixed = ("goal_page", "created_at", "modified_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fixed if obj is None else (*self.fixed, "campaign", "person")


GOAL_OWNERS = (
    "series__organization", "campaign", "team__campaign", "member__campaign", "member__person",
)  # fmt: skip


class GoalForm(forms.ModelForm):
    """Says in which unit the amount is typed."""

    class Meta:
        labels = {"amount_minor": _("Amount")}
        help_texts = {
            "amount_minor": _("In the currency's smallest units: 505000 is $5,050.00."),
        }


@admin.register(Goal)
class GoalAdmin(KeepAdmin):
    """What is aimed for may change here; what was raised is the sum of gifts."""

    form = GoalForm
    list_display = ("__str__", "kind", "aim", "raised", "pending", "modified_at")
    list_filter = ("kind",)
    list_select_related = GOAL_OWNERS
    search_fields = ("campaign__title", "team__name", "member__person__name_key", "series__name")
    fields = (
        "kind", "series", "campaign", "team", "member", "amount_minor", "aim", "raised",
        "pending", "page_title", "page_header", "page_html", "gifts", "modified_at",
    )  # fmt: skip
    # page_html is kept as it was sanitised when written; raw HTML is not taken here.
    readonly_fields = tuple(name for name in fields if name not in {
        "amount_minor", "page_title", "page_header",
    })  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Goal]:
        return super().get_queryset(request).select_related(*GOAL_OWNERS)

    @admin.display(description=_("goal"), ordering="amount_minor")
    def aim(self, goal: Goal) -> str:
        return money.format(goal.amount_minor, goals.currency(goal))

    @admin.display(description=_("raised"), ordering="raised_minor")
    def raised(self, goal: Goal) -> str:
        return money.format(goal.raised_minor, goals.currency(goal))

    @admin.display(description=_("promised"), ordering="pending_minor")
    def pending(self, goal: Goal) -> str:
        return money.format(goal.pending_minor, goals.currency(goal))

    @admin.display(description=_("gifts"))
    def gifts(self, goal: Goal) -> str:
        return list_link(Donation, _("Gifts to this goal"), goal__id__exact=goal.pk)


@admin.register(Update)
class UpdateAdmin(KeepAdmin):
    """News. The text was sanitised when it was written; raw HTML is not taken here."""

    list_display = ("title", "campaign", "member", "at", "archived_at")
    list_select_related = ("campaign", "member__person")
    list_filter = (("archived_at", admin.EmptyFieldListFilter),)
    search_fields = ("title", "campaign__title")
    date_hierarchy = "at"
    fields = ("campaign", "member", "title", "at", "html", "archived_at", "created_at")
    readonly_fields = ("campaign", "member", "html", "created_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


class Entries(ReadOnlyInline):
    model = DonationEntry
    columns = (
        "at",
        "kind",
        money_column("amount_minor", "donation__currency"),
        "goal",
        "reference",
    )
    related = ("donation", *(f"goal__{path}" for path in GOAL_OWNERS))


@admin.register(Donation)
class DonationAdmin(KeepAdmin):
    """Gifts. Amount, status and shown name are what the money and the boards rest on; staff
    may file a gift, and no more."""

    inlines = (Entries,)
    own = ("is_corporate", "do_not_sync", "note")
    list_display = (
        "public_id", "campaign", "person", "payment_type", "status", money_column("amount_minor"),
        "is_verified", "paid_at",
    )  # fmt: skip
    list_filter = ("status", "payment_type", "is_verified", "is_fulfilled", "is_corporate")
    list_select_related = ("campaign", "person")
    search_fields = ("public_id", "display_name", "person__name_key", "person__email")
    date_hierarchy = "created_at"
    ordering = ("-pk",)

    amount = staticmethod(money_column("amount_minor"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return (*self._fixed(), *self.own)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self._fixed()

    def _fixed(self) -> tuple[Any, ...]:
        left_out = {"id", "amount_minor", *self.own}
        names = [f.name for f in Donation._meta.concrete_fields if f.name not in left_out]
        return ("amount", *names)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Donation]:
        return super().get_queryset(request).select_related(
            "campaign", "person", "donor__person", *(f"goal__{path}" for path in GOAL_OWNERS)
        )  # fmt: skip


@admin.register(DonationEntry)
class DonationEntryAdmin(ReadOnlyAdmin):
    """The signed changes of what gifts count for. Append-only."""

    currency = "donation__currency"
    list_display = (
        "at", "kind", money_column("amount_minor", "donation__currency"), "donation", "goal",
        "reference",
    )  # fmt: skip
    list_filter = ("kind",)
    list_select_related = ("donation", *(f"goal__{path}" for path in GOAL_OWNERS))
    search_fields = ("reference", "donation__public_id")
    date_hierarchy = "at"
    ordering = ("-pk",)
