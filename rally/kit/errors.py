"""A refusal that every door can translate: a stable code, facts, and a sentence for people."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy


class DomainError(Exception):
    """A rule said no. Doors map `code` to their own words and status; nothing was half done.

    `facts` holds plain values (numbers, seconds) that a dialect may show as details.
    """

    code = "refused"
    sentence: str | Promise = gettext_lazy("That can't be done.")

    def __init__(self, sentence: str = "", **facts: Any) -> None:
        self.facts = facts
        super().__init__(sentence or str(self.sentence))


class InvalidInput(DomainError):
    """What was sent has the wrong shape or is out of range. `facts["field"]` names it."""

    code = "invalid_request"
    sentence = gettext_lazy("Some of what was sent can't be used.")


class RateLimited(DomainError):
    """Too many calls; `retry_after` says in how many seconds to come back."""

    code = "rate_limited"
    sentence = gettext_lazy("Too many requests. Please wait a moment and try again.")

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(retryAfter=retry_after)
