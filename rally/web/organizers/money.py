"""The organization's money in words and figures: what came in, what went back, what waits."""

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.rights import Right
from campaigns.models import Campaign
from payments import books
from payments.books import Book
from payments.models import Checkout, Dispute, Reconciliation, Refund
from rally.kit import clock, money
from rally.web.organizers import base, lists, words
from rally.web.organizers.base import Desk
from rally.web.organizers.lists import Sums
from rally.web.organizers.supporting import chosen

MOST = 50
COLUMNS = ("gross", "fees", "refunded", "disputed", "net")
LATE_MINUTES = 15


@base.organization_page(Right.SEE_MONEY, anywhere=True)
def overview(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET /organize/{code}/money/?campaign=."""
    mine, asked = chosen(request, desk, Right.SEE_MONEY)
    found = books.of(desk.organization.pk)
    rows = [(one, found.get(one.pk, Book())) for one in asked]
    return base.show(
        request, "organize/money/page.html", desk, here="money", title=_("Money"),
        lead=_("From the books, to the cent. Nothing here is an estimate."),
        rows=[_row(desk, one, book) for one, book in rows], totals=_totals(rows),
        campaigns=mine, slug=asked[0].slug if len(asked) == 1 < len(mine) else "",
        checked=_checked(), waiting=_waiting(desk, asked), owed=_owed(desk, asked),
        disputes=_disputes(desk, asked), other=any(book.other for _one, book in rows),
    )  # fmt: skip


def _words(book: Book, currency: str) -> dict[str, str]:
    names = (*COLUMNS, "owed", "other")
    return {name: money.format(getattr(book, name), currency) for name in names}


def _row(desk: Desk, campaign: Campaign, book: Book) -> dict[str, Any]:
    return {
        "title": campaign.title,
        "url": desk.url("campaign", campaign.slug),
        "exports": desk.url("campaign-exports", campaign.slug),
        "owes": book.owed > 0,
    } | _words(book, campaign.currency)


def _totals(rows: list[tuple[Campaign, Book]]) -> list[dict[str, str]]:
    """One line per currency, where there is anything to add up."""
    sums: dict[str, Book] = {}
    for campaign, book in rows:
        sums[campaign.currency] = sums.get(campaign.currency, Book()) + book
    if len(rows) < 2:
        return []
    return [{"currency": code} | _words(book, code) for code, book in sorted(sums.items())]


def _checked() -> dict[str, Any]:
    """How the last comparison with Stripe went, in a sentence."""
    newest = Reconciliation.objects.order_by("-pk").first()
    if newest is None:
        return {"good": True, "words": _("Nothing has been compared with Stripe yet.")}
    minutes = max(0, int((clock.now() - newest.at).total_seconds() // 60))
    when = ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    when = when if minutes else _("just now")
    if newest.drift_minor:
        words_ = _("Compared with Stripe %(when)s: the books differ. Staff has been told.")
    elif newest.trouble:
        words_ = _("Stripe couldn't be reached for everything %(when)s. It is tried again.")
    elif minutes > LATE_MINUTES:
        words_ = _("The last comparison with Stripe was %(when)s; it should be every five minutes.")
    else:
        words_ = _("Compared with Stripe %(when)s: everything agrees.")
    good = not (newest.drift_minor or newest.trouble) and minutes <= LATE_MINUTES
    return {"good": good, "words": words_ % {"when": when}}


def _waiting(desk: Desk, campaigns: Collection[Campaign]) -> list[dict[str, Any]]:
    """Money given by hand that nobody has counted, the oldest first."""
    ours = {one.pk: one for one in campaigns}
    found = (
        Checkout.objects.filter(method=Checkout.Method.OFFLINE, status=Checkout.Status.OPEN)
        .filter(lines__donation__campaign__in=campaigns)
        .values_list("reference", "net_minor", "currency", "created_at", "person__first_name",
                     "person__last_name", "lines__donation__campaign")
        .distinct().order_by("created_at")[:MOST]
    )  # fmt: skip
    return [
        {
            "name": f"{first} {last}".strip(),
            "amount": money.format(amount, currency),
            "campaign": ours[campaign].title,
            "at": words.day(at, desk.organization.time_zone),
            "confirm": desk.url("cash-confirm", reference)
            if desk.standing.may(Right.REFUND, campaign) else "",
            "back": desk.url("cash-back", reference),
        }
        for reference, amount, currency, at, first, last, campaign in found
    ]  # fmt: skip


def _owed(desk: Desk, campaigns: Collection[Campaign]) -> Sums:
    """Refunds that haven't arrived: due, under way, or refused by the bank."""
    open_ones = (Refund.Status.DUE, Refund.Status.SENT, Refund.Status.FAILED)
    found = (
        Refund.objects.filter(status__in=open_ones)
        .filter(payment__checkout__lines__donation__campaign__in=campaigns)
        .select_related("payment__checkout__person").distinct().order_by("pk")[:MOST]
    )  # fmt: skip
    sentences = {
        Refund.Status.DUE: _("It is sent within minutes."),
        Refund.Status.SENT: _("It's with the bank."),
        Refund.Status.FAILED: _("The bank refused it; staff looks at it."),
    }
    late = _("The supporter may choose something else until %(when)s.")
    zone = desk.organization.time_zone
    return lists.sums(
        (_("To"), _("Why"), _("Where it is"), _("Amount")),
        (
            (
                str(one.payment.checkout.person), one.get_reason_display(),
                late % {"when": words.moment(one.not_before, zone)}
                if one.status == Refund.Status.DUE and one.not_before and not one.choice
                else sentences[Refund.Status(one.status)],
                money.format(one.amount_minor, one.currency),
            )
            for one in found
        ),
    )  # fmt: skip


def _disputes(desk: Desk, campaigns: Collection[Campaign]) -> Sums:
    """Charges that donors' banks take back, those that are open first."""
    found = (
        Dispute.objects.filter(payment__checkout__lines__donation__campaign__in=campaigns)
        .select_related("payment__checkout__person").distinct().order_by("-is_open", "-pk")[:MOST]
    )  # fmt: skip
    zone = desk.organization.time_zone
    return lists.sums(
        (_("From"), _("The bank's reason"), _("How it stands"), _("Amount")),
        (
            (
                str(one.payment.checkout.person), one.reason.replace("_", " ") or "–",
                _dispute_words(one, zone), money.format(one.amount_minor, one.currency),
            )
            for one in found
        ),
    )  # fmt: skip


def _dispute_words(one: Dispute, zone: str) -> str:
    if one.is_open and one.evidence_due_by:
        when = words.moment(one.evidence_due_by, zone)
        return _("Open: answer in Stripe's dashboard by %(when)s.") % {"when": when}
    if one.is_open:
        return _("Open: the bank decides. Answer in Stripe's dashboard.")
    return _("Won: the money stays.") if one.status == "won" else _("Lost: the bank took it back.")
