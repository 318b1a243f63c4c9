"""Programs with tokens, for tests of the routes that need one."""

import itertools
from typing import Any

from django.http import HttpResponse

from accounts import tokens
from accounts.actors import Actor
from accounts.models import Membership, Organization, User
from accounts.models.organizations import Role
from tests import factories
from tests.api.kit import Api, named

EVERYTHING = tuple(tokens.SCOPES)
_serial = itertools.count(1)


def member(organization: Organization, role: str = Role.OWNER, **limit: Any) -> User:
    """Somebody with a role."""
    user = factories.make_user()
    Membership.objects.create(organization=organization, user=user, role=role, **limit)
    return user


class Program(Api):
    """Calls with somebody's personal token."""

    def __init__(self, user: User, *scopes: str, **more: Any) -> None:
        super().__init__()
        self.user = user
        self.token, self.secret = tokens.make(
            Actor(user, "page"), name=f"script {next(_serial)}", scopes=scopes or EVERYTHING, **more
        )

    def call(self, method: str, path: str, body: Any = None, **options: Any) -> HttpResponse:
        given = dict(options.pop("headers", None) or {})
        headers = {"Authorization": f"Bearer {self.secret}"} | given
        return super().call(method, path, body, headers=headers, **options)

    def patch(self, path: str, body: Any, **headers: str) -> HttpResponse:
        return self.call("PATCH", path, body, headers=named(headers))

    def delete(self, path: str) -> HttpResponse:
        return self.call("DELETE", path)


def program(organization: Organization, role: str = Role.OWNER, *scopes: str) -> Program:
    """A program of somebody with that role."""
    return Program(member(organization, role), *scopes)
