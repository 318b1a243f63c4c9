"""Every call goes through here: its caller, its limit, its key, its act, its envelope."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import idempotency
from accounts.models import IdempotencyRecord
from rally.api.base import DialectView
from rally.api.rallyup import answers, auth, errors
from rally.api.rallyup.answers import Answer
from rally.api.rallyup.asking import Asked, read
from rally.api.rallyup.calls import Call, Endpoint
from rally.api.rallyup.errors import STATUSES, SwitchedOff
from rally.kit.errors import DomainError

RETRY_SECONDS = 5


class RallyUpView(DialectView):
    """The endpoints of one address, by verb. Refusals stand in the same envelope."""

    endpoints: Mapping[str, Endpoint] = {}
    record: IdempotencyRecord | None = None

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        for verb in (*self.endpoints, *(["HEAD"] if "GET" in self.endpoints else [])):
            setattr(self, verb.lower(), self.answer)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """What comes before the act is in `answer`: it needs the endpoint."""

    @property
    def allowed_methods(self) -> list[str]:
        """What `Allow` names."""
        heads = ["HEAD"] if "GET" in self.endpoints else []
        return [*self.endpoints, *heads, "OPTIONS"]

    def options(  # type: ignore[override]  # plain, rendered already
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Which verbs there are."""
        answer = answers.nothing()
        answer["Allow"] = ", ".join(self.allowed_methods)
        return answer

    def answer(self, request: Request, **keys: str) -> HttpResponse:
        """Do what the endpoint does, for who may."""
        plain = request._request
        endpoint = self.endpoints["GET" if plain.method == "HEAD" else str(plain.method)]
        caller = auth.machine(plain, endpoint.who)
        if endpoint.custom and caller.partner is not None and not caller.partner.custom_list:
            raise SwitchedOff
        call = Call(plain, caller, Asked.of(plain), endpoint.plain)
        key = plain.headers.get("Idempotency-Key")
        if key is not None and plain.method == "POST" and not endpoint.once:
            self.record = idempotency.begin(
                owner=f"rallyup:{caller.credential.pk}", method="POST", path=plain.path, key=key,
                body=read(plain),
            )  # fmt: skip
        return self._told(endpoint.answer(call, **keys))

    def _told(self, answer: Answer) -> HttpResponse:
        if answer.empty:
            return answers.nothing()
        data = answers.envelope(answer)
        if self.record is not None:
            idempotency.finish(self.record, 200, data)
        return answers.written(data)

    # Refusals ---------------------------------------------------------------------------------
    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, idempotency.Replay):
            answer = answers.written(exc.data, exc.status)
            answer["Idempotent-Replayed"] = "true"
            return answer  # type: ignore[return-value]  # plain, rendered already
        answered = super().handle_exception(exc)
        if isinstance(exc, SwitchedOff):
            # Put on every answer at the end: the route's own verbs would name the one refused.
            self.headers["Allow"] = "OPTIONS"
        return answered

    def status_of(self, error: DomainError) -> tuple[int, str]:
        return errors.status_of(error), error.code

    def refuse(
        self, status: int, code: str, message: str, details: dict[str, Any], retry_after: int = 0
    ) -> Response:
        status = status if status in STATUSES else 400
        data = answers.refusal(status, message)
        if self.record is not None:
            idempotency.finish(self.record, status, data)
            self.record = None
        answer = answers.written(data, status)
        if status == 503:
            retry_after = retry_after or RETRY_SECONDS
        if retry_after:
            answer["Retry-After"] = str(retry_after)
        if status == 401:
            answer["WWW-Authenticate"] = 'Bearer realm="RallyUp"'
        return answer  # type: ignore[return-value]  # plain, rendered already


class UnknownView(RallyUpView):
    """Any other address under these is answered in the same words, whatever the verb."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return answers.written(answers.refusal(404, _("There is nothing here.")), 404)
