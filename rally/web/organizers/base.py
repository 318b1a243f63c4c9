"""The way in to every organizers' page: who is asking, for which organization, with what right.

Whoever isn't signed in goes to the sign-in page and comes back. What somebody may not see is
404, whether it exists or not; what they see without the right to it is 403, in words. A page
is a function of the request and a Desk:

    @organization_page(Right.RUN_ORGANIZATION, methods=("GET", "POST"))
    def people(request, desk): ...

    @campaign_page(Right.RUN_CAMPAIGNS)
    def dashboard(request, desk): ...
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django import forms
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import rights
from accounts.actors import Actor
from accounts.models import Organization, User
from accounts.rights import Forbidden, Right, Standing
from campaigns.models import Campaign
from rally.kit import text
from rally.kit.errors import DomainError, InvalidInput, RateLimited
from rally.web.organizers import navigation

View = Callable[..., HttpResponse]
PER_PAGE = 50
# What a refusal is on the wire, by its code; anything else is a conflict with what is there.
STATUSES = {"forbidden": 403, "not_found": 404, "rate_limited": 429, "invalid_request": 400}


@dataclass(frozen=True, slots=True)
class Desk:
    """Where an organizer sits: themselves, the organization, its campaign if the page has one."""

    actor: Actor
    organization: Organization
    standing: Standing
    campaign: Campaign | None = None

    @property
    def user(self) -> User:
        """The one who is signed in."""
        assert self.actor.user is not None
        return self.actor.user

    @property
    def code(self) -> str:
        """What addresses call the organization."""
        return self.organization.code

    def may(self, right: Right | str, team_id: int | None = None) -> bool:
        """Whether the right is held here: in the campaign if there is one."""
        here = self.campaign.pk if self.campaign else None
        return self.standing.may(Right(right), here, team_id)

    def sees_contacts(self, campaign: Campaign) -> bool:
        """Whether donors' e-mails and addresses of a campaign may be shown to this one."""
        return self.standing.may_see_contacts(campaign.pk, campaign.donor_contact_visible)

    def campaigns(self, right: Right | None = None) -> QuerySet[Campaign]:
        """The organization's campaigns that this one may see, or holds a right in."""
        ours = Campaign.objects.filter(organization=self.organization, archived_at=None)
        return rights.seen(self.actor, ours, right)

    def url(self, name: str, *args: object) -> str:
        """An address within this organization: `desk.url("people")`."""
        return reverse(f"organizers:{name}", args=[self.code, *args])


# Decorators -----------------------------------------------------------------------------------
def signed_in(*, methods: Iterable[str] = ("GET",)) -> Callable[[View], View]:
    """A page for anybody with an account: view(request, actor, ...)."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, **path: Any) -> HttpResponse:
            return _entered(request, methods, lambda actor: view(request, actor, **path))

        return guarded

    return decorate


def organization_page(
    right: Right | None = None, *, methods: Iterable[str] = ("GET",), anywhere: bool = False
) -> Callable[[View], View]:
    """A page under /organize/{code}/: view(request, desk, ...).

    Without a right, belonging is enough. `anywhere` lets in who holds the right in any part
    of the organization: the view then shows that part alone.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, code: str, **path: Any) -> HttpResponse:
            def answer(actor: Actor) -> HttpResponse:
                desk = find_desk(actor, code)
                holds = desk.standing.may_somewhere if anywhere else desk.standing.may
                if right is not None and not holds(right):
                    return forbidden(request, desk)
                return _within(request, desk, lambda: view(request, desk, **path))

            return _entered(request, methods, answer)

        return guarded

    return decorate


def campaign_page(right: Right, *, methods: Iterable[str] = ("GET",)) -> Callable[[View], View]:
    """A page under /organize/{code}/c/{slug}/: view(request, desk, ...), desk.campaign set."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, code: str, slug: str, **path: Any) -> HttpResponse:
            def answer(actor: Actor) -> HttpResponse:
                desk = at_campaign(find_desk(actor, code), slug=slug)
                if not desk.may(right):
                    return forbidden(request, desk)
                return _within(request, desk, lambda: view(request, desk, **path))

            return _entered(request, methods, answer)

        return guarded

    return decorate


def _entered(
    request: HttpRequest, methods: Iterable[str], answer: Callable[[Actor], HttpResponse]
) -> HttpResponse:
    user = request.user
    if not isinstance(user, User):
        return redirect_to_login(request.get_full_path())
    allowed = {*methods, "HEAD"} if "GET" in methods else {*methods}
    if request.method not in allowed:
        return HttpResponseNotAllowed(sorted(allowed))
    if any(text.has_forbidden(value) for values in request.POST.lists() for value in values[1]):
        return refused(request, InvalidInput(_("There is a character that can't be used.")))
    try:
        response = answer(Actor(user=user, door="page"))
    except DomainError as why:
        response = refused(request, why)
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def _within(request: HttpRequest, desk: Desk, run: Callable[[], HttpResponse]) -> HttpResponse:
    """A refusal that the view didn't put beside a field is answered as a page in words."""
    try:
        return run()
    except Forbidden as why:
        return forbidden(request, desk, str(why))
    except DomainError as why:
        return refused(request, why, desk)


# Finding --------------------------------------------------------------------------------------
def find_desk(actor: Actor, code: str) -> Desk:
    """The desk in an organization the actor belongs to; raises Http404 for all others."""
    found = Organization.objects.filter(code=code, archived_at=None).first()
    standing = rights.standing(actor, found.pk) if found else Standing()
    if found is None or not standing.belongs:
        raise Http404
    return Desk(actor, found, standing)


def at_campaign(desk: Desk, **which: object) -> Desk:
    """The desk moved to one campaign; raises Http404 for what it may not see."""
    campaign = desk.campaigns().filter(**which).select_related("goal").first()
    if campaign is None:
        raise Http404
    campaign.organization = desk.organization
    return Desk(desk.actor, desk.organization, desk.standing, campaign)


# Answers --------------------------------------------------------------------------------------
def show(
    request: HttpRequest, template: str, desk: Desk | None, *, status: int = 200, here: str = "",
    **context: Any,
) -> HttpResponse:  # fmt: skip
    """A page in the organizers' frame; `here` is the navigation's entry it belongs to."""
    frame = {"desk": desk, "here": here, "entries": navigation.entries(desk) if desk else []}
    return render(request, template, frame | context, status=status)


def ask(
    request: HttpRequest, desk: Desk | None, *, title: str, consequences: Iterable[str],
    button: str, back: str, form: forms.Form | None = None, status: int = 200, here: str = "",
    danger: bool = True, hidden: dict[str, str] | None = None,
) -> HttpResponse:  # fmt: skip
    """The question before a deed, on the deed's own address: GET asks, POST does.

    `consequences` are the sentences that say what will happen; `back` is where "no" leads.
    `hidden` is sent along unseen. With mistakes in `form` the same page comes again, with all
    that was typed.
    """
    return show(
        request, "organize/ask.html", desk, status=status, here=here, title=title,
        crumb=_campaign_crumb(desk),
        consequences=list(consequences), button=button, back=back, form=form, danger=danger,
        hidden=hidden or {},
    )  # fmt: skip


def _campaign_crumb(desk: Desk | None) -> dict[str, str] | None:
    """Which campaign a question is about."""
    if desk is None or desk.campaign is None:
        return None
    return {"url": desk.url("campaign", desk.campaign.slug), "label": desk.campaign.title}


def forbidden(request: HttpRequest, desk: Desk, sentence: str = "") -> HttpResponse:
    """403: they see the thing, and their role doesn't do this."""
    return show(request, "organize/forbidden.html", desk, status=403, sentence=sentence)


def refused(request: HttpRequest, why: DomainError, desk: Desk | None = None) -> HttpResponse:
    """A rule said no, and no field is to blame: what it said, and the way back."""
    status = STATUSES.get(why.code, 409)
    response = show(request, "organize/refused.html", desk, status=status, sentence=str(why))
    if isinstance(why, RateLimited):
        response["Retry-After"] = str(why.retry_after)
    return response


def page_of(request: HttpRequest, rows: Any, per_page: int = PER_PAGE) -> Page:
    """The rows of `?page=`; a page that isn't there shows the nearest that is."""
    return Paginator(rows, per_page).get_page(request.GET.get("page"))


def posted(request: HttpRequest) -> QueryDict | None:
    """What was posted, for a form: also when it's nothing, which a form must complain about."""
    return request.POST if request.method == "POST" else None


def blame(form: forms.Form, why: DomainError, **called: str) -> None:
    """Put a refusal beside the field it names, or above the form. `called` says what the form
    calls a field that the core calls something else."""
    named = str(why.facts.get("field", ""))
    field = called.get(named, named)
    form.add_error(field if field in form.fields else None, str(why))
