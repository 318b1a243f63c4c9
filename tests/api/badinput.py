"""Runs one case of bad input: the named answer, the envelope, and nothing left behind."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse

from tests import tally
from tests.api import kit

SLOWEST_SECONDS = 2.0
CODES = {
    400: "invalid_request",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    409: "slot_unavailable",
    413: "too_large",
    414: "invalid_request",
    415: "unsupported_media_type",
}


@dataclass
class Case:
    """What is sent, and the status it must get. A body that isn't bytes is sent as JSON."""

    name: str
    status: int
    body: Any = None
    path: str = "/api/boards/{board}/reserve"
    method: str = "POST"
    type: str = "application/json"
    code: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)


def parametrize(cases: Iterable[Case]) -> pytest.MarkDecorator:
    """One test per case, named by it."""
    listed = list(cases)
    return pytest.mark.parametrize("case", listed, ids=[case.name[:60] for case in listed])


def check(
    case: Case, api: kit.Api, board_id: str, record: Callable[[str, object], None], file: str
) -> HttpResponse:
    """Send it; what is refused must leave every table as it was."""
    before = kit.counts()
    answer = api.call(
        case.method,
        case.path.replace("{board}", board_id),
        case.body,
        content_type=case.type,
        headers=case.headers,
        **case.extra,
    )
    record(tally.KEY, [Path(file).name, case.name, answer.status_code, api.seconds])
    assert answer.status_code == case.status, answer.content[:300]
    # Work, not waiting for other processes' work; a hang shows in the second figure.
    assert api.busy < SLOWEST_SECONDS
    assert api.seconds < 5 * SLOWEST_SECONDS
    if answer.status_code >= 400:
        assert kit.counts() == before
        if case.method != "HEAD":
            kit.error(answer, case.status, case.code or CODES[case.status])
    return answer
