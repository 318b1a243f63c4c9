"""Django's admin with our name on it, and what needs a person on its first page."""

from functools import partial
from typing import Any

from allauth.account.decorators import secure_admin_login
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.db.models import Count, Min
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import JoinRequest, Organization, User
from payments.models import AuditRun, Dispute, StaffTask, StripeEvent
from rally import doctoring
from rally.kit import clock, heartbeat
from rally.web import mfa

LATE_SECONDS = 90


class RallyAdminSite(AdminSite):
    """The staff's own pages. They are entered through the same door as everybody's account, so
    that its limits on guessing guard these pages too; and nobody sees one who hasn't taken the
    second step in this session."""

    site_header = _("Rally staff")
    site_title = _("Rally staff")
    index_title = _("People, campaigns and money")
    site_url = "/"

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff, signed in with the second step."""
        return super().has_permission(request) and mfa.passed(request)

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Where those end up who may not enter: to sign in, set the second step up, or take it."""
        if super().has_permission(request) and not mfa.passed(request):
            return second_step(request)
        door = secure_admin_login(super().login)
        answer: HttpResponse = door(request, extra_context=extra_context)
        return answer

    def get_urls(self) -> list[Any]:
        doctor = self.admin_view(partial(doctoring.page, self))
        return [path("doctor/", doctor, name="doctor"), *super().get_urls()]

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> TemplateResponse:
        return super().index(request, {**(extra_context or {}), "attention": attention(request)})


def second_step(request: HttpRequest) -> HttpResponse:
    """On to what is missing; the way back to where they wanted to go is kept."""
    wanted = request.GET.get("next", "")
    back = wanted if wanted.startswith("/admin/") else reverse("admin:index")
    assert isinstance(request.user, User)
    ways = mfa.enrolled(request.user)
    if not ways:
        messages.warning(
            request, _("The staff's pages need a second step at sign-in. Set one up here first.")
        )
        return HttpResponseRedirect(reverse("mfa_index"))
    name = "mfa_reauthenticate" if "totp" in ways else "mfa_reauthenticate_webauthn"
    return HttpResponseRedirect(reverse(name, query={"next": back}))


def attention(request: HttpRequest) -> list[dict[str, Any]]:
    """What needs a person, as far as this one may see it: words, figure, address, alarm."""
    rows: list[dict[str, Any]] = []
    if request.user.has_perm("payments.view_stafftask"):
        rows += _tasks()
        rows.append({"words": _("What is stuck, and its repair"), "figure": _("doctor"),
                     "url": reverse("admin:doctor"), "alarm": False})  # fmt: skip
    if request.user.has_perm("payments.view_dispute"):
        disputed = Dispute.objects.filter(is_open=True).count()
        rows.append(_row(_("Open disputes"), disputed, "payments_dispute", alarm=disputed > 0,
                         is_open__exact="1"))  # fmt: skip
    if request.user.has_perm("payments.view_stripeevent"):
        rows += _events()
    if request.user.has_perm("payments.view_auditrun"):
        rows += _audit()
    if request.user.has_perm("accounts.view_joinrequest"):
        pending = JoinRequest.objects.filter(status=JoinRequest.Status.PENDING).count()
        rows.append(_row(_("People who ask to join"), pending, "accounts_joinrequest",
                         status__exact="pending"))  # fmt: skip
    if request.user.has_perm("accounts.view_organization"):
        waiting = Organization.objects.filter(status=Organization.Status.PENDING).count()
        rows.append(_row(_("Organizations to verify"), waiting, "accounts_organization",
                         status__exact="pending"))  # fmt: skip
    return [*rows, _worker()]


def _row(words: Any, count: int, page: str, *, alarm: bool | None = None, **query: str) -> dict:
    url = reverse(f"admin:{page}_changelist", query=query)
    return {"words": words, "figure": count, "url": url, "alarm": alarm or False}


def _tasks() -> list[dict[str, Any]]:
    """Open tasks by kind, the longest waiting first."""
    counted = (
        StaffTask.objects.filter(resolved_at=None)
        .values("kind")
        .annotate(n=Count("pk"), since=Min("created_at"))
        .order_by("since")
    )
    return [
        _row(StaffTask.Kind(row["kind"]).label, row["n"], "payments_stafftask", alarm=True,
             kind__exact=row["kind"])
        for row in counted
    ]  # fmt: skip


def _events() -> list[dict[str, Any]]:
    """Events that had no effect, and how long the oldest unprocessed one has been waiting."""
    parked = StripeEvent.objects.exclude(parked="").count()
    oldest = StripeEvent.objects.filter(processed_at=None).aggregate(at=Min("received_at"))["at"]
    seconds = None if oldest is None else max(0, (clock.now() - oldest).total_seconds())
    waiting = _row(_("Oldest event that waits"), 0, "payments_stripeevent", state="waiting")
    waiting["figure"] = _("none") if seconds is None else age(seconds)
    waiting["alarm"] = seconds is not None and seconds > LATE_SECONDS
    return [_row(_("Parked events"), parked, "payments_stripeevent", state="parked"), waiting]


def _audit() -> list[dict[str, Any]]:
    """How many rows the newest look at everything found to break a rule."""
    newest = AuditRun.objects.order_by("-pk").values_list("rows", flat=True).first()
    if newest is None:
        return []
    return [_row(_("Rows that break a rule"), newest, "payments_auditrun", alarm=newest > 0)]


def _worker() -> dict[str, Any]:
    seconds = heartbeat.age_seconds()
    return {
        "words": _("Worker's last sign of life"),
        "figure": _("never") if seconds is None else age(seconds),
        "url": "",
        "alarm": seconds is None or seconds > LATE_SECONDS,
    }


def age(seconds: float) -> str:
    """How long, in the largest unit that fits: "40 seconds", "3 minutes", "2 days"."""
    if seconds < 120:
        return ngettext("%(n)d second", "%(n)d seconds", round(seconds)) % {"n": round(seconds)}
    if seconds < 7200:
        return ngettext("%(n)d minute", "%(n)d minutes", 2) % {"n": seconds // 60}
    if seconds < 172_800:
        return ngettext("%(n)d hour", "%(n)d hours", 2) % {"n": seconds // 3600}
    return ngettext("%(n)d day", "%(n)d days", 2) % {"n": seconds // 86_400}
