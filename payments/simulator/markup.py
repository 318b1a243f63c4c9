"""The words and tags of the pay page; everything that came from outside is escaped here."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape

from payments.simulator.money import spoken
from payments.simulator.sessions import bank_method
from payments.simulator.store import Record
from payments.simulator.wire import Json

_SHOWN_AT_ONCE = 6


def document(content: str, style: str) -> str:
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>Test checkout</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{style}">
</head>
<body>
<p class="ribbon"><span><strong>Test checkout.</strong> No money moves.</span></p>
{content}
<footer>A simulated payment page for trying Rally. It isn’t Stripe and takes no real cards.</footer>
</body>
</html>
"""


def _when(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%d %B %Y, %H:%M UTC").lstrip("0")


def _left(seconds: int) -> str:
    minutes = max(1, seconds // 60)
    if minutes >= 120:
        return f"{minutes // 60} hours"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"


def _row(item: Json) -> str:
    each = spoken(item["price"]["unit_amount"], item["currency"])
    times = f'<span class="times">{item["quantity"]} × {escape(each)}</span>'
    return (
        f'<li><span class="what">{escape(item["description"])}'
        f"{times if item['quantity'] > 1 else ''}</span>"
        f'<span class="money">{escape(spoken(item["amount_total"], item["currency"]))}</span></li>'
    )


def _rows(items: list[Json]) -> str:
    first, rest = items[:_SHOWN_AT_ONCE], items[_SHOWN_AT_ONCE:]
    text = f'<ul class="items">{"".join(_row(item) for item in first)}</ul>'
    if rest:
        text += (
            f"<details><summary>{len(rest)} more</summary>"
            f'<ul class="items">{"".join(_row(item) for item in rest)}</ul></details>'
        )
    return text


def _summary(session: Record) -> str:
    body = session.body
    total = escape(spoken(body["amount_total"], body["currency"]))
    about = session.private["payment_intent_data"].get("description")
    words = f'<p class="about">{escape(about)}</p>' if about else ""
    return f"""<section class="summary" aria-labelledby="to-pay">
<p class="merchant"><span class="mark" aria-hidden="true">R</span>Rally sandbox</p>
<h1 id="to-pay"><span class="label">To pay</span> <span class="total">{total}</span></h1>
{words}
{_rows(session.private["line_items"])}
<p class="sum"><span>Total</span><span class="money">{total} {body["currency"].upper()}</span></p>
</section>"""


def checkout(session: Record, typed: dict[str, str], now: int) -> str:
    """The open session: what is paid for, and every way it can end."""
    body = session.body
    total = escape(spoken(body["amount_total"], body["currency"]))
    email = escape(typed.get("email") or body["customer_email"] or "supporter@example.org")
    name = escape(typed.get("name") or "Robin Supporter")
    until = f"{_when(body['expires_at'])}, {_left(body['expires_at'] - now)} from now"
    return f"""<main class="checkout">
{_summary(session)}
<section class="pay" aria-labelledby="how">
<h2 id="how">How should this test end?</h2>
{_declined(typed)}
<form method="post" action="/c/pay/{escape(session.id)}">
{_email(email, typed.get("email_problem", ""))}
<label for="name">Name on the card</label>
<input id="name" name="name" autocomplete="off" maxlength="200" value="{name}">
<fieldset class="card"><legend>Test card, already filled in</legend>
<label for="number">Number</label>
<input id="number" readonly value="4242 4242 4242 4242">
<div class="pair">
<div><label for="until">Valid until</label><input id="until" readonly value="12 / 34"></div>
<div><label for="code">Security code</label><input id="code" readonly value="123"></div>
</div></fieldset>
{_pay_buttons(body, total)}
<div class="pair">
<button class="quiet" name="action" value="decline" formnovalidate>Decline card</button>
<button class="quiet" name="action" value="abandon" formnovalidate>Abandon</button>
</div>
</form>
<p class="until">Can be paid until {until}.</p>
</section>
</main>"""


def _declined(typed: dict[str, str]) -> str:
    if not typed.get("declined"):
        return ""
    return (
        '<div class="alert" role="alert"><strong>Your card was declined.</strong> '
        "Nothing was charged. Try again or go back.</div>"
    )


def _email(email: str, problem: str) -> str:
    marks = ' aria-invalid="true" aria-describedby="email-problem"' if problem else ""
    words = f'<p class="problem" id="email-problem">{escape(problem)}</p>' if problem else ""
    return (
        '<label for="email">E-mail for the receipt</label>'
        '<input id="email" name="email" type="email" autocomplete="off" required maxlength="254"'
        f' value="{email}"{marks}>{words}'
    )


def _pay_buttons(body: Json, total: str) -> str:
    methods = body["payment_method_types"]
    text = f'<button class="main" name="action" value="pay">Pay {total}</button>'
    if bank_method(body["currency"]) in methods or methods != ["card"]:
        text += (
            '<button class="second" name="action" value="bank">'
            "Pay by bank (confirms later)</button>"
        )
    return text


def _notice(kind: str, title: str, words: str, link: str | None, label: str, more: str = "") -> str:
    onward = f'<p><a class="main" href="{escape(link)}">{label}</a></p>' if link else ""
    return f'<main class="notice {kind}"><h1>{title}</h1><p>{words}</p>{more}{onward}</main>'


def expired(session: Record) -> str:
    link = session.body["cancel_url"]
    return _notice(
        "bad",
        "This checkout has expired",
        "It can’t be paid any more, and nothing was charged.",
        link,
        "Go back",
    )


def complete(session: Record, intent_status: str, success: str) -> str:
    total = escape(spoken(session.body["amount_total"], session.body["currency"]))
    if session.body["payment_status"] == "paid":
        return _notice(
            "good",
            "This checkout is paid",
            f"{total} arrived in the test account. There is nothing more to do here.",
            success,
            "Continue",
        )
    if intent_status == "processing":
        return _notice(
            "warn",
            "The bank hasn’t confirmed yet",
            f"{total} is on its way. In this test you are the bank too: say how it ends.",
            success,
            "Continue",
            _bank_buttons(session.id),
        )
    return _notice(
        "bad",
        "The bank refused the payment",
        f"{total} didn’t arrive, and nothing was charged.",
        success,
        "Continue",
    )


def _bank_buttons(id: str) -> str:
    return (
        f'<form method="post" action="/c/pay/{escape(id)}" class="pair">'
        '<button class="second" name="action" value="confirm">The bank confirms</button>'
        '<button class="second" name="action" value="refuse">The bank refuses</button></form>'
    )


def unknown() -> str:
    return _notice(
        "bad",
        "There is no such checkout",
        "The address may be cut off, or the test data was reset.",
        None,
        "",
    )
