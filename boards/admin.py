"""The staff's pages about boards and about who has which tiles."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import (
    KeepAdmin,
    ReadOnlyAdmin,
    ReadOnlyInline,
    link_column,
    list_link,
    money_column,
    note,
)
from boards import building, relaying
from boards.models import Board, BoardChange, Claim, Hold, Tile
from boards.states import LIVE
from rally.kit.errors import DomainError


class BoardForm(forms.ModelForm):
    """Refuses numbers and prices that no board can have, before anything is saved."""

    class Meta:
        labels = {
            "min_num": _("First number"),
            "max_num": _("Last number"),
            "unit_minor": _("Unit"),
            "hold_seconds": _("Holds last (seconds)"),
        }
        help_texts = {
            "unit_minor": _("In the currency's smallest units: 100 is one dollar."),
            "bands": _('For prices by range: [{"from": 1, "to": 50, "priceMinor": 500}]'),
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        campaign = data.get("campaign") or getattr(self.instance, "campaign", None)
        if campaign is None:
            return data
        self.instance.currency = campaign.currency
        if "goal" in self.fields:
            data["goal"] = data.get("goal") or campaign.goal
        return data

    def _post_clean(self) -> None:
        """The rules about layout need the whole board, so they come after its fields are set."""
        super()._post_clean()  # type: ignore[misc]  # not in the stubs
        if self.errors or self.instance.locked_at is not None:
            return
        try:
            relaying.check(self.instance)
        except DomainError as why:
            self.add_error(None, ValidationError(str(why)))


@admin.register(Board)
class BoardAdmin(KeepAdmin):
    """Numbers and prices may change until somebody picks a tile, and never after that."""

    form = BoardForm
    list_display = (
        "title", "public_id", "campaign_link", "min_num", "max_num", "price_model",
        money_column("unit_minor"), "is_open", "locked_at",
    )  # fmt: skip
    list_filter = ("is_open", "price_model", "currency")
    list_select_related = ("campaign",)
    search_fields = ("title", "public_id", "campaign__title", "campaign__organization__name")
    date_hierarchy = "created_at"
    autocomplete_fields = ("campaign", "team", "member")
    raw_id_fields = ("goal",)
    numbers = ("min_num", "max_num", "price_model", "unit_minor", "bands")
    fixed = (
        "public_id", "currency", "is_open", "closes_at", "version", "layout", "locked_at",
        "tiles_page", "claims_page", "history_page", "created_at", "modified_at",
    )  # fmt: skip
    fieldsets = (
        (None, {"fields": ("campaign", "team", "member", "goal", "title", "position", "columns")}),
        (_("Numbers and prices"), {"fields": (*numbers, "currency", "layout", "locked_at")}),
        (_("Picking"), {"fields": ("hold_seconds", "most_per_supporter", "is_open", "closes_at")}),
        (_("More"), {"fields": ("tiles_page", "claims_page", "history_page", "public_id",
                                "version", "archived_at", "created_at", "modified_at")}),
    )  # fmt: skip

    campaign_link = staticmethod(link_column("campaign", order="campaign__title"))

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        form = super().get_form(request, obj, change, **kwargs)
        if "goal" in form.base_fields:
            form.base_fields["goal"].required = False
            form.base_fields["goal"].help_text = _("Empty: the campaign's own goal.")
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.fixed
        settled = self.numbers if obj.locked_at else ()
        return (*self.fixed, "campaign", "goal", *settled)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new board gets its tiles; one whose numbers or prices changed gets them anew."""
        if not change:
            building.build(obj)
            building.follow_campaign(obj.campaign)
            note(request, "added", obj, numbers=[obj.min_num, obj.max_num])
            return
        laid_out = set(form.changed_data) & set(self.numbers)
        if laid_out:
            relaying.relay(obj)
        super().save_model(request, obj, form, change)

    @admin.display(description=_("tiles"))
    def tiles_page(self, board: Board) -> str:
        return list_link(Tile, _("Tiles"), board__id__exact=board.pk) if board.pk else "-"

    @admin.display(description=_("taken"))
    def claims_page(self, board: Board) -> str:
        return list_link(Claim, _("Claims"), board__id__exact=board.pk) if board.pk else "-"

    @admin.display(description=_("history"))
    def history_page(self, board: Board) -> str:
        return list_link(BoardChange, _("Changes"), board__id__exact=board.pk) if board.pk else "-"


@admin.register(Tile)
class TileAdmin(ReadOnlyAdmin):
    """Numbers and prices. A tile has no state: look at its claims."""

    currency = "board__currency"
    more_fields = ("claims_page",)
    list_display = ("number", "board", money_column("price_minor", "board__currency"),
                    "sponsor_name", "claims_page")  # fmt: skip
    list_select_related = ("board",)
    search_fields = ("number", "board__title", "board__public_id", "sponsor_name")
    ordering = ("board", "number")

    @admin.display(description=_("taken"))
    def claims_page(self, tile: Tile) -> str:
        return list_link(Claim, _("Claims"), tile__id__exact=tile.pk)


class Claims(ReadOnlyInline):
    model = Claim
    columns = ("number", "board", money_column("price_minor", "hold__currency"), "created_at",
              "ended_at", "ended")  # fmt: skip
    related = ("board", "hold")


class PhaseFilter(admin.SimpleListFilter):
    """Holds that still have a say, by default all."""

    title = _("standing")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("live", _("Live")), ("unresolved", _("In payment")), ("over", _("Over"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "live":
            return queryset.filter(phase__in=LIVE)
        if self.value() == "unresolved":
            return queryset.filter(phase__in=["paying", "processing"])
        return queryset.filter(ended_at__isnull=False) if self.value() == "over" else queryset


@admin.register(Hold)
class HoldAdmin(ReadOnlyAdmin):
    """Baskets, and how far each has come. The owner's token is known to the owner alone."""

    secrets = ("token_hash",)
    inlines = (Claims,)
    list_display = ("reference", "organization", "kind", "phase", "expires_at", "extensions",
                    "created_at", "ended_at")  # fmt: skip
    list_filter = (PhaseFilter, "phase", "kind", "currency")
    list_select_related = ("organization",)
    search_fields = ("reference", "organization__name", "organization__code", "note")
    date_hierarchy = "created_at"
    ordering = ("-pk",)


@admin.register(Claim)
class ClaimAdmin(ReadOnlyAdmin):
    """Which hold has, or had, which tile at which price. By day holds are listed: to find the
    days of all claims ever made, every one of them would have to be read."""

    currency = "hold__currency"
    list_display = ("number", "board", "hold_link", money_column("price_minor", "hold__currency"),
                    "created_at", "ended_at", "ended")  # fmt: skip
    list_filter = (("ended_at", admin.EmptyFieldListFilter), "ended")
    list_select_related = ("board", "hold")
    search_fields = ("number", "board__title", "board__public_id", "hold__reference")
    ordering = ("-pk",)

    hold_link = staticmethod(link_column("hold"))


@admin.register(BoardChange)
class BoardChangeAdmin(ReadOnlyAdmin):
    """What moved a board, version by version."""

    list_display = ("board", "version", "numbers", "hold_link", "at")
    list_select_related = ("board", "hold")
    search_fields = ("board__title", "board__public_id", "hold__reference")
    ordering = ("-pk",)

    hold_link = staticmethod(link_column("hold"))
