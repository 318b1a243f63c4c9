"""Stripe's SDK pauses between tries; where failures are ordered by the hundred it must not."""

import stripe


def shorten(first: float, longest: float) -> None:
    """From now on the SDK waits so long, in seconds."""
    pauses: dict[str, float] = {"INITIAL_DELAY": first, "MAX_DELAY": longest}
    for name, seconds in pauses.items():
        setattr(stripe.HTTPClient, name, seconds)
