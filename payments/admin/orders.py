"""Orders, what is in them, and each attempt to have them paid."""

from django.contrib import admin
from django.db.models import F, QuerySet, Sum
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.admin_base import (
    ReadOnlyAdmin,
    ReadOnlyInline,
    link_column,
    list_link,
    money_column,
    staff,
    sums,
)
from campaigns.admin import GOAL_OWNERS
from payments import stafftasks
from payments.admin.inbox import NoteForm
from payments.admin.refunding import RefundForm, refund_order
from payments.models import (
    Attempt,
    Checkout,
    LedgerTransaction,
    Line,
    Payment,
    Refund,
    StripeAccount,
)

GOALS = tuple(f"goal__{path}" for path in GOAL_OWNERS)


@admin.register(StripeAccount)
class StripeAccountAdmin(ReadOnlyAdmin):
    """Whose account takes the money; frozen on everything made through it."""

    list_display = ("organization", "model", "account_id", "livemode", "status", "created_at")
    list_filter = ("model", "livemode", "status")
    list_select_related = ("organization",)
    search_fields = ("organization__name", "organization__code", "account_id")
    date_hierarchy = "created_at"


class Lines(ReadOnlyInline):
    model = Line
    columns = (
        "kind", "claim", "goal", "donation", money_column("amount_minor", "checkout__currency"),
        money_column("fee_share_minor", "checkout__currency"),
    )  # fmt: skip
    related = ("checkout", "claim__hold", "donation", *GOALS)


class Attempts(ReadOnlyInline):
    model = Attempt
    columns = ("reference", "status", "session_id", "created_at", "expires_at", "note")


class Payments(ReadOnlyInline):
    model = Payment
    columns = (
        "payment_intent", "status", money_column("amount_minor"), money_column("refunded_minor"),
        money_column("refunding_minor"), "paid_at",
    )  # fmt: skip


class Bookings(ReadOnlyInline):
    model = LedgerTransaction
    columns = ("at", "kind", "reference")


@admin.register(Checkout)
class CheckoutAdmin(ReadOnlyAdmin):
    """Orders. Everything that became of one is on its page or one link away."""

    actions = ("refund",)
    secrets = ("request_digest",)
    more_fields = ("refunds_page",)
    inlines = (Lines, Attempts, Payments, Bookings)
    list_display = (
        "reference", "person", "status", "method", money_column("total_minor"), "hold_link",
        "created_at", "paid_at",
    )  # fmt: skip
    list_filter = ("status", "method", "currency")
    list_select_related = ("person", "hold")
    search_fields = (
        "reference", "person__name_key", "person__email", "hold__reference",
        "attempts__session_id", "payments__payment_intent",
    )  # fmt: skip
    date_hierarchy = "created_at"
    ordering = ("-pk",)

    hold_link = staticmethod(link_column("hold"))

    @admin.action(description=_("Refund…"), permissions=["act"])
    def refund(self, request: HttpRequest, rows: QuerySet[Checkout]) -> TemplateResponse | None:
        by, alone = Actor(staff(request), "admin"), len(rows) == 1
        left = rows.annotate(
            back=Sum(F("payments__refunded_minor") + F("payments__refunding_minor"))
        )
        return self.asked(
            request, rows, lambda row, answers: refund_order(row, by, answers, alone=alone),
            form=RefundForm, title=_("Refund these orders?"),
            totals=sums((row.currency, row.total_minor - (row.back or 0)) for row in left),
            warning=_("What is left of them goes back to the givers' cards."),
        )  # fmt: skip

    @admin.display(description=_("refunds"))
    def refunds_page(self, checkout: Checkout) -> str:
        return list_link(Refund, _("Refunds"), payment__checkout__id__exact=checkout.pk)


@admin.register(Line)
class LineAdmin(ReadOnlyAdmin):
    """One tile or one plain gift of an order."""

    currency = "checkout__currency"
    list_display = (
        "checkout_link", "kind", "claim_link", money_column("amount_minor", "checkout__currency"),
        money_column("fee_share_minor", "checkout__currency"), "donation_link",
    )  # fmt: skip
    list_filter = ("kind",)
    list_select_related = ("checkout", "claim__hold", "donation")
    search_fields = ("checkout__reference", "donation__public_id")
    ordering = ("-pk",)

    checkout_link = staticmethod(link_column("checkout"))
    claim_link = staticmethod(link_column("claim"))
    donation_link = staticmethod(link_column("donation"))


@admin.register(Attempt)
class AttemptAdmin(ReadOnlyAdmin):
    """Checkout Sessions, written down before Stripe was asked for them."""

    actions = ("declare_dead",)
    secrets = ("key", "url", "params")
    list_display = ("reference", "checkout_link", "status", "session_id", "created_at",
                    "expires_at", "checked_at")  # fmt: skip
    list_filter = ("status",)
    list_select_related = ("checkout",)
    search_fields = ("reference", "session_id", "checkout__reference")
    date_hierarchy = "created_at"
    ordering = ("-pk",)

    checkout_link = staticmethod(link_column("checkout"))

    @admin.action(description=_("Declare dead…"), permissions=["act"])
    def declare_dead(
        self, request: HttpRequest, rows: QuerySet[Attempt]
    ) -> TemplateResponse | None:
        return self.asked(
            request, rows,
            lambda row, answers: stafftasks.declare_dead(row, staff(request), answers["note"]),
            form=NoteForm, title=_("Declare these payments dead?"),
            totals=sums(rows.values_list("checkout__currency", "checkout__total_minor")),
            warning=_("Look at Stripe first: was it paid? Their tiles go back on sale. A payment "
                      "that comes all the same is settled as a late one."),
        )  # fmt: skip
