"""Captains and fundraisers: what is somebody's own, by who they are and not by any role.

An organizer writes down a fundraiser's e-mail address; whoever proves that address may take the
page over. Until then nobody but the organizers gets at it.
"""

from django.db.models import Exists, OuterRef, QuerySet

from accounts import audit
from accounts.actors import Actor
from accounts.models import Person
from accounts.rights import Forbidden
from campaigns.models import Member, Team
from rally.kit.retries import retrying


def pages(by: Actor) -> QuerySet[Member]:
    """The actor's own fundraising pages, the newest first."""
    return _fundraisers().filter(person__user=by.user).order_by("-pk")


def teams(by: Actor) -> QuerySet[Team]:
    """The teams the actor leads, the newest first."""
    mine = Member.objects.filter(captain_of=OuterRef("pk"), person__user=by.user, archived_at=None)
    found = Team.objects.filter(Exists(mine), archived_at=None, campaign__archived_at=None)
    return found.select_related("campaign__organization", "goal").order_by("-pk")


def waiting(by: Actor) -> QuerySet[Member]:
    """Pages made for the actor's address that nobody has taken over yet.

    An account's address is proven before anybody can sign in to it.
    """
    if by.user is None or not by.user.is_active or not by.user.email:
        return Member.objects.none()
    return _fundraisers().filter(person__user=None, person__email=by.user.email).order_by("-pk")


def take_over(by: Actor) -> int:
    """Make the waiting pages the actor's own; how many there were. Again changes nothing.

    Raises Forbidden for nobody.
    """
    if by.user is None:
        raise Forbidden

    def work() -> int:
        people = Person.objects.filter(pk__in=waiting(by).order_by().values("person"), user=None)
        locked = list(people.select_for_update(no_key=True, of=("self",)).order_by("pk"))
        for person in locked:
            person.user = by.user
            person.save(update_fields=["user"])
            audit.record(
                "page.taken_over", about=person, by=by.user, door=by.door,
                organization_id=person.organization_id,
            )  # fmt: skip
        return len(locked)

    return retrying(work)


def _fundraisers() -> QuerySet[Member]:
    found = Member.objects.filter(
        is_fundraiser=True, archived_at=None, person__archived_at=None,
        campaign__archived_at=None,
    )  # fmt: skip
    return found.select_related("campaign__organization", "person", "team", "goal")
