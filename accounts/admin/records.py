"""What was done, what was answered, and what still has to be told to others."""

from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import OpenFilter, ReadOnlyAdmin, link
from accounts.models import (
    AuditEntry,
    IdempotencyRecord,
    OutboxEvent,
    WebhookDelivery,
    WebhookEndpoint,
)


def link_to(object_type: str, object_id: str) -> str:
    """A link to the row that a record names; the name alone when it has no page."""
    try:
        model: type[Model] = apps.get_model(object_type)
        return link(model(pk=object_id), f"{model._meta.verbose_name} {object_id}")
    except (LookupError, ValueError):
        return f"{object_type} {object_id}"


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    """Who did what. Nobody can change it: a trigger in the database sees to that."""

    list_display = ("at", "verb", "about", "user", "organization", "door", "facts")
    list_filter = ("door", "verb")
    list_select_related = ("user", "organization")
    search_fields = ("verb", "object_id", "request_id", "user__email", "organization__name")
    date_hierarchy = "at"
    ordering = ("-pk",)
    more_fields = ("about",)

    @admin.display(description=_("about"), ordering="object_type")
    def about(self, entry: AuditEntry) -> str:
        return link_to(entry.object_type, entry.object_id)


@admin.register(IdempotencyRecord)
class IdempotencyRecordAdmin(ReadOnlyAdmin):
    """That a call was answered; what was answered may hold a secret, so it isn't shown."""

    secrets = ("request_digest", "key", "body")
    list_display = ("created_at", "owner", "method", "path", "status")
    list_filter = ("method", "status")
    search_fields = ("owner", "path")
    date_hierarchy = "created_at"
    ordering = ("-pk",)


class WaitingFilter(OpenFilter):
    """Done or still to do."""

    column = "done_at"
    words = (("", _("Waiting")), ("done", _("Done")), ("all", _("All")))


@admin.register(OutboxEvent)
class OutboxEventAdmin(ReadOnlyAdmin):
    """What the world must hear of; the waiting ones first."""

    list_display = ("kind", "key", "organization", "created_at", "next_at", "attempts", "done_at",
                    "error")  # fmt: skip
    list_filter = (WaitingFilter, "kind")
    list_select_related = ("organization",)
    search_fields = ("key", "kind")
    date_hierarchy = "created_at"
    ordering = ("-pk",)


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ReadOnlyAdmin):
    """Integrators' addresses, without their signing secrets."""

    secrets = ("secret", "old_secret")
    list_display = ("url", "organization", "dialect", "created_at", "disabled_at")
    list_filter = ("dialect", ("disabled_at", admin.EmptyFieldListFilter))
    list_select_related = ("organization",)
    search_fields = ("url", "organization__name")
    date_hierarchy = "created_at"


@admin.register(WebhookDelivery)
class WebhookDeliveryAdmin(ReadOnlyAdmin):
    """Each event on its way to each address."""

    list_display = ("kind", "endpoint", "state", "attempts", "answered_status", "next_at")
    list_filter = ("state", "kind", "answered_status")
    list_select_related = ("event", "endpoint")
    search_fields = ("endpoint__url", "message_id")
    date_hierarchy = "created_at"
    ordering = ("-pk",)
