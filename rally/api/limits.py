"""How often a caller may call, and the headers that tell how much of it is left."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponseBase

from rally.kit import counters, ids
from rally.kit.errors import RateLimited


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of one limit: calls, and seconds until it starts over."""

    most: int
    remaining: int
    reset: int

    def write(self, answer: HttpResponseBase) -> None:
        """Say it in the headers of an answer."""
        answer["RateLimit-Limit"] = str(self.most)
        answer["RateLimit-Remaining"] = str(self.remaining)
        answer["RateLimit-Reset"] = str(self.reset)


class Meter:
    """Counts one request under one or several limits, and remembers the tightest."""

    def __init__(self) -> None:
        self.tightest: Allowance | None = None

    def count(self, name: str, who: str, times: int = 1) -> None:
        """Count a call of `who` (or so many) under the rate `name`; raises RateLimited above it.

        Only a digest of `who` is kept, for the window. Counters that can't be reached let
        calls pass.
        """
        if not settings.RALLY_LIMITS:
            return
        most, seconds = settings.RALLY_RATES[name]
        hits, left = counters.hit_or_pass(f"{name}:{ids.digest(who)}", seconds, times)
        if not hits:
            return
        found = Allowance(most, max(0, most - hits), left)
        if self.tightest is None or found.remaining < self.tightest.remaining:
            self.tightest = found
        if hits > most:
            raise RateLimited(left)

    def write(self, answer: HttpResponseBase) -> None:
        """Say what is left of the tightest limit; nothing where none was counted."""
        if self.tightest is not None:
            self.tightest.write(answer)
