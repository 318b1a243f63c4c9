"""Every call goes through here: its form, its caller, its limit, its key, its act, its answer."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import idempotency
from accounts.models import IdempotencyRecord
from rally.api.base import DialectView
from rally.api.limits import Meter
from rally.api.sprocket import answers, auth, errors
from rally.api.sprocket.answers import JSON, Answer
from rally.api.sprocket.asking import Asked
from rally.api.sprocket.calls import Auth, Call, Endpoint
from rally.api.sprocket.errors import Refusal
from rally.kit.errors import DomainError

REALM = 'realm="Sprocket"'
ERROR = "Error"
# What `DialectView` calls things: what they are called here.
NUMBERS = {
    "not_found": errors.NOT_FOUND, "too_large": errors.UNREADABLE,
    "invalid_request": errors.UNREADABLE, "method_not_allowed": errors.NOT_FOUND,
    "unavailable": errors.INTERNAL, "internal": errors.INTERNAL,
    "rate_limited": errors.RATE_LIMITED, "unsupported_media_type": errors.MEDIA_TYPE,
}  # fmt: skip


class SprocketView(DialectView):
    """The endpoints of one address, by verb. Refusals are told in the form that was asked for."""

    endpoints: Mapping[str, Endpoint] = {}
    kind = JSON
    pretty = False
    basic = False
    record: IdempotencyRecord | None = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.meter = Meter()
        for verb in (*self.endpoints, *(["HEAD"] if "GET" in self.endpoints else [])):
            setattr(self, verb.lower(), self.answer)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """What comes before the act is in `answer`: it needs the endpoint."""

    def answer(self, request: Request, **keys: str) -> HttpResponse:
        """Do what the endpoint does, for who may."""
        plain = request._request
        endpoint = self.endpoints["GET" if plain.method == "HEAD" else str(plain.method)]
        self.basic = endpoint.auth == Auth.CLIENT
        self.kind = answers.wanted(plain)
        asked = Asked.of(plain.GET)
        self.pretty = asked.flag("pretty")
        # Read before anything else may consume the stream; too much of it is refused here.
        body = plain.body
        caller = auth.caller(plain, secret_will_do=self.basic)
        key = plain.headers.get("Idempotency-Key", "") if plain.method == "POST" else ""
        call = Call(plain, caller, asked, self.meter, key)
        call.count()
        if endpoint.scope and caller.bearer is not None:
            caller.bearer.require(endpoint.scope)
        if "Idempotency-Key" in plain.headers and plain.method == "POST":
            self.record = idempotency.begin(
                owner=call.owner, method="POST", path=plain.path, key=key, body=body
            )
        numbers = {name: int(text) for name, text in keys.items()}
        return self._told(endpoint.act(call, **numbers), 200)

    def _told(self, answer: Answer, status: int) -> HttpResponse:
        if self.record is not None:
            kept = {"root": answer.root, "data": answer.data}
            idempotency.finish(self.record, status, kept)
        response = answers.written(answer, self.kind, status=status, pretty=self.pretty)
        self.meter.write(response)
        return response

    # Refusals ---------------------------------------------------------------------------------
    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, idempotency.Replay):
            self.record = None
            kept = exc.data
            answer = self._told(Answer(kept["data"], kept["root"]), exc.status)
            answer["Idempotent-Replayed"] = "true"
            return answer  # type: ignore[return-value]  # plain, rendered already
        if isinstance(exc, DomainError) and "field" in exc.facts:
            endpoint = self.endpoints.get(str(self.request.method))
            taken = endpoint.table if endpoint is not None and endpoint.takes else None
            exc.facts["field"] = errors.field_of(exc, taken)
        return super().handle_exception(exc)

    def status_of(self, error: DomainError) -> tuple[int, Any]:
        return errors.number_of(error)

    def refuse(
        self, status: int, code: Any, message: str, details: dict[str, Any], retry_after: int = 0
    ) -> Response:
        number = code if isinstance(code, int) else NUMBERS.get(code, errors.UNREADABLE)
        field = str(details.get("field", ""))
        answer = self._told(Answer(errors.body(status, number, message, field), ERROR), status)
        if retry_after:
            answer["Retry-After"] = str(retry_after)
        if status == 401 or number == errors.NO_SCOPE:
            answer["WWW-Authenticate"] = self._challenge(number, details)
        return answer  # type: ignore[return-value]  # plain, rendered already

    def _challenge(self, number: int, details: dict[str, Any]) -> str:
        """How to prove who one is (RFC 9110, 11.6.1; RFC 6750, 3)."""
        if number in {errors.EXPIRED, errors.UNKNOWN_TOKEN}:
            return f'Bearer {REALM}, error="invalid_token"'
        if number == errors.NO_SCOPE:
            scope = details.get("scope", "")
            return f'Bearer {REALM}, error="insufficient_scope", scope="{scope}"'
        if number == errors.BAD_CLIENT:
            return f"Basic {REALM}"
        return f"Bearer {REALM}, Basic {REALM}" if self.basic else f"Bearer {REALM}"


class UnknownView(SprocketView):
    """Any other address under the dialect's is answered in its words."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.headers = {}
        try:
            self.kind = answers.wanted(request)
        except Refusal:
            self.kind = JSON
        status, sentence = errors.MEANING[errors.NOT_FOUND]
        told = errors.body(status, errors.NOT_FOUND, str(sentence))
        return answers.written(Answer(told, ERROR), self.kind, status=status)
