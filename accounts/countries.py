"""Countries, and what their organizations probably count and live by: currency, time zone.

Names and zones come from the time zone database's own tables (`iso3166.tab`, and `zone.tab`,
which names a country's most populous zone first).
"""

from functools import cache
from importlib import resources

_EURO = "AD AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MC ME MT NL PT SI SK SM VA XK"
_OTHERS = (
    "AE:AED AU:AUD BA:BAM BD:BDT BR:BRL CA:CAD CH:CHF CL:CLP CN:CNY CO:COP CR:CRC CZ:CZK DK:DKK "
    "DO:DOP EG:EGP FO:DKK GB:GBP GE:GEL GG:GBP GH:GHS GI:GIP GL:DKK GT:GTQ HK:HKD HN:HNL HU:HUF "
    "ID:IDR IL:ILS IM:GBP IN:INR IS:ISK JE:GBP JM:JMD JO:JOD JP:JPY KE:KES KR:KRW KW:KWD LI:CHF "
    "LK:LKR MA:MAD MD:MDL MK:MKD MX:MXN MY:MYR NG:NGN NO:NOK NP:NPR NZ:NZD OM:OMR PE:PEN PH:PHP "
    "PK:PKR PL:PLN PY:PYG QA:QAR RO:RON RS:RSD SA:SAR SE:SEK SG:SGD TH:THB TN:TND TR:TRY TW:TWD "
    "TZ:TZS UA:UAH UG:UGX UY:UYU VN:VND ZA:ZAR"
)
CURRENCY = dict.fromkeys(_EURO.split(), "EUR") | {pair[:2]: pair[3:] for pair in _OTHERS.split()}
# zone.tab names the first zone by its place on the map; these are where most people live.
_ZONES = {"US": "America/New_York", "CA": "America/Toronto", "AU": "Australia/Sydney"}


def _rows(name: str) -> list[list[str]]:
    lines = resources.files("tzdata.zoneinfo").joinpath(name).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


@cache
def names() -> dict[str, str]:
    """Two-letter codes and English names, by name."""
    return dict(sorted(((code, name) for code, name in _rows("iso3166.tab")), key=lambda p: p[1]))


@cache
def _zones() -> dict[str, str]:
    found: dict[str, str] = {}
    for row in _rows("zone.tab"):
        found.setdefault(row[0], row[2])
    return found | _ZONES


def time_zone(country: str) -> str:
    """A time zone of the country; UTC for one without."""
    return _zones().get(country, "UTC")


def currency(country: str) -> str:
    """The currency of the country; dollars where the table knows none that cards use."""
    return CURRENCY.get(country, "USD")
