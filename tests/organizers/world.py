"""Two organizations and one person of every kind, for the table of routes."""

from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from accounts import invitations, joinrequests
from accounts.actors import SYSTEM, Actor
from accounts.models import Membership, Organization, User
from accounts.models.organizations import Role
from boards.models import Board
from campaigns.models import Donation
from payments import offline
from payments.models import Checkout
from payments.offline import Entry
from rally.kit import clock
from tests import factories

# Everybody a route is tried as. "limited" is a team admin of `other_campaign` alone, "outsider"
# owns the other organization, "staff" belongs to the site's staff and to no organization.
# "fundraiser" has a page of ours and "captain" leads our team; neither has any role.
ROLES = tuple(role.value for role in Role)
KINDS = (*ROLES, "limited", "outsider", "staff", "fundraiser", "captain", "anonymous")


@dataclass
class World:
    """What addresses are made of. `ours` is visited; `theirs` must never show."""

    ours: Organization
    theirs: Organization
    users: dict[str, User] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.things[name]
        except KeyError:
            raise AttributeError(name) from None

    def client(self, kind: str) -> Client:
        client = Client()
        if kind != "anonymous":
            client.force_login(self.users[kind])
        return client


def make() -> World:
    """Users with their roles, two campaigns of ours, one campaign and one member of theirs."""
    ours, theirs = factories.make_organization(), factories.make_organization()
    world = World(ours, theirs)
    world.things["campaign"] = factories.make_campaign(ours)
    world.things["other_campaign"] = factories.make_campaign(ours)
    world.things["their_campaign"] = factories.make_campaign(theirs)
    for name in ("campaign", "other_campaign", "their_campaign"):
        found = world.things[name]
        board = factories.make_board(campaign=found)
        world.things[name.replace("campaign", "board")] = board
        world.things[name.replace("campaign", "cash")] = cash(board)
    for name in ("", "their_"):
        found = world.things[f"{name}campaign"]
        world.things[f"{name}team"] = factories.make_team(found)
        world.things[f"{name}fundraiser"] = factories.make_member(found)
        world.things[f"{name}gift"] = Donation.objects.get(campaign=found)
    for kind in KINDS[:-1]:
        world.users[kind] = factories.make_user(f"{kind}@example.org", is_staff=kind == "staff")
    for role in ROLES:
        _member(ours, world.users[role], role)
    _gives_pages(world)
    campaign = world.other_campaign
    _member(ours, world.users["limited"], Role.TEAM_ADMIN, campaign=campaign)
    world.things["membership"] = _member(ours, factories.make_user(), Role.VIEWER)
    world.things["their_membership"] = _member(theirs, world.users["outsider"], Role.OWNER)
    for name, organization, owner in (("", ours, "owner"), ("their_", theirs, "outsider")):
        by = Actor(world.users[owner], "page")
        asker = Actor(factories.make_user(), "page")
        world.things[f"{name}request"] = joinrequests.ask(organization, asker, "Please.")
        made = invitations.invite(organization, by, Role.VIEWER)
        world.things[f"{name}invitation"] = made
    world.things["secret"] = invitations.secret_of(world.invitation)
    return world


def _gives_pages(world: World) -> None:
    """The fundraiser's page and the captain's are theirs."""
    world.fundraiser.person.user = world.users["fundraiser"]
    world.fundraiser.person.save()
    captain = factories.make_member(world.campaign, world.team)
    captain.person.user = world.users["captain"]
    captain.person.save()
    world.team.captains.add(captain)


def cash(board: Board) -> Checkout:
    """Money on a board that nobody has counted."""
    entry = Entry([1], f"Placeholder {board.pk}", 100, clock.now())
    return offline.enter(board, entry, SYSTEM)


def _member(organization: Organization, user: User, role: str, **limit: Any) -> Membership:
    return Membership.objects.create(organization=organization, user=user, role=role, **limit)
