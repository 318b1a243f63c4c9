"""Amounts in Stripe's units: decimals, minimum charges, the processing fee, words for people.

Stripe documentation: "Supported currencies" (zero-decimal, three-decimal and special-case
currencies, minimum and maximum charge amounts).
"""

from __future__ import annotations

from payments.simulator.wire import StripeError

ZERO_DECIMAL = frozenset({
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf",
    "xof", "xpf",
})  # fmt: skip
THREE_DECIMAL = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])
# Written with two decimals for compatibility, but only whole units exist.
WHOLE_UNITS = frozenset(["isk", "ugx"])
MAXIMUM = 99_999_999
MINIMUM = {
    "usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500,
    "dkk": 250, "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50,
    "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50, "pln": 200, "ron": 200, "sek": 300,
    "sgd": 50, "thb": 1000,
}  # fmt: skip
_SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥", "cad": "CA$", "aud": "A$", "nzd": "NZ$"}
_KNOWN = frozenset({
    "aed", "afn", "all", "amd", "ang", "aoa", "ars", "aud", "awg", "azn", "bam", "bbd", "bdt",
    "bgn", "bhd", "bif", "bmd", "bnd", "bob", "brl", "bsd", "bwp", "byn", "bzd", "cad", "cdf",
    "chf", "clp", "cny", "cop", "crc", "cve", "czk", "djf", "dkk", "dop", "dzd", "egp", "etb",
    "eur", "fjd", "fkp", "gbp", "gel", "gip", "gmd", "gnf", "gtq", "gyd", "hkd", "hnl", "htg",
    "huf", "idr", "ils", "inr", "isk", "jmd", "jod", "jpy", "kes", "kgs", "khr", "kmf", "krw",
    "kwd", "kyd", "kzt", "lak", "lbp", "lkr", "lrd", "lsl", "mad", "mdl", "mga", "mkd", "mmk",
    "mnt", "mop", "mur", "mvr", "mwk", "mxn", "myr", "mzn", "nad", "ngn", "nio", "nok", "npr",
    "nzd", "omr", "pab", "pen", "pgk", "php", "pkr", "pln", "pyg", "qar", "ron", "rsd", "rub",
    "rwf", "sar", "sbd", "scr", "sek", "sgd", "shp", "sle", "sos", "srd", "std", "szl", "thb",
    "tjs", "tnd", "top", "try", "ttd", "twd", "tzs", "uah", "ugx", "usd", "uyu", "uzs", "vnd",
    "vuv", "wst", "xaf", "xcd", "xof", "xpf", "yer", "zar", "zmw",
})  # fmt: skip


def decimals(currency: str) -> int:
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def step(currency: str) -> int:
    """The smallest amount that may differ: 10 with three decimals, 100 for whole units."""
    if currency in THREE_DECIMAL:
        return 10
    return 100 if currency in WHOLE_UNITS else 1


def minimum(currency: str) -> int:
    default = {0: 50, 2: 50, 3: 100}[decimals(currency)]
    return MINIMUM.get(currency, max(default, step(currency)))


def spoken(amount: int, currency: str) -> str:
    """``1234567`` and ``usd`` read ``$12,345.67``; without a sign of its own ``ISK 1,200``."""
    places = 0 if currency in WHOLE_UNITS else decimals(currency)
    number = f"{abs(amount) / 10 ** decimals(currency):,.{places}f}"
    sign = _SIGNS.get(currency)
    minus = "-" if amount < 0 else ""
    return f"{minus}{sign}{number}" if sign else f"{minus}{currency.upper()} {number}"


def check_currency(currency: str, param: str) -> str:
    lowered = currency.lower()
    if lowered not in _KNOWN:
        raise StripeError(
            f"Invalid currency: {currency}. Stripe currently supports these currencies: "
            + ", ".join(sorted(_KNOWN)),
            param=param,
        )
    return lowered


def check_amount(amount: int, currency: str, param: str) -> None:
    """Refuse negative amounts and amounts the currency can't express."""
    if amount < 0:
        raise StripeError(
            "This value must be greater than or equal to 0.",
            code="parameter_invalid_integer",
            param=param,
        )
    if amount % step(currency):
        raise StripeError(
            f"Invalid amount: {currency} amounts must be evenly divisible by {step(currency)}.",
            code="invalid_charge_amount",
            param=param,
        )


def check_total(total: int, currency: str) -> None:
    if total < minimum(currency):
        least = spoken(minimum(currency), currency)
        raise StripeError(
            f"The Checkout Session's total amount due must add up to at least {least} {currency}",
            code="amount_too_small",
        )
    if total > MAXIMUM:
        most = spoken(MAXIMUM, currency)
        raise StripeError(
            f"The Checkout Session's total amount must be no more than {most} {currency}",
            code="amount_too_large",
        )


def fee(amount: int, currency: str) -> int:
    """2.9 % and a fixed part, rounded half up to what the currency can express."""
    fixed = {0: 30, 2: 30, 3: 100}[decimals(currency)]
    if currency in WHOLE_UNITS:
        fixed = 3_000
    unit = step(currency)
    return ((amount * 29 + fixed * 1000 + 500 * unit) // (1000 * unit)) * unit
