"""One call: who makes it, what it asks for, and the endpoint it reached."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.http import HttpRequest

from rally.api.limits import Meter
from rally.api.sprocket import bodies
from rally.api.sprocket.answers import Answer
from rally.api.sprocket.asking import Asked
from rally.api.sprocket.auth import Caller
from rally.api.sprocket.fields import Sight, Table, show
from rally.api.sprocket.paging import Listing, page
from rally.kit import ids


class Auth(StrEnum):
    """The documentation's names for how a call proves who makes it."""

    CLIENT = "ClientSecret"
    TOKEN = "AccessToken"
    ADMIN = "AccessToken of an admin"


class Takes(StrEnum):
    """What the body holds."""

    NOTHING = ""
    ONE = "one object"
    MANY = "one object, or several"


@dataclass(frozen=True)
class Call:
    """What an act gets to work with."""

    request: HttpRequest
    caller: Caller
    asked: Asked
    meter: Meter
    key: str = ""

    def count(self, times: int = 1) -> None:
        """Count so many calls of this program. Raises RateLimited."""
        self.meter.count("api", self.caller.counted_as, times)

    @cached_property
    def body(self) -> Any:
        """The body as it stands. Raises Refusal."""
        return bodies.read(self.request)

    def values(self, table: Table) -> bodies.Values:
        """The one object in the body, typed. Raises Refusal."""
        return bodies.values(table, bodies.unwrapped(self.body, table))

    def may(self, scope: str) -> bool:
        """Whether the token was granted this scope."""
        return self.caller.bearer is not None and scope in self.caller.bearer.scopes

    def request_key(self, index: int = 0) -> str:
        """What makes two tries of one record the same; empty without an Idempotency-Key."""
        if not self.key:
            return ""
        return ids.digest(f"{self.owner} {self.request.path} {self.key} {index}")

    @property
    def owner(self) -> str:
        """Whose keys these are: those of different programs and users never meet."""
        client = self.caller.client.pk if self.caller.client else 0
        return f"sprocket:{client}:{self.caller.user_id or 0}:{self.caller.organization_id or 0}"


Act = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One row of the table of endpoints: from it come routes, checks and documents."""

    verb: str
    path: str
    auth: Auth
    act: Act
    table: Table
    about: str
    scope: str = ""
    lists: bool = False
    takes: Takes = Takes.NOTHING
    leaders: bool = False
    deletes: bool = False

    @property
    def name(self) -> str:
        """For anchors and files: get-campaigns-campaign-users."""
        path = self.path.replace("{", "").replace("}", "")
        return f"{self.verb.lower()}-{path.replace('/', '-')}"


def listed(call: Call, listing: Listing, sight: Sight) -> Answer:
    """A page of a list."""
    return Answer(page(listing, call.asked, sight), listing.table.plural)


def one(table: Table, row: Any, sight: Sight) -> Answer:
    """A single object under its name."""
    return Answer({table.name: show(table, row, sight)}, table.name)


def deleted(pk: int) -> Answer:
    """What a DELETE answers."""
    return Answer({"Id": pk})
