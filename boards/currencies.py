"""The currency of a campaign and its boards: it can change until somebody has picked or given.

The figures stay: 7,500 dollars become 7,500 euros. What was promised to a supporter or booked
for a giver is never said in another currency.
"""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from accounts.rights import Right, require
from boards import relaying
from boards.models import Board, Tile
from campaigns import news
from campaigns.editing import locked
from campaigns.models import Campaign, Donation, Goal
from rally.kit import money
from rally.kit.errors import DomainError, InvalidInput
from rally.kit.retries import retrying


class CurrencySettled(DomainError):
    """Somebody has picked a tile or given: amounts are promised in the currency they saw."""

    code = "conflict"
    sentence = gettext_lazy(
        "Somebody has picked a tile or given already, so the currency is settled. To raise money "
        "in another one, make another campaign."
    )


def is_settled(campaign: Campaign) -> bool:
    """Whether the currency can't change any more. Two queries."""
    picked = Board.objects.filter(campaign=campaign, locked_at__isnull=False)
    return picked.exists() or Donation.objects.filter(campaign=campaign).exists()


def change(campaign: Campaign, currency: str, by: Actor) -> Campaign:
    """Goals, boards and tiles in another currency, by the same figures; again is no change.

    Raises Forbidden, CurrencySettled, and InvalidInput for what is no currency, or where an
    amount has parts that the other currency hasn't.
    """
    require(by, Right.RUN_CAMPAIGNS, campaign.organization_id, campaign.pk)
    if not money.is_currency(currency):
        raise InvalidInput(_("Three letters, such as USD."), field="currency")

    def work() -> None:
        row = locked(campaign.pk)
        if row.currency == currency:
            return
        _change(row, currency)
        facts = {"fields": ["currency"], "from": row.currency, "to": currency}
        Campaign.objects.filter(pk=row.pk).update(currency=currency)
        news.tell("campaign.edited", row, by, facts=facts)

    retrying(work)
    campaign.refresh_from_db()
    return campaign


def _change(campaign: Campaign, currency: str) -> None:
    """Goals first, then boards, by key: the order of locks that everybody keeps.

    A reserve that saw the old layout is turned away by the guard of its last statement.
    """
    for goal in Goal.objects.filter(pk__in=_goals(campaign)).order_by("pk"):
        amount = converted(goal.amount_minor, campaign.currency, currency)
        Goal.objects.filter(pk=goal.pk).update(amount_minor=amount)
    rows = Board.objects.filter(campaign=campaign).select_for_update(no_key=True, of=("self",))
    boards = list(rows.order_by("pk"))
    if is_settled(campaign):
        raise CurrencySettled
    for board in boards:
        _reprice(board, currency)


def _goals(campaign: Campaign) -> list[int]:
    own = Goal.objects.filter(campaign=campaign)
    teams = Goal.objects.filter(team__campaign=campaign)
    members = Goal.objects.filter(member__campaign=campaign)
    return [pk for rows in (own, teams, members) for pk in rows.values_list("pk", flat=True)]


def _reprice(board: Board, currency: str) -> None:
    old = board.currency
    board.currency, board.layout = currency, board.layout + 1
    board.unit_minor = converted(board.unit_minor, old, currency)
    board.bands = [
        band | {"priceMinor": converted(band["priceMinor"], old, currency)} for band in board.bands
    ]
    relaying.check(board)
    board.save(update_fields=[*relaying.LAYOUT, "layout"])
    tiles = list(Tile.objects.filter(board=board))
    for tile in tiles:
        tile.price_minor = converted(tile.price_minor, old, currency)
    Tile.objects.bulk_update(tiles, ["price_minor"], batch_size=500)
    relaying.note(board.pk)


def converted(minor: int, old: str, new: str) -> int:
    """The same figure in minor units of the other currency. Raises InvalidInput naming it."""
    scaled = Decimal(minor).scaleb(money.decimals(new) - money.decimals(old))
    if scaled != scaled.to_integral_value() or int(scaled) % money.step(new):
        raise InvalidInput(
            _("%(amount)s has parts that %(currency)s doesn't have. Change that amount first.")
            % {"amount": money.format(minor, old), "currency": new},
            field="currency",
        )
    return int(scaled)
