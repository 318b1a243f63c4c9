"""The rows of a campaign's lists: gifts, tiles, supporters. Read in pieces, never all at once.

Amounts are decimals in the campaign's currency; instants are in its time zone. Contact columns
are there only when they are asked for; who may ask is the caller's business.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, Max, OuterRef, Q, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import Address, Person
from boards.models import Claim, Tile
from campaigns.models import Campaign, Donation, DonationEntry
from payments.models import Line
from payments.snapshots import status_of
from rally.kit import clock, money

PIECE = 500
T = TypeVar("T")
Cells = list[Any]
# A card order that nobody paid is nobody's gift; money promised by hand is.
REAL = ~Q(status=Donation.Status.PENDING) | Q(is_verified=False)
CONTACTS = (
    _("E-mail"), _("Phone"), _("Street"), _("City"), _("State"), _("Postal code"), _("Country"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: its columns without contacts, and how its rows are read."""

    columns: tuple[Any, ...]
    rows: Callable[[Campaign, bool], Iterator[Cells]]
    has_people: bool = True

    def head(self, contacts: bool) -> list[Any]:
        """The first line of the file."""
        return [*self.columns, *(CONTACTS if contacts and self.has_people else ())]


def pieces(rows: Iterable[T], size: int = PIECE) -> Iterator[list[T]]:
    """The rows, so many at a time."""
    going = iter(rows)
    while piece := list(islice(going, size)):
        yield piece


def _gifts(campaign: Campaign, with_contacts: bool) -> Iterator[Cells]:
    rows = (
        Donation.objects.filter(REAL, campaign=campaign)
        .select_related("person", "goal__team", "goal__member__person")
        .order_by("pk")
    )
    for piece in pieces(rows.iterator(chunk_size=PIECE)):
        left_of, numbers_of = left(piece), numbers(piece)
        reach = contacts([gift.person for gift in piece]) if with_contacts else {}
        for gift in piece:
            owner = gift.goal.team or gift.goal.member
            yield [
                local(gift.paid_at or gift.created_at, campaign),
                gift.public_id, gift.receipt_number or "",
                str(gift.person or ""), gift.get_shown_as_display(),
                major(gift.amount_minor, gift.currency),
                major(left_of.get(gift.pk, 0), gift.currency), gift.currency,
                gift.get_payment_type_display(), gift.get_status_display(), str(owner or ""),
                numbers_of.get(gift.pk, ""),
                *(reach.get(gift.person_id, [""] * len(CONTACTS)) if with_contacts else ()),
            ]  # fmt: skip


def local(at: dt.datetime, campaign: Campaign) -> str:
    """An instant as a spreadsheet reads it, in the campaign's time zone."""
    return at.astimezone(ZoneInfo(campaign.time_zone)).strftime("%Y-%m-%d %H:%M")


def left(gifts: Sequence[Donation]) -> dict[int, int]:
    """What still counts of each gift, in minor units. One query."""
    rows = DonationEntry.objects.filter(donation__in=gifts).order_by().values_list("donation")
    return dict(rows.annotate(n=Sum("amount_minor")))


def numbers(gifts: Sequence[Donation]) -> dict[int, str]:
    """The numbers of each gift's tiles. One query."""
    found: dict[int, list[str]] = defaultdict(list)
    lines = Line.objects.filter(donation__in=gifts, claim__isnull=False)
    for gift, number in lines.order_by("claim__number").values_list("donation", "claim__number"):
        found[gift].append(str(number))
    return {gift: " ".join(numbers) for gift, numbers in found.items()}


def contacts(people: Sequence[Person | None]) -> dict[int | None, Cells]:
    """E-mail, phone and the newest address of each."""
    known = {one.pk: one for one in people if one is not None}
    newest: dict[int, Address] = {}
    for address in Address.objects.filter(person__in=known, archived_at=None).order_by("pk"):
        newest[address.person_id] = address
    return {pk: [one.email, one.phone, *_lines(newest.get(pk))] for pk, one in known.items()}


def _lines(address: Address | None) -> Cells:
    if address is None:
        return [""] * 5
    street = ", ".join(filter(None, (address.line_1, address.line_2)))
    return [street, address.city, address.state, address.zip, address.country]


def _tiles(campaign: Campaign, with_contacts: bool) -> Iterator[Cells]:
    """Every tile of every board; a hold past its time shows as free."""
    now = clock.now(campaign.organization.clock_offset_s)
    tiles = Tile.objects.filter(board__campaign=campaign, board__archived_at=None)
    rows = tiles.order_by("board__position", "board", "number").values_list(
        "pk", "board__title", "number", "price_minor", "board__currency", "sponsor_name"
    )
    for piece in pieces(rows.iterator(chunk_size=PIECE)):
        keys = [row[0] for row in piece]
        live = Claim.objects.filter(tile__in=keys, ended_at=None).values_list(
            "tile", "hold__kind", "hold__phase", "hold__expires_at"
        )
        states = {
            tile: "available" if phase == "browsing" and until and until <= now
            else status_of(kind, phase)
            for tile, kind, phase, until in live
        }  # fmt: skip
        names = _holders(keys)
        for pk, board, number, price, currency, sponsor in piece:
            yield [
                board, number, major(price, currency), currency, states.get(pk, "available"),
                sponsor or names.get(pk, ""),
            ]  # fmt: skip


def _holders(tiles: Sequence[int]) -> dict[int, str]:
    lines = Line.objects.filter(
        claim__tile__in=tiles, claim__ended_at=None, claim__hold__phase="sold"
    ).select_related("claim", "donation__person")  # fmt: skip
    return {line.claim.tile_id: str(line.donation.person or "") for line in lines if line.claim}


def _supporters(campaign: Campaign, with_contacts: bool) -> Iterator[Cells]:
    zone = ZoneInfo(campaign.time_zone)
    gifts = Donation.objects.filter(REAL, campaign=campaign)
    people = Person.objects.filter(Exists(gifts.filter(person=OuterRef("pk")))).order_by("pk")
    for piece in pieces(people.iterator(chunk_size=PIECE)):
        mine = gifts.filter(person__in=piece).order_by().values_list("person")
        counts = {row[0]: row[1:] for row in mine.annotate(n=Count("pk"), at=Max("paid_at"))}
        entries = DonationEntry.objects.filter(
            donation__person__in=piece, donation__campaign=campaign
        )
        sums = dict(
            entries.order_by().values_list("donation__person").annotate(n=Sum("amount_minor"))
        )
        reach = contacts(piece) if with_contacts else {}
        for person in piece:
            number, at = counts.get(person.pk, (0, None))
            yield [
                person.public_id, person.first_name, person.last_name, number,
                major(sums.get(person.pk, 0), campaign.currency), campaign.currency,
                at.astimezone(zone).strftime("%Y-%m-%d") if at else "",
                *(reach.get(person.pk, []) if with_contacts else []),
            ]  # fmt: skip


def major(minor: int, currency: str) -> Decimal:
    """An amount as a number a spreadsheet can add up."""
    return money.major(minor, currency)


GIFTS = (
    _("When"), _("Gift"), _("Receipt"), _("From"), _("Shown as"), _("Amount"),
    _("Left after refunds"), _("Currency"), _("How"), _("State"), _("Credited to"), _("Tiles"),
)  # fmt: skip
MESSAGE = _("Message")
TILES = (_("Board"), _("Tile"), _("Price"), _("Currency"), _("State"), _("Who has it"))
SUPPORTERS = (
    _("Person"), _("First name"), _("Last name"), _("Gifts"), _("Given, after refunds"),
    _("Currency"), _("Last gift"),
)  # fmt: skip
LISTINGS = {
    "gifts": Listing(GIFTS, _gifts),
    "tiles": Listing(TILES, _tiles, has_people=False),
    "supporters": Listing(SUPPORTERS, _supporters),
}
