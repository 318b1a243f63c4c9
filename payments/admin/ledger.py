"""The double-entry ledger, to read."""

from django.contrib import admin

from accounts.admin_base import ReadOnlyAdmin, ReadOnlyInline, link_column, money_column
from payments.models import LedgerEntry, LedgerTransaction


class Sides(ReadOnlyInline):
    model = LedgerEntry
    columns = ("account", money_column("amount_minor"), "currency")


@admin.register(LedgerTransaction)
class LedgerTransactionAdmin(ReadOnlyAdmin):
    """One happening that moved money; its sides sum to zero."""

    inlines = (Sides,)
    list_display = ("reference", "kind", "organization", "checkout_link", "at")
    list_filter = ("kind",)
    list_select_related = ("organization", "checkout")
    search_fields = ("reference", "checkout__reference", "organization__name")
    date_hierarchy = "at"
    ordering = ("-pk",)

    checkout_link = staticmethod(link_column("checkout"))


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    """One side of a transaction."""

    list_display = ("transaction_link", "account", money_column("amount_minor"), "currency")
    list_filter = ("account", "currency")
    list_select_related = ("transaction",)
    search_fields = ("transaction__reference",)
    ordering = ("-pk",)

    transaction_link = staticmethod(link_column("transaction"))
