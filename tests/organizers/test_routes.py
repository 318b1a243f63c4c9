"""Every route of the organizers' pages x every kind of visitor x another organization's things."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, reverse

from rally.web.organizers import urls
from tests.organizers.routes import ROWS
from tests.organizers.table import Row
from tests.organizers.world import KINDS, World, make

pytestmark = pytest.mark.django_db(databases=["default", "cache"])


@pytest.fixture(autouse=True)
def no_rates(settings) -> None:
    settings.RALLY_LIMITS = False


@pytest.fixture
def world() -> World:
    return make()


def names(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from names(one.url_patterns)
        else:
            yield str(one.name)


def tried(world: World, row: Row, args, method: str, kind: str) -> tuple[int, str]:
    """What the visitor gets. What it changed is taken back."""
    address = reverse(f"organizers:{row.name}", args=list(args))
    client = world.client(kind)
    with transaction.atomic():
        answer = getattr(client, method.lower())(address, row.data)
        transaction.set_rollback(True)
    return answer.status_code, answer.headers.get("Location", "")


def problems(world: World, row: Row) -> Iterator[str]:
    for kind in KINDS:
        for method in row.methods:
            status, location = tried(world, row, row.args(world), method, kind)
            expected = row.expected(kind)
            to_login = status == 302 and location.startswith("/accounts/login/?next=")
            right = to_login if expected == "login" else status in expected and not to_login
            if not right:
                yield f"{row.name} {method} as {kind}: {status} {location}, not {expected}"
            if row.foreign and kind != "anonymous":
                status, _location = tried(world, row, row.foreign(world), method, kind)
                if status not in (404, 403) or (kind in row.may and status != 404):
                    yield f"{row.name} {method} as {kind} leaks the other's: {status}"


@pytest.mark.long
def test_each_visitor_gets_what_the_table_says(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    routes = set(names(urls.urlpatterns))
    found = [line for row in ROWS for line in problems(world, row)]
    uncovered = routes - {row.name for row in ROWS}
    with capsys.disabled():
        print(f"\nroutes {len(routes)}, roles {len(KINDS)}, leaks {len(found)}, "
              f"uncovered {len(uncovered)}")  # fmt: skip
    assert not found, "\n".join(found)


def test_no_route_is_missing_from_the_table() -> None:
    routes = set(names(urls.urlpatterns))
    listed = [row.name for row in ROWS]
    uncovered, unknown = routes - set(listed), set(listed) - routes
    assert not uncovered, f"no row for {sorted(uncovered)}"
    assert not unknown, f"no such route: {sorted(unknown)}"
    assert len(listed) == len(set(listed)), "a route has two rows"


def test_no_route_that_names_a_thing_forgets_the_other_organization(world: World) -> None:
    forgotten = [row.name for row in ROWS if len(row.args(world)) > 1 and row.foreign is None]
    assert not forgotten
