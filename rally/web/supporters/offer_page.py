"""Everything the page of a late payment's choice shows, open or decided."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boards.models import Claim
from payments.models import Line, Refund
from payments.offers import GIFT, REFUND, Lost, Offer
from rally.kit import money
from rally.web import facts, words
from rally.web.supporters import aftermath
from rally.web.supporters.aftermath import Note

SWATCHES = 24


def address(signed: str) -> str:
    return reverse("supporters:offer", args=[signed])


def context(found: Offer, signed: str, typed: Mapping[str, str]) -> dict[str, Any]:
    """The whole page; `typed` is what was posted before."""
    organization = found.checkout.hold.organization
    lines = list(
        found.refund.lines.select_related("line__claim__board__campaign").order_by("line_id")
    )
    claims = [part.line.claim for part in lines if part.line.claim]
    claims += list(found.checkout.hold.claims.select_related("board__campaign")[:1])
    board = claims[0].board if claims else None
    return {
        "organization": str(organization),
        "palette": board.campaign.palette if board else "marigold",
        "board_href": reverse("supporters:board", args=[board.public_id]) if board else "",
        "action": address(signed),
        "order_href": reverse("supporters:checkout", args=[found.checkout.hold.reference]),
        **(_decided(found) if found.decided else _open(found, typed)),
    }


def _open(found: Offer, typed: Mapping[str, str]) -> dict[str, Any]:
    currency, zone = found.refund.currency, found.checkout.hold.organization.time_zone
    numbers = ", ".join(str(lost.number) for lost in found.lost)
    own = _own(found)
    twice = all(lost.line.pk in own for lost in found.lost)
    facts_ = {
        "numbers": numbers,
        "amount": money.format(found.refund.amount_minor, currency),
    }
    late = ngettext(
        "Tile %(numbers)s had gone to somebody else when your payment came, so %(amount)s of it "
        "is waiting for your word.",
        "Tiles %(numbers)s had gone to somebody else when your payment came, so %(amount)s of it "
        "is waiting for your word.",
        len(found.lost),
    )
    paid_twice = ngettext(
        "Tile %(numbers)s is yours, and it was paid for twice. %(amount)s is waiting for your "
        "word.",
        "Tiles %(numbers)s are yours, and they were paid for twice. %(amount)s is waiting for "
        "your word.",
        len(found.lost),
    )
    return {
        "decided": False,
        "heading": _("You paid twice") if twice else _("Someone was faster"),
        "sentence": (paid_twice if twice else late) % facts_,
        "until": facts.moment(found.until, zone) if found.until else "",
        "lost": [_row(lost, currency, typed) | {"own": lost.line.pk in own} for lost in found.lost],
        "kept": _kept(found),
        "many": len(found.lost) > 1,
    }


def _own(found: Offer) -> set[int]:
    """Which "lost" lines are about tiles this supporter has: they were paid for twice.

    Both payments may stand on holds of their own, but these came of one browser's token.
    """
    live = Claim.objects.filter(
        ended_at=None, hold__token_hash=found.checkout.hold.token_hash,
        tile__in=[lost.line.claim.tile_id for lost in found.lost if lost.line.claim],
    )  # fmt: skip
    tiles = set(live.values_list("tile_id", flat=True))
    return {
        lost.line.pk for lost in found.lost if lost.line.claim and lost.line.claim.tile_id in tiles
    }


def _kept(found: Offer) -> list[int]:
    """The tiles of the same order that are safe."""
    lines = Line.objects.filter(checkout=found.checkout, claim__ended_at=None)
    lost = {lost.line.pk for lost in found.lost}
    kept = lines.exclude(claim=None).exclude(pk__in=lost).order_by("claim__number")
    return list(kept.values_list("claim__number", flat=True))


def _row(lost: Lost, currency: str, typed: Mapping[str, str]) -> dict[str, Any]:
    """One lost tile with its three ways out, what was typed kept."""
    key = lost.line.pk
    free = lost.free if lost.board.is_open else ()
    fee = lost.line.fee_share_minor
    amounts = {
        "tile": money.format(lost.amount_minor, currency),
        "fee": money.format(fee, currency),
    }
    picked = typed.get(f"number-{key}", "")
    return {
        "key": key,
        "number": lost.number,
        "paid": amounts["tile"],
        "back": money.format(lost.amount_minor + fee, currency),
        "fee_words": _("%(tile)s for the tile and %(fee)s of card fees you covered.") % amounts
        if fee
        else "",
        "what": typed.get(f"what-{key}", ""),
        "typed": typed.get(f"other-{key}", ""),
        "gives": typed.get(f"rest-{key}") == "give",
        "free": [_swatch(n, price, currency, picked) for n, price in free[:SWATCHES]],
        "more": len(free) > SWATCHES,
        "cheaper": any(price < lost.amount_minor for _n, price in free),
    }


def _swatch(number: int, price: int, currency: str, picked: str) -> dict[str, Any]:
    same = price == number * 10 ** money.decimals(currency)
    spoken = words.spoken(price, currency)
    return {
        "number": number,
        "price": "" if same else words.tag(price, currency),
        "label": _("Tile %(number)d, %(price)s") % {"number": number, "price": spoken},
        "checked": picked == str(number),
    }


def _decided(found: Offer) -> dict[str, Any]:
    currency = found.refund.currency
    lines = [part.line for part in found.refund.lines.select_related("line__claim")]
    tiles = sorted(
        line.claim.number
        for line in lines
        if line.claim and not line.claim.ended_at and found.decided not in (GIFT, REFUND)
    )
    gift = sum(line.amount_minor for line in lines if line.kind == Line.Kind.GIFT)
    return {
        "decided": True,
        "heading": _("This is decided"),
        "tiles": tiles,
        "sentence": _verdict(found, tiles, money.format(gift, currency) if gift else ""),
        "notes": _money_back(found),
    }


def _verdict(found: Offer, tiles: list[int], gift: str) -> str:
    """What the supporter chose, or what time chose for them."""
    said = []
    if tiles:
        listed = ", ".join(str(number) for number in tiles)
        said.append(
            ngettext(
                "You took tile %(numbers)s instead. It's yours.",
                "You took tiles %(numbers)s instead. They're yours.",
                len(tiles),
            )
            % {"numbers": listed}
        )
    if gift:
        said.append(_("You left %(amount)s as a plain gift. Thank you.") % {"amount": gift})
    if not said and found.refund.choice:
        said.append(_("You asked for your money back."))
    elif not said:
        said.append(_("We didn't hear from you in time, so the money goes back to you."))
    return " ".join(said)


def _money_back(found: Offer) -> list[Note]:
    """The refunds that came of it: this debt itself, or what remained of it after the choice."""
    zone = found.checkout.hold.organization.time_zone
    if not found.refund.choice:
        return [aftermath.went_back(found.refund, zone)]
    lines = found.refund.lines.values("line")
    later = Refund.objects.filter(
        payment=found.refund.payment, pk__gt=found.refund.pk, lines__line__in=lines
    )
    fresh = later.exclude(status=Refund.Status.CANCELED).distinct().order_by("pk")
    return [aftermath.went_back(refund, zone) for refund in fresh]
