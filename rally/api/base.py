"""What the dialects share: a view that turns refusals into their own words."""

import logging
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import DatabaseError, InterfaceError
from django.http import Http404, UnreadablePostError
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rally.api.strictjson import TooLarge
from rally.kit import bodies
from rally.kit.errors import DomainError

logger = logging.getLogger(__name__)


class FirstRenderer(DefaultContentNegotiation):
    """Bodies are read by their type; answers are what the dialect speaks, asked for or not."""

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


class DialectView(APIView):
    """One act of a dialect. Refusals become the dialect's own words in `refuse`.

    Nothing here may answer 5xx for what a client sent; 503 is for what we can't reach.
    """

    authentication_classes: tuple = ()
    permission_classes: tuple = ()
    metadata_class = None

    def refuse(
        self, status: int, code: str, message: str, details: dict[str, Any], retry_after: int = 0
    ) -> Response:
        """The dialect's error answer."""
        raise TypeError(f"{type(self).__name__} does not word errors")

    def status_of(self, error: DomainError) -> tuple[int, str]:
        """HTTP status and the dialect's own code for a refusal of the core."""
        raise TypeError(f"{type(self).__name__} does not know codes")

    def handle_exception(self, exc: Exception) -> Response:
        """Every way to fail, in the dialect's words."""
        response = self._answer_to(exc)
        response.exception = True
        return response

    def _answer_to(self, exc: Exception) -> Response:
        if isinstance(exc, DomainError):
            status, code = self.status_of(exc)
            wait = getattr(exc, "retry_after", 0)
            return self.refuse(status, code, str(exc), exc.facts, wait)
        if isinstance(exc, Http404):
            return self.refuse(404, "not_found", _("There is nothing here."), {})
        if isinstance(exc, RequestDataTooBig):
            return self.refuse(413, TooLarge.code, str(TooLarge.sentence), {})
        if bodies.busy(exc):
            return self.refuse(503, "unavailable", _("Please try again in a moment."), {},
                               bodies.RETRY_SECONDS)  # fmt: skip
        if isinstance(exc, (BadRequest, SuspiciousOperation, UnicodeError, UnreadablePostError)):
            return self.refuse(400, "invalid_request", _("The request can't be read."), {})
        if isinstance(exc, exceptions.APIException):
            return self._http(exc)
        if isinstance(exc, (DatabaseError, InterfaceError)):
            logger.exception("The database can't be used")
            return self.refuse(503, "unavailable", _("Please try again in a moment."), {}, 5)
        logger.exception("A call failed")
        return self.refuse(500, "internal", _("Something went wrong on our side."), {})

    def _http(self, exc: exceptions.APIException) -> Response:
        codes = {
            401: "unauthorized", 403: "forbidden", 404: "not_found", 405: "method_not_allowed",
            406: "not_acceptable", 415: "unsupported_media_type", 429: "rate_limited",
        }  # fmt: skip
        status = exc.status_code
        answer = self.refuse(status, codes.get(status, "invalid_request"), str(exc.detail), {})
        if status == 405:
            answer["Allow"] = ", ".join(self.allowed_methods)
        return answer
