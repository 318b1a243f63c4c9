"""Pages kept ready: validators, compression, a bound on memory."""

from django.test import RequestFactory

from rally.web.supporters import pages

SHORT = pages.page("<p>Hello</p>")


def asked(**headers: str) -> object:
    return RequestFactory().get("/", headers={k.replace("_", "-"): v for k, v in headers.items()})


def test_the_validator_is_weak_and_its_own() -> None:
    assert SHORT.etag.startswith('W/"p-')
    assert pages.page("<p>Other</p>").etag != SHORT.etag


def test_304_by_weak_comparison() -> None:
    for tag in (SHORT.etag, SHORT.etag.removeprefix("W/"), f'"x", {SHORT.etag}', "*"):
        answer = pages.answer(asked(if_none_match=tag), SHORT)
        assert answer.status_code == 304
        assert answer["ETag"] == SHORT.etag
    assert pages.answer(asked(if_none_match='"x"'), SHORT).status_code == 200


def test_gzip_only_for_those_who_take_it() -> None:
    taken = pages.answer(asked(accept_encoding="br, gzip;q=0.8"), SHORT)
    refused = pages.answer(asked(accept_encoding="gzip;q=0, br"), SHORT)
    assert taken["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in refused
    assert set(taken["Vary"].split(", ")) == {"Cookie", "Accept-Encoding"}


def test_the_shelf_is_bounded_and_builds_once() -> None:
    shelf = pages.Shelf(most=400)
    built: list[int] = []

    def build(number: int) -> str:
        built.append(number)
        return f"<p>{number:050d}</p>"

    for number in range(20):
        shelf.get(number, lambda number=number: build(number))
    assert shelf.size <= 400
    shelf.get(19, lambda: build(19))
    assert built == list(range(20))
