"""Humans known to an organization, and where they live."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin_base import KeepAdmin, ReadOnlyInline
from accounts.models import Address, Person


class Addresses(ReadOnlyInline):
    model = Address
    columns = ("line_1", "line_2", "city", "state", "zip", "country", "archived_at")


@admin.register(Person)
class PersonAdmin(KeepAdmin):
    """Supporters, donors and fundraisers. Their gifts are found from their orders."""

    inlines = (Addresses,)
    list_display = ("name", "email", "organization", "user", "created_at", "archived_at")
    list_filter = ("language", ("archived_at", admin.EmptyFieldListFilter))
    list_select_related = ("organization", "user")
    search_fields = ("name_key", "email", "public_id")
    date_hierarchy = "created_at"
    autocomplete_fields = ("organization", "user", "guardian")
    readonly_fields = ("public_id", "erased_at", "created_at", "modified_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.readonly_fields if obj is None else (*self.readonly_fields, "organization")


@admin.register(Address)
class AddressAdmin(KeepAdmin):
    """Where post goes."""

    list_display = ("person", "line_1", "city", "state", "zip", "country", "archived_at")
    list_filter = ("country",)
    list_select_related = ("person",)
    search_fields = ("person__name_key", "person__email", "line_1", "city", "zip")
    autocomplete_fields = ("person",)
    readonly_fields = ("created_at", "modified_at")
