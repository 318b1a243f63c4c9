"""One gift: what became of it, crediting it to somebody else, and paying it back."""

from collections.abc import Callable, Iterable
from functools import wraps

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.rights import Right
from campaigns.models import Donation
from payments import crediting, exports, refunds
from payments.errors import NotRefundable, RefundExceeds, RefundLocked
from payments.models import Checkout, Dispute, Refund
from rally.kit import ids, money
from rally.kit.errors import DomainError
from rally.web.organizers import base, giving, lists, words
from rally.web.organizers.base import Desk
from rally.web.organizers.lists import Sums
from rally.web.organizers.money_forms import CreditForm, RefundForm

BOTH = ("GET", "POST")


def gift_page(
    right: Right, *, methods: Iterable[str] = ("GET",)
) -> Callable[[base.View], base.View]:
    """A page under /organize/{code}/gifts/{public_id}/: view(request, desk, gift)."""

    def decorate(view: base.View) -> base.View:
        @base.organization_page(methods=methods)
        @wraps(view)
        def guarded(request: HttpRequest, desk: Desk, public_id: str) -> HttpResponse:
            found = Donation.objects.filter(exports.REAL, public_id=public_id)
            gift = (
                found.filter(campaign__organization=desk.organization)
                .select_related("person", "goal__team", "goal__member__person")
                .first()
            )
            if gift is None:
                raise Http404
            there = base.at_campaign(desk, pk=gift.campaign_id)
            assert there.campaign is not None
            gift.campaign = there.campaign
            if not there.may(right):
                return base.forbidden(request, there)
            return view(request, there, gift)

        return guarded

    return decorate


def _crumb(desk: Desk, gift: Donation) -> dict[str, str]:
    return {"url": desk.url("gift", gift.public_id), "label": _("The gift")}


@gift_page(Right.SEE_MONEY)
def gift(request: HttpRequest, desk: Desk, gift: Donation) -> HttpResponse:
    """GET /organize/{code}/gifts/{public_id}/."""
    campaign = gift.campaign
    order = Checkout.objects.filter(lines__donation=gift).distinct().order_by("-pk").first()
    person = gift.person
    return base.show(
        request, "organize/gift/page.html", desk, here="people", gift=gift, order=order,
        title=_("%(amount)s from %(name)s")
        % {"amount": money.format(gift.amount_minor, gift.currency), "name": person or "–"},
        crumb={"url": desk.url("supporter", person.public_id), "label": str(person)}
        if person else None,
        left=money.format(giving.net([gift]).get(gift.pk, 0), gift.currency),
        promised=gift.status == Donation.Status.PENDING, tiles=giving.tiles([gift]).get(gift.pk),
        day=words.moment(gift.paid_at or gift.created_at, campaign.time_zone),
        credited=giving.credited(gift.goal) or campaign.title,
        history=_history(gift), refunds=_refunds(gift),
        disputed=Dispute.objects.filter(is_open=True, payment__checkout=order).exists(),
        by_card=order is not None and order.method == Checkout.Method.STRIPE,
        may_refund=desk.may(Right.REFUND), runs=desk.may(Right.RUN_CAMPAIGNS),
        shown_as=gift.get_shown_as_display(),
    )  # fmt: skip


def _history(gift: Donation) -> Sums:
    entries = gift.entries.select_related("goal__team", "goal__member__person").order_by("pk")
    zone = gift.campaign.time_zone
    return lists.sums(
        (_("When"), _("What"), _("For"), _("Amount")),
        (
            (
                words.moment(one.at, zone), one.get_kind_display(),
                giving.credited(one.goal) or gift.campaign.title,
                money.format(one.amount_minor, gift.currency),
            )
            for one in entries
        ),
    )  # fmt: skip


def _refunds(gift: Donation) -> Sums:
    found = Refund.objects.filter(lines__line__donation=gift).distinct().order_by("pk")
    zone = gift.campaign.time_zone
    return lists.sums(
        (_("When"), _("State"), _("Why"), _("Amount")),
        (
            (
                words.moment(one.created_at, zone), one.get_status_display(),
                one.note or one.get_reason_display(), money.format(one.amount_minor, one.currency),
            )
            for one in found
        ),
    )  # fmt: skip


@gift_page(Right.RUN_CAMPAIGNS, methods=BOTH)
def credit(request: HttpRequest, desk: Desk, gift: Donation) -> HttpResponse:
    """GET, POST /organize/{code}/gifts/{public_id}/credit/: whose gift it is."""
    owners = giving.owners(gift.campaign)
    now = next((key for key, (_label, goal) in owners.items() if goal.pk == gift.goal_id), "")
    form = CreditForm(base.posted(request), initial={"credit": now})
    field = form.fields["credit"]
    assert isinstance(field, forms.ChoiceField)
    field.choices = [(key, label) for key, (label, _goal) in owners.items()]
    if request.method == "POST" and form.is_valid():
        try:
            crediting.recredit(gift, owners[form.cleaned_data["credit"]][1], desk.actor)
        except DomainError as why:
            base.blame(form, why)
        else:
            messages.success(request, _("It counts for them now. The gift's history says so."))
            return redirect(desk.url("gift", gift.public_id))
    amount = money.format(giving.net([gift]).get(gift.pk, 0) or gift.amount_minor, gift.currency)
    return base.ask(
        request, desk, title=_("Whose gift is this?"), form=form, danger=False, here="people",
        button=_("Credit it"), back=_crumb(desk, gift)["url"],
        status=400 if form.is_bound and form.errors else 200,
        consequences=[
            _("%(amount)s moves in the totals, and the campaign's own total stays as it is.")
            % {"amount": amount},
            _("The giver isn't told. You can change it again at any time."),
        ],
    )  # fmt: skip


# Paying back ----------------------------------------------------------------------------------
@gift_page(Right.REFUND, methods=BOTH)
def refund(request: HttpRequest, desk: Desk, gift: Donation) -> HttpResponse:
    """GET, POST /organize/{code}/gifts/{public_id}/refund/: how much, then the exact sum, then yes.

    The key travels with the question, so that yes pressed twice is one refund.
    """
    form = RefundForm(
        base.posted(request), currency=gift.currency,
        initial={"key": ids.public_id(), "what": "all", "reopen": True},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            return _refund(request, desk, gift, form)
        except RefundExceeds as why:
            field = {"tiles": "tiles", "amount": "amount"}.get(form.cleaned_data["what"])
            form.add_error(field, _exceeds(why, gift))
        except (NotRefundable, RefundLocked) as why:
            return base.refused(request, why, desk)
        except DomainError as why:
            base.blame(form, why)
    left = refunds.left(gift)
    return base.show(
        request, "organize/gift/refund.html", desk, here="people", form=form, gift=gift,
        title=_("Refund this gift"), crumb=_crumb(desk, gift),
        tiles=giving.tiles([gift]).get(gift.pk),
        left=money.format(left, gift.currency), none=not left,
        status=400 if form.is_bound and form.errors else 200,
    )  # fmt: skip


def _refund(request: HttpRequest, desk: Desk, gift: Donation, form: RefundForm) -> HttpResponse:
    data = form.cleaned_data
    wish = {"amount_minor": data["amount_minor"], "numbers": data["numbers"]}
    key = ids.digest(f"page {data['key']} {gift.pk}")
    if not refunds.is_known(key):
        quoted = refunds.quote(gift, **wish)
        if data["confirmed"] != str(quoted):
            return _ask(request, desk, gift, form, quoted)
    made = refunds.request(
        gift=gift, by=desk.actor, reopen=data["reopen"], note=data["reason"], request_key=key,
        **wish,
    )  # fmt: skip
    amount = money.format(made.amount_minor, made.currency)
    messages.success(request, _("%(amount)s is on its way back.") % {"amount": amount})
    return redirect(desk.url("gift", gift.public_id))


def _ask(
    request: HttpRequest, desk: Desk, gift: Donation, form: RefundForm, quoted: int
) -> HttpResponse:
    amount = money.format(quoted, gift.currency)
    whole = form.cleaned_data["what"] != "amount"
    sold = _("The tiles go back on sale at once.")
    kept = _("The tiles stay theirs.")
    reopen = whole and form.cleaned_data["reopen"]
    asked = [
        _("%(amount)s goes back to the card of %(name)s, covered fees included. It takes 5 to 10 "
          "days to arrive.") % {"amount": amount, "name": gift.person or "–"},
        _("It doesn't count as raised any more, from now on. The giver gets a mail."),
        sold if reopen else kept,
        _("This can't be taken back."),
    ]  # fmt: skip
    sent = {name: value for name, value in form.data.items() if name in form.fields}
    return base.ask(
        request, desk, title=_("Refund %(amount)s?") % {"amount": amount}, here="people",
        button=_("Refund %(amount)s") % {"amount": amount}, consequences=asked,
        back=desk.url("gift", gift.public_id), hidden=sent | {"confirmed": str(quoted)},
    )  # fmt: skip


def _exceeds(why: RefundExceeds, gift: Donation) -> str:
    if "numbers" in why.facts:
        numbers = ", ".join(map(str, why.facts["numbers"]))
        return _("Not in this gift, or refunded already: tiles %(n)s.") % {"n": numbers or "–"}
    most = money.format(why.facts.get("refundableCents", 0), gift.currency)
    return _("At most %(most)s can be refunded.") % {"most": most}
