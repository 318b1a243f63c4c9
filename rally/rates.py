"""How often anybody may do what floods: calls and seconds, by the name of the rate."""

from rally import env


def read() -> dict[str, tuple[int, int]]:
    """The limits, as the environment sets them; docs/settings.md lists its names."""
    return {
        # name: (calls, seconds)
        "reserve_ip": (env.number("RALLY_RATE_RESERVE_IP", 300), 60),
        "reserve_token": (env.number("RALLY_RATE_RESERVE_TOKEN", 30), 60),
        "checkout_ip": (env.number("RALLY_RATE_CHECKOUT_IP", 60), 60),
        "api": (env.number("RALLY_RATE_API", 600), 60),
        "api_refused": (env.number("RALLY_RATE_API_REFUSED", 30), 60),
        "oauth_failures": (env.number("RALLY_RATE_OAUTH_FAILURES", 30), 60),
        "organization_create": (10, 3600),
        "organization_search": (60, 60),
        "join_ask": (20, 3600),
        "join_secret": (30, 60),
        "invite": (100, 3600),
    }
