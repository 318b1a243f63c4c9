"""One call: whose program makes it, what it asks for, and the endpoint it reached."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.http import HttpRequest

from accounts.actors import Actor
from accounts.machines import Machine
from accounts.models import Organization, Partner
from rally.api.rallyup.answers import Answer
from rally.api.rallyup.asking import Asked
from rally.api.rallyup.fields import Table


class Who(StrEnum):
    """Whose token a call takes."""

    ORGANIZATION = "an organization's token"
    PARTNER = "a partner's token"


@dataclass(frozen=True, slots=True)
class Call:
    """What an act gets to work with."""

    request: HttpRequest
    machine: Machine
    asked: Asked
    plain: bool = False

    @property
    def actor(self) -> Actor:
        """For verbs."""
        return self.machine.actor

    @property
    def organization(self) -> Organization:
        """The organization whose token this is."""
        assert self.machine.organization is not None
        return self.machine.organization

    @property
    def partner(self) -> Partner:
        """The partner whose token this is."""
        assert self.machine.partner is not None
        return self.machine.partner


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as the documents name it; calls may write it in any case."""

    name: str
    about: str
    needed: bool = False
    kind: str = "string"
    example: str = ""


Act = Callable[..., Answer]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One row of the table of endpoints: routes, checks and documents are made of it.

    `custom` calls are for partners that may manage organizations of their own. `plain` lists
    are arrays without page data, and 204 when empty. `once` answers show a secret, so they are
    never kept for a repeated call.
    """

    verb: str
    path: str
    who: Who
    act: Act
    table: Table | None
    about: str
    lists: bool = False
    plain: bool = False
    custom: bool = False
    once: bool = False
    parameters: tuple[Parameter, ...] = ()

    def answer(self, call: Call, **keys: Any) -> Answer:
        """Do it."""
        return self.act(call, **keys)
