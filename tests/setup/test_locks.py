"""The lock files pin every package by version and hash, and agree with what they come from."""

import re

import pytest

from tests.services import BASE

LOCKS = ["requirements", "requirements-dev", "requirements-services"]
PIN = re.compile(r"([a-z0-9][a-z0-9._-]*)(\[[a-z0-9,-]+\])?==(\S+?)( ; [^\\]+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def pins(name: str) -> dict[str, str]:
    lines = (BASE / f"{name}.txt").read_text().splitlines()
    return {found[1]: found[3] for line in lines if (found := PIN.fullmatch(line))}


@pytest.mark.parametrize("name", LOCKS)
def test_every_line_is_a_pin_or_a_hash(name: str) -> None:
    pinned = False
    for line in (BASE / f"{name}.txt").read_text().splitlines():
        assert PIN.fullmatch(line) or HASH.fullmatch(line), line
        assert pinned or PIN.fullmatch(line), "a hash without a package"
        pinned = True


@pytest.mark.parametrize("name", LOCKS)
def test_what_is_asked_for_is_pinned(name: str) -> None:
    asked = (BASE / f"{name}.in").read_text().splitlines()
    names = {re.split(r"[\[<>=~! ]", line)[0] for line in asked if line and line[0] not in "#-"}
    assert names <= pins(name).keys()


def test_the_tools_are_tried_with_the_versions_that_run() -> None:
    assert pins("requirements").items() <= pins("requirements-dev").items()
    assert not pins("requirements-services").keys() & pins("requirements-dev").keys()
