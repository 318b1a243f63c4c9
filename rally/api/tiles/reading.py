"""Addresses that can only be read, outside of the API framework."""

import functools
import logging
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from rally.api.tiles import errors

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponseBase]


def read_only(view: View) -> View:
    """GET and HEAD, and 405 for the rest before anybody asks for a CSRF token; 503 without the
    database."""

    @csrf_exempt
    @functools.wraps(view)
    def answer(request: HttpRequest, **arguments: Any) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD"}:
            refused = errors.plain(405, "method_not_allowed", _("This address can only be read."))
            refused["Allow"] = "GET, HEAD"
            return refused
        try:
            return view(request, **arguments)
        except (DatabaseError, InterfaceError):
            logger.exception("The database can't be used")
            return errors.plain(
                503, "unavailable", _("Please try again in a moment."), retry_after=5
            )

    return answer
