"""Where an organizer arrives: the organizations they belong to, or how to get one."""

from django.http import HttpRequest, HttpResponse

from accounts import rights
from accounts.actors import Actor
from rally.web.organizers import base


@base.signed_in()
def start(request: HttpRequest, actor: Actor) -> HttpResponse:
    """GET /organize/."""
    mine = list(rights.organizations(actor).order_by("name", "pk"))
    return base.show(request, "organize/start.html", None, organizations=mine)
