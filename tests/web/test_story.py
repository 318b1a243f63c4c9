"""A story can be written by anybody with an account, and is read by everybody."""

import pytest

from rally.web import story


@pytest.mark.parametrize(
    "evil",
    [
        "<script>alert(1)</script>",
        '<img src=x onerror="alert(1)">',
        "[x](javascript:alert(1))",
        "[x](data:text/html,boo)",
        '<form action="https://example.com"><input></form>',
        "![x](https://example.com/spy.png)",
        '<a href="https://example.com" style="position:fixed" onclick="x()">x</a>',
        "<svg><script>alert(1)</script></svg>",
        "[x](vbscript:boo)",
    ],
)
def test_nothing_dangerous_comes_through(evil: str) -> None:
    html = story.html(evil)
    for bad in (
        "<script",
        "<img",
        "<form",
        "<svg",
        "<input",
        'href="javascript',
        'href="data',
        'href="vb',
    ):
        assert bad not in html
    assert "<a style" not in html and "<a onclick" not in html


def test_what_people_write_is_kept() -> None:
    html = story.html("# Why\n\nWe **play**.\n\n- one\n- two\n\n[site](https://example.com)")
    assert "<h2>Why</h2>" in html
    assert "<strong>play</strong>" in html
    assert html.count("<li>") == 2
    assert 'href="https://example.com" rel="nofollow noopener noreferrer"' in html
