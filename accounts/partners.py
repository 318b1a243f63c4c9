"""What a partner does for organizations of its own: make them, let them in, manage their people.

Every verb takes the partner whose program asks; the caller has made sure that the organization
is one of the partner's. Whoever is added is invited by mail, and becomes a member by accepting.
"""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit, countries, invitations, memberships, organizations, profiles
from accounts.actors import SYSTEM, Actor
from accounts.models import Invitation, Membership, Organization, Partner, User
from accounts.models.organizations import Role
from rally.kit import clock, text
from rally.kit.errors import DomainError, InvalidInput

ADMINISTRATOR, STAFF = ROLES = ("Administrator", "Staff")
GIVES = {ADMINISTRATOR: Role.ADMIN, STAFF: Role.TEAM_ADMIN}
EIN = re.compile(r"(\d{2})-?(\d{7})", re.ASCII)
Status = Organization.Status


class NotPartnerMade(DomainError):
    """A customer's organization manages itself."""

    code = "forbidden"
    sentence = gettext_lazy("This organization manages itself: the partner didn't make it.")


class NoSuchPerson(DomainError):
    """Nobody of that address belongs to the organization or is invited."""

    code = "not_found"
    sentence = gettext_lazy("Nobody with this e-mail address belongs to the organization.")


@dataclass(frozen=True, slots=True)
class Details:
    """What is known of a new organization, as it was typed."""

    name: str
    country: str
    line_1: str = ""
    line_2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    ein: str = ""
    is_tax_exempt: bool = False


def add(partner: Partner, by: Actor, details: Details) -> Organization:
    """A new organization of the partner's, pending, in its country's currency and time zone.

    Raises InvalidInput naming the field.
    """
    country = details.country.strip().upper()
    if country not in countries.names():
        raise InvalidInput(_("Country must be two letters of ISO 3166."), field="country")
    rules = profiles.RULES
    made = Organization(
        name=rules["name"](_plain(details.name, "name")), country=country, partner=partner,
        partner_made=True, tax_id=_ein(details.ein), is_tax_exempt=details.is_tax_exempt,
        currency=countries.currency(country), time_zone=countries.time_zone(country),
        clock_offset_s=organizations.sandbox_clock(),
        **{
            name: rules[name](_plain(getattr(details, name), name))
            for name in ("line_1", "line_2", "city", "state", "zip")
        },
    )  # fmt: skip
    with transaction.atomic():
        made.slug = profiles.free_slug(made.name)
        made.save()
        _note("organization.partner_added", made, by, partner)
    return made


def approve(organization: Organization, partner: Partner, by: Actor) -> Organization:
    """The partner says that it is who it says. Again changes nothing.

    Raises NotPartnerMade; one that staff froze stays frozen.
    """
    with transaction.atomic():
        found = locked(organization)
        if found.status == Status.PENDING:
            found.status = Status.LIVE
            found.save(update_fields=["status"])
            _note("organization.partner_approved", found, by, partner)
    return found


def archive(organization: Organization, partner: Partner, by: Actor) -> Organization:
    """Take it out of use. The caller has made sure that no money hangs on it."""
    with transaction.atomic():
        found = locked(organization)
        if found.archived_at is None:
            found.archived_at = clock.database_now()
            found.save(update_fields=["archived_at"])
            _note("organization.partner_deleted", found, by, partner)
    return found


def invite(
    organization: Organization, partner: Partner, by: Actor, *, email: str, role: str
) -> Membership | Invitation:
    """Ask somebody to come in as Administrator or Staff. Who is in, or asked, stays as they are.

    Raises NotPartnerMade and InvalidInput (email, role).
    """
    if role not in GIVES:
        raise InvalidInput(_("Role must be Administrator or Staff."), field="role")
    email = _address(email)
    with transaction.atomic():
        found = locked(organization)
        known = _member(found, email) or _invited(found, email)
        if known is not None:
            return known
        if not User.objects.filter(email=email).exists():
            # Without a password: whoever reads this address's mail can set one.
            User.objects.create_user(email, None)
        made = invitations.invite(found, SYSTEM, GIVES[role], email=email)
        _note("person.partner_invited", found, by, partner)
    return made


def remove(
    organization: Organization, partner: Partner, by: Actor, *, email: str
) -> Membership | Invitation:
    """Take somebody out, or their invitation back; answers what was there.

    Raises NotPartnerMade, NoSuchPerson, LastOwner.
    """
    email = _address(email)
    with transaction.atomic():
        found = locked(organization)
        membership, asked = _member(found, email), _invited(found, email)
        known = membership or asked
        if known is None:
            raise NoSuchPerson
        if membership is not None:
            memberships.remove(membership, SYSTEM)
        else:
            assert asked is not None
            invitations.revoke(asked, SYSTEM)
        _note("person.partner_removed", found, by, partner)
    return known


def locked(organization: Organization) -> Organization:
    """The organization's row, locked. Raises NotPartnerMade for a customer's."""
    rows = Organization.objects.select_for_update(no_key=True, of=("self",))
    found = rows.get(pk=organization.pk)
    if not found.partner_made:
        raise NotPartnerMade
    return found


def _member(organization: Organization, email: str) -> Membership | None:
    rows = Membership.objects.filter(organization=organization, campaign=None, team=None)
    return rows.filter(user__email=email).select_related("user").first()


def _invited(organization: Organization, email: str) -> Invitation | None:
    rows = Invitation.objects.filter(organization=organization, email=email, used_at=None)
    good = rows.filter(revoked_at=None, expires_at__gt=clock.expression(None))
    return good.order_by("-pk").first()


def _plain(value: str, field: str) -> str:
    if text.has_forbidden(value) or "<" in value or ">" in value:
        raise InvalidInput(_("There is a character that can't be used."), field=field)
    return value


def _ein(value: str) -> str:
    """Nine digits with the dash where the tax office writes it; nothing stays nothing."""
    if not value.strip():
        return ""
    found = EIN.fullmatch(value.strip())
    if found is None:
        raise InvalidInput(_("EIN must be nine digits."), field="ein")
    return f"{found[1]}-{found[2]}"


def _address(value: str) -> str:
    value = value.strip().lower()
    try:
        validate_email(value)
    except ValidationError:
        raise InvalidInput(_("This isn't an e-mail address."), field="email") from None
    if len(value) > 254:
        raise InvalidInput(_("This isn't an e-mail address."), field="email")
    return value


def _note(verb: str, about: Organization, by: Actor, partner: Partner) -> None:
    audit.record(verb, about=about, by=by.user, door=by.door, facts={"partner": partner.pk})
