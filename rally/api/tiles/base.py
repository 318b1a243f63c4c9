"""What every route of this dialect does: keys, limits, validators, the words of refusals."""

import hashlib
from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import idempotency
from accounts.actors import Actor
from accounts.models import IdempotencyRecord
from rally.api.base import DialectView, FirstRenderer
from rally.api.limits import Meter
from rally.api.tiles import auth, cors, errors
from rally.kit.errors import DomainError
from rally.web import base


class TilesView(DialectView):
    """One act of this dialect. With `is_open`, pages of other sites may call it as well."""

    record: IdempotencyRecord | None = None
    content_negotiation_class = FirstRenderer
    is_open: ClassVar[bool] = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.meter = Meter()
        if self.is_open and cors.is_preflight(request):
            return cors.preflight(", ".join(self.allowed_methods))
        return super().dispatch(request, *args, **kwargs)

    def refuse(
        self, status: int, code: str, message: str, details: dict[str, Any], retry_after: int = 0
    ) -> Response:
        return errors.response(status, code, message, details, retry_after)

    def status_of(self, error: DomainError) -> tuple[int, str]:
        return errors.status_of(error)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A POST with an Idempotency-Key is answered once (see `accounts.idempotency`)."""
        key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
        # Read before anything else may consume the stream.
        body = b"" if key is None else request._request.body
        self.admit(request)
        super().initial(request, *args, **kwargs)
        if key is not None and self.repeatable:
            self.record = idempotency.begin(
                owner=self.owner_of(request), method="POST", path=request.path, key=key, body=body
            )

    # Off where the answer holds a secret, which must not be kept to be answered again.
    repeatable: ClassVar[bool] = True

    def admit(self, request: Request) -> None:
        """Turn away who may not come in, before what they sent is looked at."""

    def owner_of(self, request: Request) -> str:
        """Whose key it is: keys of different owners never meet."""
        return f"ip:{base.client_ip(request._request)}"

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, idempotency.Replay):
            answer = Response(exc.data, status=exc.status)
            answer["Idempotent-Replayed"] = "true"
            return answer
        answer = super().handle_exception(exc)
        if answer.status_code == 401 or isinstance(exc, auth.NotGranted):
            answer["WWW-Authenticate"] = auth.challenge(exc)
        return answer

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Response:
        if self.record is not None:
            idempotency.finish(self.record, response.status_code, response.data)
        if request.method in {"GET", "HEAD"} and response.status_code == 200:
            response = self._validated(request, response)
        if self.meter.tightest is not None:
            self.meter.tightest.write(response)
        if self.is_open:
            cors.open_to_all(response)
        return super().finalize_response(request, response, *args, **kwargs)

    def _validated(self, request: Any, response: Response) -> Response:
        """The same with an ETag, or 304 for whoever has it already (RFC 9110, 13.1.2)."""
        rendered = JSONRenderer().render(response.data)
        etag = f'"{hashlib.sha256(rendered).hexdigest()[:32]}"'
        if etags_of(request) & {etag, "*"}:
            response = Response(status=304)
        response["ETag"] = etag
        response["Cache-Control"] = "no-cache" if self.is_open else "private, no-cache"
        return response


class MemberView(TilesView):
    """A route for people with a role; whoever has none learns nothing.

    Reading takes the scope `tiles_read`, everything else `tiles_write`; on top of that, what
    the verbs ask of the caller's roles.
    """

    caller: auth.Caller

    def admit(self, request: Request) -> None:
        self.caller = auth.caller(request, self.meter)

    @property
    def actor(self) -> Actor:
        """Who is asking."""
        return self.caller.actor

    def owner_of(self, request: Request) -> str:
        """Idempotency keys belong to the user."""
        return f"user:{self.actor.user.pk}" if self.actor.user else ""

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Response:
        answer = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(answer, ["Authorization", "Cookie"])
        return answer


def etags_of(request: HttpRequest | Request) -> set[str]:
    """The validators of If-None-Match, weak marks dropped (RFC 9110, 13.1.2)."""
    given = request.headers.get("If-None-Match", "")
    return {tag.strip().removeprefix("W/") for tag in given.split(",")}
