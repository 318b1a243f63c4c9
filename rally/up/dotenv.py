"""Reads `.env`: `KEY=VALUE` lines that fill gaps in the environment and never override it."""

import re
from collections.abc import MutableMapping
from pathlib import Path

from rally.up.refusal import Refusal

LINE = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")


def parse(text: str) -> dict[str, str]:
    """The pairs of a file's text; blank lines and `#` comments are skipped."""
    pairs = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not (line := line.strip()) or line.startswith("#"):
            continue
        if not (match := LINE.fullmatch(line)):
            raise Refusal(f"Line {number} of .env is not KEY=VALUE.")
        pairs[match[1]] = _value(match[2])
    return pairs


def _value(raw: str) -> str:
    """Quotes are taken off; without them a ` #` starts a comment."""
    if len(raw) >= 2 and raw[0] == raw[-1] and raw[0] in "\"'":
        return raw[1:-1]
    return re.split(r"\s+#", raw, maxsplit=1)[0].strip()


def load(path: Path, environ: MutableMapping[str, str]) -> None:
    """Add what the file at `path` says and `environ` does not; no file is no mistake."""
    try:
        text = path.read_text()
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError):
        raise Refusal(f"{path} can't be read.") from None
    for name, value in parse(text).items():
        environ.setdefault(name, value)
