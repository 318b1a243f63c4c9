"""Payments, refunds and disputes."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import (
    ReadOnlyAdmin,
    ReadOnlyInline,
    link_column,
    money_column,
    staff,
    sums,
)
from payments import stafftasks
from payments.models import Closing, Dispute, Payment, Refund, RefundLine


class Refunds(ReadOnlyInline):
    model = Refund
    columns = ("reference", "status", "reason", money_column("amount_minor"), "not_before",
              "sent_at", "done_at")  # fmt: skip


class Disputes(ReadOnlyInline):
    model = Dispute
    columns = ("dispute_id", "status", "is_open", money_column("amount_minor"), "opened_at",
              "evidence_due_by", "closed_at")  # fmt: skip


@admin.register(Payment)
class PaymentAdmin(ReadOnlyAdmin):
    """Money that Stripe took, or is taking."""

    inlines = (Refunds, Disputes)
    list_display = (
        "payment_intent", "checkout_link", "status", money_column("amount_minor"),
        money_column("refunded_minor"), money_column("refunding_minor"), "created_at", "paid_at",
    )  # fmt: skip
    list_filter = ("status", "currency")
    list_select_related = ("checkout",)
    search_fields = ("payment_intent", "charge", "checkout__reference", "checkout__person__email")
    date_hierarchy = "created_at"
    ordering = ("-pk",)

    checkout_link = staticmethod(link_column("checkout"))


class Parts(ReadOnlyInline):
    model = RefundLine
    columns = ("line", money_column("amount_minor", "refund__currency"),
              money_column("fee_share_minor", "refund__currency"))  # fmt: skip
    related = ("refund", "line")


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin):
    """Money owed back, and money sent back."""

    actions = ("retry",)
    inlines = (Parts,)
    more_fields = ("checkout_link",)
    list_display = (
        "reference", "payment_link", "checkout_link", "status", "reason",
        money_column("amount_minor"), "not_before", "done_at",
    )  # fmt: skip
    list_filter = ("status", "reason", "currency")
    list_select_related = ("payment__checkout",)
    search_fields = ("reference", "refund_id", "payment__payment_intent",
                     "payment__checkout__reference")  # fmt: skip
    date_hierarchy = "created_at"
    ordering = ("-pk",)

    payment_link = staticmethod(link_column("payment"))
    checkout_link = staticmethod(link_column("payment__checkout"))

    @admin.action(description=_("Send failed ones again…"), permissions=["act"])
    def retry(self, request: HttpRequest, rows: QuerySet[Refund]) -> TemplateResponse | None:
        return self.asked(
            request, rows, lambda row, _answers: stafftasks.retry_refund(row, staff(request)),
            title=_("Send these refunds again?"),
            totals=sums(rows.values_list("currency", "amount_minor")),
            warning=_("Money goes back to the givers' cards."),
        )  # fmt: skip


@admin.register(RefundLine)
class RefundLineAdmin(ReadOnlyAdmin):
    """Which part of an order a refund pays back."""

    currency = "refund__currency"
    list_display = ("refund_link", "line_link", money_column("amount_minor", "refund__currency"),
                    money_column("fee_share_minor", "refund__currency"))  # fmt: skip
    list_select_related = ("refund", "line")
    search_fields = ("refund__reference",)
    ordering = ("-pk",)

    refund_link = staticmethod(link_column("refund"))
    line_link = staticmethod(link_column("line"))


@admin.register(Dispute)
class DisputeAdmin(ReadOnlyAdmin):
    """Charges that donors' banks take back. The tiles stay where they are."""

    more_fields = ("checkout_link",)
    list_display = (
        "dispute_id", "payment_link", "checkout_link", "status", "is_open",
        money_column("amount_minor"), "evidence_due_by",
    )  # fmt: skip
    list_filter = ("is_open", "status", "reason")
    list_select_related = ("payment__checkout",)
    search_fields = ("dispute_id", "payment__payment_intent", "payment__checkout__reference")
    date_hierarchy = "opened_at"
    ordering = ("-pk",)

    payment_link = staticmethod(link_column("payment"))
    checkout_link = staticmethod(link_column("payment__checkout"))


@admin.register(Closing)
class ClosingAdmin(ReadOnlyAdmin):
    """What was decided about a cancelled campaign's money, and how far that has come."""

    currency = "campaign__currency"
    list_display = ("campaign_link", "refund", "gifts",
                    money_column("amount_minor", "campaign__currency"), "decided_at",
                    "finished_at")  # fmt: skip
    list_filter = ("refund",)
    list_select_related = ("campaign",)
    search_fields = ("campaign__title", "campaign__public_id")
    date_hierarchy = "decided_at"
    ordering = ("-pk",)

    campaign_link = staticmethod(link_column("campaign"))
