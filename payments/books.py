"""What came in for each campaign and what became of it, to the cent, from the ledger.

An order belongs to the campaign its lines are for. One basket may hold tiles of several; each
of its postings is then split over them by what their lines came to, as fees are, and those of a
refund by the lines it pays back, so that the parts always add up to the posting.

The ledger only grows, so what was added up once stays added up: sums are remembered together
with how far they reach, and only what came in since is read. Should the ledger not be what it
was (rows committed late, another database), everything is added up again.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.core.cache import cache
from django.db import connection
from django.db.models import Count, Max, Q

from payments import fees
from payments.models import LedgerTransaction
from payments.models.ledger import LedgerEntry

Kind, Account = LedgerTransaction.Kind, LedgerEntry.Account
HELD = frozenset({Account.PROVIDER, Account.BANK})
BACK = frozenset({Kind.REFUND, Kind.REFUND_FAILED})

REMEMBERED_SECONDS = 86_400
# The orders that a stretch of the ledger is about.
THESE = """l.checkout_id IN (
            SELECT checkout_id FROM payments_ledgertransaction
            WHERE organization_id = %(here)s AND id > %(since)s AND id <= %(until)s)"""
SHARES = """
    WITH shares AS (
        SELECT l.checkout_id, d.campaign_id, sum(l.amount_minor + l.fee_share_minor) AS share
        FROM payments_line l JOIN campaigns_donation d ON d.id = l.donation_id
        JOIN campaigns_campaign c ON c.id = d.campaign_id
        WHERE c.organization_id = %(here)s AND {these} GROUP BY l.checkout_id, d.campaign_id),
    orders AS (
        SELECT checkout_id, min(campaign_id) AS campaign_id, count(*) AS campaigns
        FROM shares GROUP BY checkout_id)"""
# Everything is first added up for one campaign of its order; those for several come one by one
# and are then split. (Leaving those out here made PostgreSQL expect one order, and walk them.)
WHOLE = """
    WITH orders AS (
        SELECT l.checkout_id, min(d.campaign_id) AS campaign_id
        FROM payments_line l JOIN campaigns_donation d ON d.id = l.donation_id
        JOIN campaigns_campaign c ON c.id = d.campaign_id
        WHERE c.organization_id = %(here)s AND {these} GROUP BY l.checkout_id)
    SELECT o.campaign_id, t.kind, e.account, sum(e.amount_minor)
    FROM payments_ledgerentry e JOIN payments_ledgertransaction t ON t.id = e.transaction_id
    JOIN orders o ON o.checkout_id = t.checkout_id
    WHERE t.organization_id = %(here)s AND t.id > %(since)s AND t.id <= %(until)s
    GROUP BY o.campaign_id, t.kind, e.account"""
SPLIT = f"""{SHARES}
    SELECT e.id, t.kind, e.account, e.amount_minor, s.campaign_id, s.share, t.reference
    FROM payments_ledgerentry e JOIN payments_ledgertransaction t ON t.id = e.transaction_id
    JOIN orders o ON o.checkout_id = t.checkout_id
    JOIN shares s ON s.checkout_id = t.checkout_id
    WHERE t.organization_id = %(here)s AND t.id > %(since)s AND t.id <= %(until)s
    AND o.campaigns > 1
    ORDER BY e.id, s.campaign_id"""
# Refunds of orders for several campaigns that name lines.
PAID_BACK = f"""{SHARES}
    SELECT r.id, r.refund_id, d.campaign_id, sum(rl.amount_minor + rl.fee_share_minor)
    FROM payments_refundline rl JOIN payments_refund r ON r.id = rl.refund_id
    JOIN payments_line l ON l.id = rl.line_id JOIN campaigns_donation d ON d.id = l.donation_id
    JOIN payments_checkout k ON k.id = l.checkout_id JOIN boards_hold h ON h.id = k.hold_id
    JOIN orders o ON o.checkout_id = l.checkout_id
    WHERE h.organization_id = %(here)s AND o.campaigns > 1
    GROUP BY r.id, r.refund_id, d.campaign_id ORDER BY r.id, d.campaign_id"""


@dataclass(frozen=True, slots=True)
class Book:
    """One campaign's money in minor units. `net` is what is left: gross less all the others.

    `owed` is what still goes back and is still in `net`; `disputed` is what banks have taken
    for now or for good; `other` is what staff set right by hand.
    """

    gross: int = 0
    fees: int = 0
    refunded: int = 0
    disputed: int = 0
    other: int = 0
    net: int = 0
    owed: int = 0

    def __add__(self, more: "Book") -> "Book":
        names = self.__slots__
        return Book(*(getattr(self, name) + getattr(more, name) for name in names))


@dataclass(slots=True)
class Sums:
    """Postings added up by campaign, kind and account: `count` of them, the last of which has
    the key `until` and that reference."""

    until: int = 0
    count: int = 0
    reference: str = ""
    found: dict[int, dict[tuple[str, str], int]] = field(default_factory=dict)

    def add(self, campaign: int, kind: str, account: str, amount: int) -> None:
        row = self.found.setdefault(campaign, {})
        row[kind, account] = row.get((kind, account), 0) + int(amount)


def of(organization_id: int) -> dict[int, Book]:
    """Each campaign's book, by its key; those nothing was given to are left out.

    Two queries; with news two more, and another where baskets held tiles of several campaigns.
    """
    name = f"books:1:{organization_id}"
    sums = Sums(*cache.get(name, ()))
    last, count, known = _reach(organization_id, sums.until)
    if known != sums.count or not _is_same(sums):
        sums = Sums()
    if last > sums.until:
        _add(sums, organization_id, last)
        newest = LedgerTransaction.objects.filter(pk=last).values_list("reference", flat=True)
        sums.until, sums.count, sums.reference = last, count, newest.get()
        # Nothing but plain values, which every version of this program reads alike.
        cache.set(name, (last, count, sums.reference, sums.found), REMEMBERED_SECONDS)
    return {campaign: _book(found) for campaign, found in sums.found.items()}


def _reach(organization_id: int, until: int) -> tuple[int, int, int]:
    """The ledger's last key, how many postings there are, and how many up to `until`."""
    found = LedgerTransaction.objects.filter(organization=organization_id).aggregate(
        last=Max("pk"), count=Count("pk"), known=Count("pk", filter=Q(pk__lte=until))
    )
    return found["last"] or 0, found["count"], found["known"]


def _is_same(sums: Sums) -> bool:
    """Whether they were added up from this database, and not from the one before a restore."""
    last = LedgerTransaction.objects.filter(pk=sums.until, reference=sums.reference)
    return sums.until == 0 or last.exists()


def _add(sums: Sums, organization_id: int, until: int) -> None:
    stretch = {"here": organization_id, "since": sums.until, "until": until}
    for row in _rows(WHOLE, stretch):
        sums.add(*row)
    several = _rows(SPLIT, stretch)
    back = _paid_back(_rows(PAID_BACK, stretch)) if several else {}
    for row in _split(several, back):
        sums.add(*row)


def _rows(statement: str, stretch: Mapping[str, int]) -> list[tuple]:
    """From the beginning on it is about all orders, which needn't be looked up first."""
    with connection.cursor() as cursor:
        cursor.execute(statement.format(these=THESE if stretch["since"] else "1 = 1"), stretch)
        return list(cursor.fetchall())


def _paid_back(rows: Iterable[tuple]) -> dict[str, dict[int, int]]:
    """What each refund's postings are called: what it pays back of each campaign."""
    found: dict[str, dict[int, int]] = {}
    for key, refund_id, campaign, share in rows:
        names = [f"refund_due:{key}", f"refund_dropped:{key}"]
        if refund_id:
            names += [f"refund:{refund_id}", f"refund_failed:{refund_id}"]
        for name in names:
            found.setdefault(name, {})[campaign] = int(share)
    return found


def _split(
    rows: Iterable[tuple], back: Mapping[str, Mapping[int, int]]
) -> Iterator[tuple[int, str, str, int]]:
    """Each posting over its order's campaigns, by largest remainder, and off the first of them,
    to which it was added whole."""
    entries: dict[int, tuple[str, str, int, str, dict[int, int]]] = {}
    for key, kind, account, amount, campaign, share, reference in rows:
        found = entries.setdefault(key, (kind, account, amount, reference, {}))
        found[4][campaign] = int(share)
    for kind, account, amount, reference, lines in entries.values():
        shares = back.get(reference, lines)
        sign = -1 if amount < 0 else 1
        yield min(lines), kind, account, -amount
        parts = fees.split(abs(amount), list(shares.values()))
        for campaign, part in zip(shares, parts, strict=True):
            yield campaign, kind, account, sign * part


def _book(sums: Mapping[tuple[str, str], int]) -> Book:
    def total(kinds: Iterable[str], accounts: Iterable[str]) -> int:
        return sum(sums.get((kind, account), 0) for kind in kinds for account in accounts)

    everything = Kind.values
    gross = total({Kind.CAPTURE, Kind.OFFLINE}, HELD)
    cost = total(everything, {Account.PROCESSOR_FEE, Account.PLATFORM_FEE})
    refunded = -total(BACK, HELD)
    # What a dispute takes leaves the provider together with the bank's fee.
    disputed = -total({Kind.DISPUTE}, HELD) - total({Kind.DISPUTE}, {Account.PROCESSOR_FEE})
    net = total(everything, HELD)
    return Book(
        gross=gross, fees=cost, refunded=refunded, disputed=disputed, net=net,
        other=gross - cost - refunded - disputed - net,
        owed=-total(everything, {Account.REFUND_DUE}),
    )  # fmt: skip
