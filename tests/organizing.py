"""Who organizes: actors with a role, for tests of verbs and pages."""

from accounts.actors import Actor
from accounts.models import Membership, Organization
from accounts.models.organizations import Role
from tests.factories import make_user


def actor(organization: Organization, role: str = Role.OWNER) -> Actor:
    """Somebody with this role everywhere in the organization."""
    user = make_user()
    Membership.objects.create(organization=organization, user=user, role=role)
    return Actor(user=user, door="page")
