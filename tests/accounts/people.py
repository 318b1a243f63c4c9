"""An organization with its people, for tests of who may do what with whom."""

from dataclasses import dataclass

from accounts.actors import Actor
from accounts.models import Membership, Organization, User
from accounts.models.organizations import Role
from tests.factories import make_organization, make_user


@dataclass
class House:
    """An organization, an owner and an admin of it, and somebody who doesn't belong."""

    organization: Organization
    owner: Actor
    admin: Actor
    stranger: Actor

    def add(self, role: str, **limit: object) -> Membership:
        """One more member."""
        return Membership.objects.create(
            organization=self.organization, user=make_user(), role=role, **limit
        )

    def of(self, actor: Actor) -> Membership:
        """An actor's general role."""
        return Membership.objects.get(organization=self.organization, user=actor.user)


def at_page(user: User) -> Actor:
    return Actor(user, "page")


def make_house(**fields: object) -> House:
    organization = make_organization(**fields)
    actors = [at_page(make_user()) for _ in range(3)]
    for actor, role in zip(actors, (Role.OWNER, Role.ADMIN), strict=False):
        Membership.objects.create(organization=organization, user=actor.user, role=role)
    return House(organization, *actors)
