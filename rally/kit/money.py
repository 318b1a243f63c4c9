"""Money as whole minor units and an ISO 4217 code, in the unit that Stripe counts in.

Source: Stripe's "Supported currencies" page for zero- and three-decimal currencies and the
special cases (ISK and UGX keep two decimals on the wire that must be 00), and its "Minimum
and maximum charge amounts" section.
"""

from decimal import Decimal

ZERO_DECIMALS = frozenset({
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA",
    "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF",
})  # fmt: skip
THREE_DECIMALS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
# On Stripe's wire these have two decimals, but only whole units can be charged.
WHOLE_UNITS_ONLY = frozenset({"ISK", "UGX"})

SYMBOLS = {
    "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CAD": "CA$", "AUD": "A$", "NZD": "NZ$",
    "INR": "₹", "KRW": "₩", "CHF": "CHF ", "MXN": "MX$", "BRL": "R$", "ILS": "₪",
}  # fmt: skip

# The least that Stripe charges, in minor units; other currencies use half a US dollar's worth
# as 50 units, which errs on the small side: Stripe itself still refuses what is below.
MINIMUM_CHARGE = {
    "USD": 50, "AED": 200, "AUD": 50, "BGN": 100, "BRL": 50, "CAD": 50, "CHF": 50, "CZK": 1500,
    "DKK": 250, "EUR": 50, "GBP": 30, "HKD": 400, "HUF": 17500, "INR": 50, "JPY": 50,
    "MXN": 1000, "MYR": 200, "NOK": 300, "NZD": 50, "PLN": 200, "RON": 200, "SEK": 300,
    "SGD": 50, "THB": 1000, "KWD": 150, "ISK": 7000, "UGX": 200000, "KRW": 700,
}  # fmt: skip


def decimals(currency: str) -> int:
    """How many digits follow the point in this currency on Stripe's wire: 0, 2 or 3."""
    if currency in ZERO_DECIMALS:
        return 0
    return 3 if currency in THREE_DECIMALS else 2


def whole_unit(currency: str) -> int:
    """One dollar, yen or dinar in minor units: the default price of tile number 1."""
    return {0: 100, 2: 100, 3: 1000}[decimals(currency)]


def step(currency: str) -> int:
    """Amounts must be multiples of this many minor units to be chargeable."""
    if currency in WHOLE_UNITS_ONLY:
        return 100
    return 10 if currency in THREE_DECIMALS else 1


def minimum_charge(currency: str) -> int:
    """The least that can be charged, in minor units."""
    return MINIMUM_CHARGE.get(currency, 50)


def major(minor: int, currency: str) -> Decimal:
    """Minor units as a decimal amount: 7600 USD is Decimal("76.00")."""
    return Decimal(minor).scaleb(-decimals(currency))


def symbol(currency: str) -> str:
    """What stands before an amount: "$", or the code and a space."""
    return SYMBOLS.get(currency, f"{currency} ")


def format(minor: int, currency: str) -> str:
    """An amount in words for people: $76.00, ¥7,600, KWD 1.500."""
    digits = decimals(currency)
    amount = f"{abs(major(minor, currency)):,.{digits}f}"
    return f"{'-' if minor < 0 else ''}{symbol(currency)}{amount}"


def is_currency(code: str) -> bool:
    """Three capital letters; whether Stripe takes it is decided when money is asked for."""
    return len(code) == 3 and code.isascii() and code.isalpha() and code.isupper()
