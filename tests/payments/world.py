"""Everything that money and tiles are made of, for comparing before with after."""

from typing import Any

from django.apps import apps
from django.db.models import Sum

from boards.models import Board, Claim, Hold
from campaigns.models import Donation, DonationEntry, Goal
from payments.models import (
    Attempt,
    Checkout,
    LedgerEntry,
    LedgerTransaction,
    Payment,
    Refund,
    StaffTask,
    StripeEvent,
)


def rows(*without: type) -> dict[str, list[Any]]:
    """Every row of every table of ours, but those of `without`."""
    ours = ("accounts", "campaigns", "boards", "payments")
    models = [model for model in apps.get_models() if model._meta.app_label in ours]
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values_list())
        for model in models
        if model not in without
    }


def outcome(board: Board) -> dict[str, Any]:
    """What is true of one board's money and tiles, without keys and times."""
    mine = {"hold__claims__board": board}
    return {
        "claims": sorted(Claim.objects.filter(board=board).values_list("number", "ended")),
        "holds": sorted(
            Hold.objects.filter(claims__board=board).distinct().values_list("phase", "extensions")
        ),
        "orders": sorted(Checkout.objects.filter(**mine).distinct().values_list("status")),
        "attempts": sorted(
            Attempt.objects.filter(checkout__hold__claims__board=board)
            .distinct()
            .values_list("status")
        ),
        "payments": sorted(
            Payment.objects.filter(checkout__hold__claims__board=board)
            .distinct()
            .values_list("status", "amount_minor", "fee_minor", "refunding_minor")
        ),
        "refunds": sorted(
            Refund.objects.filter(payment__checkout__hold__claims__board=board)
            .distinct()
            .values_list("amount_minor", "status")
        ),
        "gifts": sorted(
            Donation.objects.filter(goal=board.goal).values_list("status", "amount_minor")
        ),
        "entries": sorted(
            DonationEntry.objects.filter(goal=board.goal).values_list("kind", "amount_minor")
        ),
        "ledger": sorted(
            LedgerEntry.objects.filter(
                transaction__organization=board.campaign.organization
            ).values_list("transaction__kind", "account", "amount_minor")
        ),
        "raised": Goal.objects.get(pk=board.goal_id).raised_minor,
        "tasks": sorted(
            StaffTask.objects.filter(organization=board.campaign.organization).values_list("kind")
        ),
        "waiting": StripeEvent.objects.filter(processed_at=None).count(),
    }


def ledger() -> dict[str, int]:
    """The balance of each account."""
    sums = LedgerEntry.objects.values_list("account").annotate(Sum("amount_minor"))
    return {account: amount for account, amount in sums if amount}


def assert_sound() -> None:
    """What must hold at any time: no tile twice, books that balance, totals that agree."""
    live = list(Claim.objects.filter(ended_at=None).values_list("tile", flat=True))
    assert len(live) == len(set(live)), "a tile is claimed twice"
    for transaction in LedgerTransaction.objects.annotate(total=Sum("entries__amount_minor")):
        assert not transaction.total, f"{transaction} does not balance"
    for goal in Goal.objects.filter(kind="campaign"):
        entries = DonationEntry.objects.filter(donation__campaign=goal.campaign)
        assert goal.raised_minor == (entries.aggregate(n=Sum("amount_minor"))["n"] or 0)
    gifts = LedgerEntry.objects.filter(account="gifts").aggregate(n=Sum("amount_minor"))["n"] or 0
    raised = Goal.objects.filter(kind="campaign").aggregate(n=Sum("raised_minor"))["n"] or 0
    assert raised == -gifts
    sold = Claim.objects.filter(ended_at=None, hold__phase="sold", hold__kind="basket")
    for claim in sold:
        paid = Payment.objects.filter(
            checkout__lines__claim=claim, checkout__lines__refund_lines=None, status="paid"
        )
        assert paid.count() == 1, f"{claim} is backed by {paid.count()} payments"
