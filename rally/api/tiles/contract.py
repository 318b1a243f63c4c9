"""How an operation of this dialect is described: what is sent, what comes back, what can fail.

Published documents, the schema, the runnable examples and their tests are all made of these
rows. Values that start with `$` stand for what the reader has in the environment.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rally.api.tiles.tables import Table

Words = str | Promise
# Who may call: anybody, whoever has the hold's token, or a member with token or cookie.
ANYBODY, HOLDER, MEMBER, STRIPE = "anybody", "holder", "member", "stripe"


@dataclass(frozen=True, slots=True)
class Maybe:
    """An example value that can also be null."""

    example: Any


@dataclass(frozen=True, slots=True)
class Failure:
    """One way to fail: the status, the code in the body, and when it comes."""

    status: int
    code: str
    words: Words


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One verb on one path. `body` and `answer` are examples; `optional` fields of the body may
    be left out. `query` holds plain parameters besides those of `table`."""

    name: str
    section: str
    verb: str
    path: str
    words: Words
    answer: Any
    who: str = MEMBER
    body: Mapping[str, Any] | None = None
    optional: Sequence[str] = ()
    status: int = 200
    failures: Sequence[Failure] = ()
    table: Table | None = None
    query: Mapping[str, tuple[Words, Any]] = field(default_factory=dict)
    rate: str = "api"
    note: Words = ""

    @property
    def placeholders(self) -> list[str]:
        """The names in the path: `/api/boards/{boardId}` has `boardId`."""
        return [part[1:-1] for part in self.path.split("/") if part.startswith("{")]

    @property
    def fails(self) -> list[Failure]:
        """All its ways to fail, those that every such call has included."""
        found = list(self.failures)
        if self.body is not None or self.table is not None:
            found.insert(0, INVALID)
        if self.who == MEMBER:
            found += [UNAUTHORIZED, FORBIDDEN]
            if self.verb != "GET":
                found.append(CSRF)
        if self.rate:
            found.append(LIMITED)
        return found


INVALID = Failure(400, "invalid_request", _("A field is missing, unknown or wrong; "
                                            "`details.field` names it."))  # fmt: skip
UNAUTHORIZED = Failure(401, "unauthorized", _("No token, or one that doesn't work."))
FORBIDDEN = Failure(403, "forbidden", _("The role or the token's scope doesn't allow it."))
CSRF = Failure(403, "csrf_failed", _("The cookie came without `X-CSRFToken`."))
LIMITED = Failure(429, "rate_limited", _("Too many calls; `Retry-After` says how long to wait."))
NOT_FOUND = Failure(404, "not_found", _("There is no such thing, or it isn't yours to see."))
TAKEN = Failure(409, "slot_unavailable", _("Somebody has one of them; `details.slotIds` says "
                                           "which. Nothing was held."))  # fmt: skip
CLOSED = Failure(409, "board_closed", _("The board takes no new picks."))
CONFLICT = Failure(409, "conflict", _("It isn't in a state in which that can be done."))
EXPIRED = Failure(410, "hold_expired", _("The hold ran out."))
LIMIT = Failure(409, "hold_limit", _("It can't be extended or made larger."))
PAYING = Failure(409, "checkout_open", _("A payment for these tiles is open."))
SMALL = Failure(400, "amount_too_small", _("Cards take no sum that small."))
UNAVAILABLE = Failure(503, "payments_unavailable", _("Stripe can't be reached; the hold is kept. "
                                                     "Try again after `Retry-After`."))  # fmt: skip
WHICH = Failure(400, "organization_required", _("You may do this in several organizations; "
                                                "name one in `organizationId`."))  # fmt: skip
