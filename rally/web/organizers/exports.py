"""Lists to take along: streamed row by row, so that their length costs no memory."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

from accounts import audit
from accounts.rights import Right
from payments import exports
from rally.kit import clock
from rally.web.organizers import base
from rally.web.organizers.base import Desk

BOM = "\ufeff"
# A spreadsheet takes text that starts like this for a formula. Source: OWASP "CSV Injection".
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
ROWS_AT_ONCE = 200


class Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def safe(value: object) -> object:
    """A cell no spreadsheet calculates. Amounts are ours and stay numbers."""
    if isinstance(value, str):
        value = value.replace("\x00", "")
        return f"'{value}" if value.lstrip(" ").startswith(FORMULA) else value
    return value


def lines(head: Sequence[object], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The file in pieces: UTF-8 with a mark that tells spreadsheets so, every cell quoted."""
    writer = csv.writer(Echo(), quoting=csv.QUOTE_NONNUMERIC)
    piece = [BOM, writer.writerow([str(name) for name in head])]
    for row in rows:
        piece.append(writer.writerow([safe(cell) for cell in row]))
        if len(piece) >= ROWS_AT_ONCE:
            yield "".join(piece)
            piece = []
    yield "".join(piece)


@base.campaign_page(Right.RUN_CAMPAIGNS)
def choose(request: HttpRequest, desk: Desk) -> HttpResponse:
    """GET /organize/{code}/c/{slug}/exports/: what there is, and what will be in it."""
    campaign = desk.campaign
    assert campaign is not None
    names = {
        "gifts": (_("Gifts"), _("One row per gift, with its tiles and what was refunded.")),
        "tiles": (_("Tiles"), _("Every tile of every board, its price, and who has it.")),
        "supporters": (_("Supporters"), _("One row per person, with all they gave here.")),
    }
    files = [
        {"label": label, "words": words, "url": desk.url("campaign-export", campaign.slug, name)}
        for name, (label, words) in names.items()
    ]
    return base.show(
        request, "organize/campaign/exports.html", desk, here="people", title=_("Lists"),
        crumb={"url": desk.url("campaign", campaign.slug), "label": campaign.title},
        files=files, contacts=desk.sees_contacts(campaign),
        lead=_("CSV files for any spreadsheet."),
    )  # fmt: skip


@base.campaign_page(Right.RUN_CAMPAIGNS)
def export(request: HttpRequest, desk: Desk, name: str) -> HttpResponse:
    """GET /organize/{code}/c/{slug}/exports/{name}.csv. E-mails and addresses only by right."""
    campaign = desk.campaign
    assert campaign is not None
    listing = exports.LISTINGS.get(name)
    if listing is None:
        raise Http404
    contacts = desk.sees_contacts(campaign)
    audit.record(
        f"export.{name}", about=campaign, by=desk.user, door=desk.actor.door,
        facts={"contacts": contacts},
    )  # fmt: skip
    rows = lines(listing.head(contacts), listing.rows(campaign, contacts))
    return download(rows, f"{campaign.slug}-{name}")


def download(rows: Iterable[str], name: str) -> HttpResponse:
    """The file, streamed, by a name that ends in today's date."""
    answer = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    day = clock.now().strftime("%Y-%m-%d")
    answer["Content-Disposition"] = f'attachment; filename="{name}-{day}.csv"'
    answer["X-Content-Type-Options"] = "nosniff"
    return cast(HttpResponse, answer)
