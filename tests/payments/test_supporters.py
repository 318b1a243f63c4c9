"""What a supporter may tell us, and what becomes of it."""

import pytest

from payments.supporters import Supporter, person_for
from rally.kit.errors import InvalidInput
from tests.factories import make_organization, make_supporter


def test_everything_is_cleaned_at_once() -> None:
    cleaned = make_supporter(
        name=" Ada\u202e  Lovelace ", email=" ADA@Example.ORG ", message="Go!\r\n\r\n\r\n\r\nGo!",
        image_url=" https://example.org/a.png ", display_as="initial", hide_amount=True,
    ).checked()  # fmt: skip
    assert cleaned == Supporter(
        "Ada Lovelace", "ada@example.org", "Go!\n\nGo!", "https://example.org/a.png", "initial",
        True,
    )  # fmt: skip
    assert cleaned.checked() == cleaned


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "  "), ("name", "\u200b"), ("name", "x" * 101), ("name", 7),
        ("name", None), ("name", "a\x00b"), ("name", "\ud800"),
        ("email", ""), ("email", "ada"), ("email", "ada@"), ("email", "a@b@c.org"),
        ("email", "a\nb@c.org"), ("email", "a" * 250 + "@b.org"), ("email", ["a@b.org"]),
        ("message", "x" * 201), ("message", {}), ("message", "\x00"),
        ("display_as", "nickname"), ("display_as", ""), ("display_as", None), ("display_as", []),
        ("hide_amount", "yes"), ("hide_amount", 1), ("hide_amount", None),
    ],
    ids=repr,
)  # fmt: skip
def test_odd_values_are_refused_by_name(field: str, value: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        make_supporter(**{field: value}).checked()
    spelled = {"display_as": "displayAs", "hide_amount": "hideAmount"}.get(field, field)
    assert refused.value.facts["field"] == f"supporter.{spelled}"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/a.png", "javascript:alert(1)", "//example.org/a.png", "https://",
        "https://localhost/a", "https://127.0.0.1/a", "https://[::1]/a", "https://2130706433/a",
        "https://0x7f.1/a", "https://user@example.org/a", "https://example.org:8443/a",
        "https://example.org:bad/", "https://example.org/a b", "https://example.org\\@evil.org/",
        "https://example.org/" + "a" * 2_000, "data:image/png;base64,AAAA",
    ],
    ids=lambda url: url[:40],
)  # fmt: skip
def test_pictures_come_from_public_https_addresses(url: str) -> None:
    with pytest.raises(InvalidInput):
        make_supporter(image_url=url).checked()


@pytest.mark.django_db
def test_one_person_for_the_same_name_and_address_in_an_organization() -> None:
    one, other = make_organization(), make_organization()
    ada = person_for(make_supporter(), one)
    assert person_for(make_supporter(name="ADA lovelace"), one) == ada
    assert person_for(make_supporter(name="Byron"), one) != ada, "a family shares an address"
    assert person_for(make_supporter(), other) != ada
