"""How a row of the table of routes is written, and what it means.

A row names a route of `rally.web.organizers` and says who may use it:

    Row("people", may=ADMINS)
    Row("people-remove", may=ADMINS, args=lambda w: [w.ours.code, w.member.pk],
        foreign=lambda w: [w.ours.code, w.their_membership.pk], methods=("GET", "POST"))

`may` are those who get an answer; of the others, members of the organization get 403 and
everybody else 404; without a session any of them leads to the sign-in page. `foreign` is the
same address with something of the other organization in it: 404 for everybody. Give it for
every route that names more than the organization. `hidden` are members who get 404 (a
campaign-limited role on another campaign). Rows stand in `tests/organizers/routes/*.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.organizers.world import KINDS, ROLES, World

MEMBERS = frozenset({*ROLES, "limited"})
EVERYBODY = frozenset(KINDS)
SIGNED_IN = EVERYBODY - {"anonymous"}
OWNERS = frozenset({"owner"})
ADMINS = frozenset({"owner", "admin"})
RUNNERS = frozenset({"owner", "admin", "team_admin"})
MODERATORS = RUNNERS | {"moderator"}
READERS = RUNNERS | {"viewer"}
Args = Callable[[World], Sequence[Any]]


def _code(world: World) -> list[Any]:
    return [world.ours.code]


@dataclass(frozen=True)
class Row:
    """One route, and who gets what."""

    name: str
    may: frozenset[str]
    args: Args = _code
    foreign: Args | None = None
    methods: tuple[str, ...] = ("GET",)
    hidden: frozenset[str] = frozenset()
    data: dict[str, Any] = field(default_factory=dict)
    answers: frozenset[int] = frozenset({200, 302, 400, 409})

    def expected(self, kind: str) -> frozenset[int] | str:
        """The statuses that are right for one kind of visitor; "login" for the way in."""
        if kind in self.may:
            return self.answers
        if kind == "anonymous":
            return "login"
        if kind in MEMBERS and kind not in self.hidden:
            return frozenset({403})
        return frozenset({404})
