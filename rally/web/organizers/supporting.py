"""Supporters: found by name, and what each of them gave. Contacts only for who may see them."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import Address, Person
from accounts.rights import Right
from campaigns.models import Campaign
from rally.web.organizers import base, giving, people, words
from rally.web.organizers.base import Desk


def chosen(request: HttpRequest, desk: Desk, right: Right) -> tuple[list[Campaign], list[Campaign]]:
    """The campaigns one holds the right in, and those of them that `?campaign=` asks for.

    A campaign that isn't among them shows all, as if nothing was asked for.
    """
    mine = list(desk.campaigns(right).select_related("goal").order_by("-pk"))
    slug = request.GET.get("campaign", "")
    asked = [one for one in mine if one.slug == slug]
    return mine, asked or mine


@base.organization_page(Right.SEE_MONEY, anywhere=True)
def supporters(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET /organize/{code}/people/supporters/?q=&campaign=."""
    mine, asked = chosen(request, desk, Right.SEE_MONEY)
    open_ones = {one.pk for one in asked if desk.sees_contacts(one)}
    typed = request.GET.get("q", "")[:100]
    # An address must not be found out by trying, so all of them must be there to see.
    by_email = len(open_ones) == len(asked)
    found = giving.supporters(desk, asked, typed.replace("\x00", ""), by_email=by_email)
    rows = base.page_of(request, found)
    listed = _rows(desk, list(rows), asked, open_ones)
    _note(desk, any(row["email"] for row in listed))
    one = asked[0] if len(asked) == 1 else None
    slug = one.slug if one else ""
    return base.show(
        request, "organize/people/supporters.html", desk, here="people", title=_("Supporters"),
        tabs=people.tabs(desk, "supporters"), rows=rows, supporters=listed, q=typed,
        campaigns=mine, slug=slug, query=urlencode({"q": typed, "campaign": slug}) + "&",
        email=bool(open_ones), found=rows.paginator.count,
        exports=desk.url("campaign-exports", slug) if one else "",
        lead=_("Everybody who gave, and what became of it."),
    )  # fmt: skip


def _rows(
    desk: Desk, found: Sequence[Person], campaigns: list[Campaign], open_ones: set[int]
) -> list[dict[str, Any]]:
    sums = giving.totals(found, campaigns)
    zone = desk.organization.time_zone
    return [
        {
            "name": str(one),
            "url": desk.url("supporter", one.public_id),
            "email": one.email if sums[one.pk]["campaigns"] & open_ones else "",
            "gifts": sums[one.pk]["gifts"],
            "total": giving.in_words(sums[one.pk]["sums"]),
            "last": words.day(sums[one.pk]["last"], zone) if sums[one.pk]["last"] else "–",
        }
        for one in found
    ]


@base.organization_page(Right.SEE_MONEY, anywhere=True)
def supporter(request: HttpRequest, desk: Desk, public_id: str) -> HttpResponse:
    """GET /organize/{code}/people/supporters/{public_id}/: contacts, and every gift."""
    mine = list(desk.campaigns(Right.SEE_MONEY).order_by("-pk"))
    found = giving.supporters(desk, mine, "", by_email=False).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    gifts = giving.history(found, mine)
    given = {row["campaign"].pk for row in gifts}
    sees = any(desk.sees_contacts(one) for one in mine if one.pk in given)
    _note(desk, sees, found)
    zone = desk.organization.time_zone
    for row in gifts:
        row["url"] = desk.url("gift", row["public_id"])
        row["day"] = words.day(row["at"], zone)
    addresses = Address.objects.filter(person=found, archived_at=None) if sees else []
    return base.show(
        request, "organize/people/supporter.html", desk, here="people", title=str(found),
        crumb={"url": desk.url("supporters"), "label": _("Supporters")}, person=found,
        sees=sees, addresses=list(addresses), gifts=gifts,
        total=giving.in_words(giving.totals([found], mine)[found.pk]["sums"]),
    )  # fmt: skip


def _note(desk: Desk, shown: bool, about: Person | None = None) -> None:
    """One entry per page that showed somebody's address; never who it was beyond the row's key."""
    if shown:
        audit.record(
            "contacts.seen", about=about or desk.organization, by=desk.user, door=desk.actor.door,
            organization_id=desk.organization.pk,
        )  # fmt: skip
