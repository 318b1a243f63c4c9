"""Text from outside made safe to keep and show: one rule for every door."""

import re
import unicodedata

# Bidirectional overrides and isolates can make a name read as something else; zero-width
# characters can make it invisible. Joiners (200C, 200D) stay: scripts and emoji need them.
HIDDEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad]")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
SPACES = re.compile(r"\s+")


def has_forbidden(value: str) -> bool:
    """True for NUL (PostgreSQL can't keep it) and lone surrogates (they can't be encoded)."""
    return "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value)


def has_forbidden_within(value: object) -> bool:
    """The same for any text of a parsed body, its keys included."""
    if isinstance(value, str):
        return has_forbidden(value)
    if isinstance(value, dict):
        return any(has_forbidden(key) or has_forbidden_within(value[key]) for key in value)
    return isinstance(value, list) and any(has_forbidden_within(inner) for inner in value)


def one_line(value: str) -> str:
    """Normalised (NFC), hidden and control characters gone, runs of spaces made one."""
    cleaned = HIDDEN.sub("", unicodedata.normalize("NFC", value))
    return SPACES.sub(" ", CONTROL.sub(" ", cleaned)).strip()


def paragraphs(value: str) -> str:
    """Like `one_line`, but line breaks stay; at most two in a row."""
    lines = [one_line(line) for line in value.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def key(value: str) -> str:
    """What a name is searched and sorted by: NFKC, case-folded, one line."""
    return unicodedata.normalize("NFKC", one_line(value)).casefold()


def is_visible(value: str) -> bool:
    """Whether anything is left that a person can see."""
    return any(not unicodedata.category(letter).startswith(("C", "Z", "M")) for letter in value)


def initial(value: str) -> str:
    """First name and the initial of the last: "Jane Smith" is shown as "Jane S."."""
    first, _, rest = one_line(value).partition(" ")
    last = rest.split(" ")[-1] if rest else ""
    return f"{first} {last[0]}." if last else first
