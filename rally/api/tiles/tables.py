"""What each list can be filtered and sorted by: one declared table per object.

The tables are all there is: views list by them, and the published schema is made of them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import JoinRequest
from campaigns.models import Campaign, Donation
from payments.models import Dispute, Line

CHOICE, TEXT, AMOUNT, INSTANT, ID = "choice", "text", "amount", "instant", "id"
AMOUNT_MOST = 10**15


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """One field of an object: its name on the wire and where it stands.

    A `sort` of "" can't be sorted by; None means by `path`. A sort must never meet a null.
    """

    name: str
    path: str
    kind: str
    words: str | Promise
    choices: Sequence[str] = ()
    sort: str | None = None
    filters: bool = True
    # For what isn't a column of the object itself: the condition of a value.
    through: Callable[[Any], Q] | None = None

    @property
    def sorted_by(self) -> str:
        """The path it is sorted by; "" if it isn't."""
        return self.path if self.sort is None else self.sort


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One object's columns. `most` rows a page; `always_next` names `next` when there is none.

    Without `sort` rows come by `order`, a path of unique, never null values.
    """

    name: str
    columns: Sequence[Column]
    order: str = "-pk"
    default: int = 100
    most: int = 100
    always_next: bool = True

    def column(self, name: str) -> Column | None:
        """The column of that name on the wire."""
        return next((column for column in self.columns if column.name == name), None)

    @property
    def sortable(self) -> list[str]:
        """What `sort` may name."""
        return [column.name for column in self.columns if column.sorted_by]

    @property
    def filterable(self) -> list[Column]:
        """What may be asked for by name."""
        return [column for column in self.columns if column.filters]


def _of_board(public_id: str) -> Q:
    lines = Line.objects.filter(claim__board__public_id=public_id)
    return Q(pk__in=lines.values("donation"))


# What a gift is on the wire: as it stands with us, or disputed while the giver's bank is taking
# its charge back.
DISPUTED = "disputed"
GIFT_STATUSES = (*Donation.Status.values, DISPUTED)


def _of_status(wanted: Sequence[str]) -> Q:
    orders = Dispute.objects.filter(is_open=True).values("payment__checkout")
    disputed = Q(
        status=Donation.Status.CONFIRMED,
        pk__in=Line.objects.filter(checkout__in=orders).values("donation"),
    )
    found = Q(status__in=wanted) & ~disputed
    return found | disputed if DISPUTED in wanted else found


CAMPAIGNS = Table(
    "campaigns",
    (
        Column("status", "status", CHOICE, _("where it is in its life"), Campaign.Status.values),
        Column("type", "type", CHOICE, _("who raises the money"), Campaign.Type.values),
        Column("title", "name_key", TEXT, _("without regard to case; `*` at either end")),
        Column("goalCents", "goal__amount_minor", AMOUNT, _("what it aims for")),
        Column("raisedCents", "goal__raised_minor", AMOUNT, _("what came in")),
        Column("deadline", "deadline", INSTANT, _("its last moment"), sort="deadline_or_never"),
    ),
    default=1000, most=1000, always_next=False,
)  # fmt: skip
GIFTS = Table(
    "gifts",
    (
        Column("status", "", CHOICE, _("whether it counts"), GIFT_STATUSES, sort="",
               through=_of_status),
        Column("amountCents", "amount_minor", AMOUNT, _("without cover fees")),
        # Ids rise with time and have an index within a campaign; instants have none.
        Column("createdAt", "created_at", INSTANT, _("when it was written down"), sort="pk"),
        Column("boardId", "", ID, _("gifts with a tile of this board"), sort="",
               through=_of_board),
    ),
)  # fmt: skip
JOIN_REQUESTS = Table(
    "requests",
    (
        Column("status", "status", CHOICE, _("decided or not; pending if not asked for"),
               JoinRequest.Status.values),
        Column("organizationId", "organization__public_id", ID, _("who was asked"), sort=""),
        Column("createdAt", "created_at", INSTANT, _("when it was asked"), sort="pk"),
    ),
    default=1000, most=1000, always_next=False,
)  # fmt: skip
TEAMS = Table(
    "teams",
    (
        Column("name", "name_key", TEXT, _("without regard to case; `*` at either end")),
        Column("raisedCents", "raised", AMOUNT, _("what came in for it")),
    ),
    order="pk",
)
FUNDRAISERS = Table(
    "fundraisers",
    (Column("raisedCents", "raised", AMOUNT, _("what came in for them")),),
    order="pk",
)
DELIVERIES = Table(
    "deliveries",
    (
        Column("status", "state", CHOICE, _("how far it has come"),
               ("waiting", "delivered", "failed"), sort=""),
        Column("type", "kind", TEXT, _("the event's type; `*` at either end"), sort=""),
    ),
)  # fmt: skip
TABLES = (CAMPAIGNS, GIFTS, JOIN_REQUESTS, TEAMS, FUNDRAISERS, DELIVERIES)
