"""Pages of other sites may read boards, hold and pay, with a token of their own and no cookies.

Only the routes that need no login say so; the others stay closed to foreign pages. Source:
Fetch Standard, "CORS protocol"; MDN "Cross-Origin Resource Sharing".
"""

from django.http import HttpRequest, HttpResponse, HttpResponseBase

PREFLIGHT_SECONDS = 600
ACCEPTED = "Content-Type, Idempotency-Key, If-None-Match, X-Owner-Token, X-Request-Id"
EXPOSED = (
    "ETag, Location, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, "
    "X-Request-Id"
)


def is_preflight(request: HttpRequest) -> bool:
    """Whether a browser asks before it sends the call itself."""
    return (
        request.method == "OPTIONS"
        and "Origin" in request.headers
        and "Access-Control-Request-Method" in request.headers
    )


def preflight(methods: str) -> HttpResponse:
    """The answer to that question, good for ten minutes."""
    answer = HttpResponse(status=204)
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Access-Control-Allow-Methods"] = methods
    answer["Access-Control-Allow-Headers"] = ACCEPTED
    answer["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)
    return answer


def open_to_all(answer: HttpResponseBase) -> None:
    """Let any page read this answer. Never with credentials."""
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Access-Control-Expose-Headers"] = EXPOSED
