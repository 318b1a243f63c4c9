"""Answers that pages share: redirects after a post, refusals in words, personal pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from boards.errors import BoardNotFound, HoldNotFound
from payments.errors import PaymentsUnavailable, TooManyCheckouts
from rally.kit.errors import DomainError, RateLimited
from rally.web import base

View = Callable[..., HttpResponse]
PAY_PAGES = "https://checkout.stripe.com"


class SeeOther(HttpResponseRedirect):
    """303: what was posted is done, look at the result there."""

    status_code = 303
    allowed_schemes = ["http", "https"]


def personal(template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page about one visitor's own tiles: nobody keeps a copy of it."""
    answer = HttpResponse(render_to_string(template, context), status=status)
    answer["Cache-Control"] = "private, no-store"
    answer["Vary"] = "Cookie"
    return answer


def slow_down(request: HttpRequest, why: DomainError, retry_after: int) -> HttpResponse:
    """429 with the seconds to wait, in the header and in words."""
    answer = render(request, "429.html", {"sentence": str(why)}, status=429)
    answer["Retry-After"] = str(max(1, retry_after))
    answer["Cache-Control"] = "no-store"
    return answer


def step(view: View) -> View:
    """A form's target: posts only, from our own pages only, refusals answered as pages.

    These forms carry no CSRF token, because the pages they stand on are the same for
    everybody; where the post comes from is checked instead.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not base.same_site(request):
            sentence = _("This came from another site, so nothing was done.")
            return render(request, "403.html", {"sentence": sentence}, status=403)
        try:
            return view(request, *args, **kwargs)
        except (BoardNotFound, HoldNotFound) as why:
            raise Http404(str(why)) from why
        except (RateLimited, TooManyCheckouts) as why:
            return slow_down(request, why, why.retry_after)

    return csrf_exempt(require_POST(guarded))


def unavailable(answer: HttpResponse, why: PaymentsUnavailable) -> HttpResponse:
    """Make it a 503 that says when to come back, in whole seconds."""
    answer.status_code = 503
    answer["Retry-After"] = str(max(1, why.retry_after))
    return answer


def may_lead_to_payment(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Let this page's form end on the hosted pay page.

    Chromium checks `form-action` along the whole chain of redirects, so the payment page's
    origin must be named by the page that has the form. Source: MDN, CSP "form-action".
    """
    origins = ["'self'", PAY_PAGES]
    if settings.STRIPE_API_BASE:
        parts = urlsplit(base.seen_from(request, base.simulator()))
        origins.append(f"{parts.scheme}://{parts.netloc}")
    policy = settings.SECURE_CSP | {"form-action": origins}
    answer["Content-Security-Policy"] = "; ".join(
        f"{name} {' '.join(values)}" for name, values in policy.items()
    )
    return answer
