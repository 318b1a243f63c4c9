"""The doctor in the staff's pages: what is stuck, and its safe repair after a question."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.admin_base import acting, link
from payments.audit import diagnosis
from payments.audit.problem import Problem

if TYPE_CHECKING:
    from django.contrib.admin import AdminSite

SEES, MENDS = "payments.view_stafftask", "payments.change_stafftask"


def key(problem: Problem) -> str:
    """What names a problem in an address: its kind and what it is about."""
    return f"{problem.kind}:{problem.object_type}:{problem.object_id}"


def page(site: "AdminSite", request: HttpRequest) -> HttpResponse:
    """GET /admin/doctor/: everything that is stuck; POST asks, and with `confirm` repairs one.

    Raises PermissionDenied without the right to see, or to decide, the staff's tasks.
    """
    if not request.user.has_perm(SEES):
        raise PermissionDenied
    found = diagnosis.problems()
    if request.method == "POST":
        return _repair(site, request, found)
    context = {
        **site.each_context(request), "title": _("What is stuck"),
        "problems": [_row(problem) for problem in found],
        "may_mend": request.user.has_perm(MENDS),
    }  # fmt: skip
    return TemplateResponse(request, "admin/doctor.html", context)


def _row(problem: Problem) -> dict[str, Any]:
    return {
        "key": key(problem), "problem": problem, "repairable": problem.act is not None,
        "about": link(problem.about, problem.reference) if problem.about else problem.reference,
        "facts": ", ".join(f"{name} {value}" for name, value in problem.facts.items()),
    }  # fmt: skip


def _repair(site: "AdminSite", request: HttpRequest, found: list[Problem]) -> HttpResponse:
    if not request.user.has_perm(MENDS):
        raise PermissionDenied
    wanted = request.POST.get("problem", "")
    problem = next((one for one in found if key(one) == wanted and one.act is not None), None)
    back = HttpResponseRedirect(reverse("admin:doctor"))
    if problem is None:
        messages.info(request, _("It's settled already; nothing was done."))
        return back
    if "confirm" not in request.POST:
        context = {**site.each_context(request), "title": _("Repair this?"), **_row(problem)}
        return TemplateResponse(request, "admin/doctor_ask.html", context)
    outcome = diagnosis.repair(problem, by=acting(request))
    still = any(key(one) == wanted for one in diagnosis.problems())
    words = _("%(what)s: %(outcome)s.") % {"what": problem.reference, "outcome": outcome}
    if still:
        messages.warning(request, words + " " + _("It is still stuck."))
    else:
        messages.success(request, words)
    return back
