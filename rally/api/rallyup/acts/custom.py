"""Organizations that a partner makes and manages itself, and the people in them."""

from functools import partial
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from accounts import partners
from accounts.models import Invitation, Membership, Organization, User
from accounts.models.organizations import Role
from accounts.partners import ADMINISTRATOR, ROLES, STAFF, Details
from payments import partnering
from rally.api.rallyup.acts.partner import named
from rally.api.rallyup.answers import Answer
from rally.api.rallyup.calls import Call
from rally.api.rallyup.fields import show
from rally.api.rallyup.objects.organizations import ADDED_USER, ORG_USER, ORGANIZATION, OrgUser
from rally.api.rallyup.paging import Listing, listed
from rally.kit import clock
from rally.kit.errors import InvalidInput

NAMES = {"name": "Name", "country": "Country", "line_1": "Address1", "city": "City",
         "state": "State", "zip": "PostalCode", "ein": "EIN"}  # fmt: skip
LEADS = {Role.OWNER, Role.ADMIN}


def add(call: Call) -> Answer:
    """Make an organization; it is Pending until it is approved."""
    asked = call.asked
    for name in ("Name", "Country"):
        asked.needed(name)
    told: dict[str, Any] = {field: asked.text(name) for field, name in NAMES.items()}
    told["line_2"] = ", ".join(filter(None, (asked.text("Address2"), asked.text("Address3"))))
    details = Details(is_tax_exempt=asked.flag("501c"), **told)
    try:
        return _shown(partners.add(call.partner, call.actor, details))
    except InvalidInput as why:
        raise _named(why) from None


def _named(why: InvalidInput) -> InvalidInput:
    """The same refusal, saying which parameter it is about: there are ten of them."""
    name = (NAMES | {"line_2": "Address2"}).get(why.facts.get("field", ""), "")
    if not name or str(why).startswith(name):
        return why
    words = _("%(name)s: %(sentence)s") % {"name": name, "sentence": str(why)}
    return InvalidInput(words, field=name)


def approve(call: Call) -> Answer:
    """Say that it is who it says it is."""
    return _shown(partners.approve(named(call), call.partner, call.actor))


def delete(call: Call) -> Answer:
    """Take it out of use; refused once it has gifts or a running campaign."""
    return _shown(partnering.delete(named(call), call.partner, call.actor))


def users(call: Call) -> Answer:
    """Who belongs to the organization, and who is invited."""
    here = named(call)
    emails = _open_invitations(here).values("email")
    members = Membership.objects.filter(organization=here, campaign=None, team=None)
    found = User.objects.filter(pk__in=members.values("user")) | User.objects.filter(
        email__in=emails
    )
    return listed(call, Listing(ORG_USER, found, partial(_people, here)))


def add_user(call: Call) -> Answer:
    """Invite somebody by mail. Who belongs or is invited already stays as they are."""
    here, email = named(call), call.asked.needed("Email")
    role = call.asked.choice("Role", ROLES) or ADMINISTRATOR
    made = partners.invite(here, call.partner, call.actor, email=email, role=role)
    return Answer(show(ADDED_USER, _person(here, made)))


def delete_user(call: Call) -> Answer:
    """Take somebody out, or their invitation back."""
    here, email = named(call), call.asked.needed("Email")
    gone = partners.remove(here, call.partner, call.actor, email=email)
    return Answer(show(ADDED_USER, _person(here, gone)))


def _shown(organization: Organization) -> Answer:
    return Answer(show(ORGANIZATION, organization))


def _open_invitations(organization: Organization) -> Any:
    rows = Invitation.objects.filter(organization=organization, used_at=None, revoked_at=None)
    return rows.filter(expires_at__gt=clock.expression(None)).exclude(email="")


def _people(organization: Organization, keys: Any) -> list[Any]:
    """Members and those invited, by their users' keys: two statements."""
    members = Membership.objects.filter(
        organization=organization, campaign=None, team=None, user__in=keys
    ).select_related("user")
    asked = _open_invitations(organization).order_by("pk")
    found: dict[int, Any] = {}
    users = {user.email: user for user in User.objects.filter(pk__in=keys)}
    for one in chain(asked, members):
        user = one.user if isinstance(one, Membership) else users.get(one.email)
        if user is not None:
            found[user.pk] = Row(_described(organization, one, user))
    return list(found.values())


class Row:
    """A person with the key that pages go by."""

    def __init__(self, about: OrgUser) -> None:
        self.about, self.pk = about, about.user_id

    def __getattr__(self, name: str) -> Any:
        return getattr(self.about, name)


def _person(organization: Organization, one: Membership | Invitation) -> OrgUser:
    if isinstance(one, Membership):
        return _described(organization, one, one.user)
    return _described(organization, one, User.objects.get(email=one.email))


def _described(organization: Organization, one: Membership | Invitation, user: User) -> OrgUser:
    belongs = isinstance(one, Membership)
    created = user.date_joined if belongs else one.created_at
    return OrgUser(
        organization_id=organization.pk, user_id=user.pk, email=user.email,
        # An account that was made by inviting has no name; whose account it is isn't told.
        name=user.name if belongs else "",
        role=ADMINISTRATOR if one.role in LEADS else STAFF, created_at=created,
        added_at=one.created_at if belongs else None, asked_at=one.created_at,
    )  # fmt: skip
