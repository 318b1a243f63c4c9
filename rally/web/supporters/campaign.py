"""A campaign's page: why, how far, its boards, its story, who gets the money, who gave."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from accounts.models import Organization
from boards.models import Board
from campaigns import viewing
from campaigns.models import Campaign, OldSlug
from payments import snapshots
from rally.kit import clock
from rally.web import base, facts, story, words
from rally.web.supporters import givers, pages, ranking
from rally.web.supporters.ranking import Ranking

if TYPE_CHECKING:
    from payments.snapshots import Snapshot

shelf = pages.Shelf()
MOST_BOARDS = 40
LARGEST_PICTURE = 400
KINDS = {"available": "f", "held": "h", "sold": "s", "blocked": "x"}


def find(slug: str) -> Campaign:
    """A campaign the public may see; raises Http404 for all others."""
    found = (
        Campaign.objects.filter(slug=slug, status__in=Campaign.PUBLIC, archived_at=None)
        .select_related("organization", "goal")
        .first()
    )
    if found is None:
        raise Http404(_("There is no such campaign."))
    return found


def picture(snap: "Snapshot") -> SafeString | str:
    """The board in little: one path per state, so that a hundred tiles are four elements."""
    if len(snap.cells) > LARGEST_PICTURE:
        return ""
    across = min(snap.columns, 10) if snap.columns in (5, 7, 8) else 10
    paths: dict[str, list[str]] = {}
    for index, cell in enumerate(snap.cells):
        row, column = divmod(index, across)
        corner = f"M{column + 0.07:.2f} {row + 0.07:.2f}h.86v.86h-.86z"
        paths.setdefault(KINDS[cell.status], []).append(corner)
    drawn = "".join(f'<path class="{kind}" d="{"".join(d)}"/>' for kind, d in paths.items())
    high = -(-len(snap.cells) // across)
    return mark_safe(
        f'<svg class="mini" viewBox="0 0 {across} {high}" aria-hidden="true">{drawn}</svg>'
    )


def board_card(snap: "Snapshot", query: str = "") -> dict[str, Any]:
    """A board in little; `query` goes along, such as "?t=falcons" for whom it's opened."""
    free = snap.counts["available"]
    left = ngettext("%(n)d tile is free.", "%(n)d tiles are free.", free) % {"n": free}
    return {
        "title": snap.title,
        "href": reverse("supporters:board", args=[snap.public_id]) + query,
        "label": _("%(board)s: %(left)s Open the board") % {"board": snap.title, "left": left},
        "picture": picture(snap),
        "prices": words.prices([(c.number, c.price_minor) for c in snap.cells], snap.currency),
        "words": left if free else _("Every tile is taken."),
        "is_open": snap.is_open and free > 0,
    }


def notice(campaign: Campaign, shown: "list[Snapshot]") -> str:
    """Why nothing can be picked here; empty when it can."""
    if campaign.organization.status == Organization.Status.FROZEN:
        return _(
            "This campaign is paused. No tiles can be picked now; payments under way still finish."
        )
    if campaign.status == Campaign.Status.COMPLETED:
        return _("This campaign is over. Thank you to everyone who took part.")
    if shown and not any(snap.is_open for snap in shown):
        return _("The boards are closed. You can still see who took part.")
    return ""


def boards(campaign: Campaign) -> "list[Snapshot]":
    """The campaign's boards as the public sees them now."""
    found = Board.objects.filter(campaign=campaign, archived_at=None).order_by("position", "pk")
    public = found.values_list("public_id", flat=True)[:MOST_BOARDS]
    return [snapshots.snapshot(public_id) for public_id in public]


def thermometer(campaign: Campaign, shown: "list[Snapshot]", now: dt.datetime) -> facts.Thermometer:
    return facts.thermometer(
        raised_minor=campaign.goal.raised_minor,
        goal_minor=campaign.goal.amount_minor,
        currency=campaign.currency,
        supporters=(shown[0].campaign.supporters or 0) if shown else 0,
        deadline=campaign.deadline,
        time_zone=campaign.time_zone,
        tiles_left=sum(snap.counts["available"] for snap in shown) if shown else None,
        now=now,
    )


def context(
    campaign: Campaign, shown: "list[Snapshot]", thermo: object, site: str,
    rankings: Sequence[Ranking] = (),
) -> dict[str, Any]:  # fmt: skip
    cards = [board_card(snap) for snap in shown]
    listed, others = givers.of(campaign, shown)
    return {
        "facts": campaign,
        "organization": str(campaign.organization),
        "palette": campaign.palette,
        "thermo": thermo,
        "boards": cards,
        "go": next((card["href"] for card in cards if card["is_open"]), ""),
        "story": story.html(campaign.story) if campaign.story else "",
        "people": listed,
        "others": others,
        "rankings": rankings,
        "notice": notice(campaign, shown),
        "link": site + reverse("supporters:campaign", args=[campaign.slug]),
    }


@csrf_exempt
@require_safe
def campaign(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /c/{slug}/; an old slug leads to the new one for ever."""
    old = OldSlug.objects.filter(slug=slug).select_related("campaign").first()
    if old is not None:
        return HttpResponsePermanentRedirect(
            reverse("supporters:campaign", args=[old.campaign.slug])
        )
    found, site = find(slug), base.site(request)
    viewing.seen(found.pk)
    shown = boards(found)
    thermo = thermometer(found, shown, clock.now(found.organization.clock_offset_s))
    seen = tuple((snap.board_pk, snap.etag, snap.title, snap.is_open) for snap in shown)
    ours = (str(found.organization), found.organization.status, found.organization.noindex)
    ranked = ranking.of(found)
    key = (found.pk, found.modified_at, ours, thermo, seen, site, ranked,
           translation.get_language())  # fmt: skip

    def build() -> str:
        return render_to_string("campaign/page.html", context(found, shown, thermo, site, ranked))

    return pages.answer(request, shelf.get(key, build))
