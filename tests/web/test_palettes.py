"""Every campaign colour is readable: computed, not judged by eye."""

import re
from pathlib import Path

import pytest

FILE = Path(__file__).resolve().parents[2] / "static" / "css" / "palettes.css"
FOUND = re.findall(
    r"\.palette-(\w+) \{\s+--fill: (#\w{6});\s+--accent: light-dark\((#\w{6}), (#\w{6})\);",
    FILE.read_text(),
)
INK = "#17233f"
LIGHT = ("#fbf6ec", "#fffdf8", "#f1e8d6")
DARK = ("#141a2b", "#1f2842", "#0f1422")


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, definition of contrast ratio."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_there_are_twelve() -> None:
    assert len(FOUND) == 12


@pytest.mark.parametrize(("name", "fill", "light", "dark"), FOUND)
def test_palette(name: str, fill: str, light: str, dark: str) -> None:
    assert contrast(fill, INK) >= 4.5, "ink on a sold tile or a button"
    assert min(contrast(light, paper) for paper in LIGHT) >= 4.5
    assert min(contrast(dark, paper) for paper in DARK) >= 4.5
