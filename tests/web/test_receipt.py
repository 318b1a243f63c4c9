"""The receipt says the same in text and HTML, and follows nobody."""

from django.template.loader import render_to_string

CONTEXT = {
    "organization_name": "Test School & Friends",
    "campaign_title": "New instruments",
    "tiles": [{"number": 7, "price": "$7.00"}, {"number": 19, "price": "$19.00"}],
    "lost": [12],
    "net": "$26.00",
    "cover": "$1.09",
    "total": "$27.09",
    "date": "May 3, 2027",
    "receipt_number": "000042",
    "checkout_url": "https://rally.example.com/checkout/abc/",
    "display_name": "Sample P.",
}


def test_both_parts_have_all_facts() -> None:
    for part in ("txt", "html"):
        body = render_to_string(f"emails/receipt.{part}", CONTEXT)
        for fact in ("$7.00", "$1.09", "$27.09", "May 3, 2027", "000042", "Sample P.", "abc", "12"):
            assert fact in body, f"{fact} in {part}"


def test_names_are_text_in_text_and_escaped_in_html() -> None:
    assert "School & Friends" in render_to_string("emails/receipt.txt", CONTEXT)
    assert "School &amp; Friends" in render_to_string("emails/receipt.html", CONTEXT)


def test_the_subject_is_one_line() -> None:
    subject = render_to_string("emails/receipt.subject.txt", CONTEXT).strip()
    assert subject == "Your receipt 000042 from Test School & Friends"


def test_no_tracking() -> None:
    html = render_to_string("emails/receipt.html", CONTEXT)
    assert "<img" not in html
    assert html.count("http") == 1


def test_without_cover_and_name() -> None:
    body = render_to_string("emails/receipt.txt", CONTEXT | {"cover": "", "display_name": ""})
    assert "Card fees" not in body
    assert "no name" in body
