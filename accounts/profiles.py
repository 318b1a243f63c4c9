"""What an organization says about itself: start one, edit it, see who edited meanwhile."""

import datetime as dt
import zoneinfo
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.text import slugify
from django.utils.translation import gettext as _

from accounts import audit, countries, organizations
from accounts.actors import Actor
from accounts.errors import EditedMeanwhile, TooMany
from accounts.models import Membership, Organization
from accounts.models.organizations import Role
from accounts.rights import Forbidden, Right, require
from rally.kit import money, text
from rally.kit.errors import InvalidInput

MOST_PENDING = 5
MOST_FOUND = 10
SHORTEST_SEARCH = 3
NETWORKS = ("facebook", "instagram", "youtube", "x")
# Words that an address of ours begins with, or that would pass for the site itself.
RESERVED = frozenset({"admin", "api", "accounts", "organize", "rally", "staff", "support", "new"})
_is_url = URLValidator(schemes=["http", "https"])


# Rules for each field -------------------------------------------------------------------------
def _line(field: str, longest: int, needed: bool = False) -> Callable[[Any], str]:
    def rule(value: Any) -> str:
        cleaned = text.one_line(str(value))
        if len(cleaned) > longest:
            words = _("Please use at most %(n)d characters.") % {"n": longest}
            raise InvalidInput(words, field=field)
        if needed and not text.is_visible(cleaned):
            raise InvalidInput(_("Please give a name."), field=field)
        return cleaned

    return rule


def _url(field: str, longest: int = 200) -> Callable[[Any], str]:
    def rule(value: Any) -> str:
        cleaned = text.one_line(str(value))
        if cleaned:
            try:
                _is_url(cleaned)
            except ValidationError:
                words = _("This isn't a web address. It begins with https://.")
                raise InvalidInput(words, field=field) from None
        return _line(field, longest)(cleaned)

    return rule


def _links(value: Any) -> dict[str, str]:
    given = {name: _url(name)(value.get(name, "")) for name in NETWORKS}
    return {name: url for name, url in given.items() if url}


def _country(value: Any) -> str:
    if value not in countries.names():
        raise InvalidInput(_("Please choose a country."), field="country")
    return str(value)


def _currency(value: Any) -> str:
    if not money.is_currency(str(value)):
        raise InvalidInput(_("Three letters, such as USD."), field="currency")
    return str(value)


def _time_zone(value: Any) -> str:
    if value not in zoneinfo.available_timezones():
        raise InvalidInput(_("A name such as America/New_York."), field="time_zone")
    return str(value)


RULES: dict[str, Callable[[Any], Any]] = {
    "name": _line("name", 150, needed=True),
    "common_name": _line("common_name", 150),
    "website": _url("website"),
    "social_links": _links,
    "tax_id": _line("tax_id", 32),
    "line_1": _line("line_1", 150),
    "line_2": _line("line_2", 150),
    "city": _line("city", 100),
    "state": _line("state", 100),
    "zip": _line("zip", 20),
    "country": _country,
    "currency": _currency,
    "time_zone": _time_zone,
    "unlisted": bool,
    "noindex": bool,
}


# Verbs ----------------------------------------------------------------------------------------
def create(
    by: Actor, *, name: str, country: str, currency: str = "", time_zone: str = ""
) -> Organization:
    """Start an organization: pending, a sandbox, owned by whoever starts it.

    Without currency or time zone those of the country are taken. Raises InvalidInput, and
    TooMany for somebody with several that nobody has verified yet.
    """
    if by.user is None or not by.user.is_active:
        raise Forbidden
    made = Organization(
        name=RULES["name"](name), country=_country(country),
        currency=_currency(currency or countries.currency(country)),
        time_zone=_time_zone(time_zone or countries.time_zone(country)),
        clock_offset_s=organizations.sandbox_clock(),
    )  # fmt: skip
    mine = Membership.objects.filter(
        user=by.user, role=Role.OWNER, organization__status=Organization.Status.PENDING
    )
    with transaction.atomic():
        if mine.count() >= MOST_PENDING:
            raise TooMany
        made.slug = free_slug(made.name)
        made.save()
        Membership.objects.create(organization=made, user=by.user, role=Role.OWNER)
        audit.record("organization.created", about=made, by=by.user, door=by.door)
    return made


def edit(organization: Organization, by: Actor, changes: Mapping[str, Any], seen: str) -> list[str]:
    """Save what changed; answers the names of the fields that did.

    `seen` is the `version` of what the editor looked at. Raises Forbidden, InvalidInput, and
    EditedMeanwhile with what differs, when somebody else saved since.
    """
    require(by, Right.RUN_ORGANIZATION, organization.pk)
    cleaned = {field: RULES[field](value) for field, value in changes.items()}
    with transaction.atomic():
        found = Organization.objects.select_for_update(no_key=True, of=("self",)).get(
            pk=organization.pk
        )
        differs = [field for field, value in cleaned.items() if getattr(found, field) != value]
        if not differs:
            return []
        if version(found) != seen:
            pairs = [(field, getattr(found, field), cleaned[field]) for field in differs]
            raise EditedMeanwhile(pairs, version(found))
        for field in differs:
            setattr(found, field, cleaned[field])
        found.save(update_fields=differs)
        audit.record(
            "organization.edited", about=found, by=by.user, door=by.door,
            facts={"fields": sorted(differs)},
        )  # fmt: skip
    organization.refresh_from_db()
    return differs


def version(organization: Organization) -> str:
    """What two editors compare: when the row was last written."""
    return organization.modified_at.astimezone(dt.UTC).isoformat()


def search(query: str) -> QuerySet[Organization]:
    """Organizations to ask at: verified and listed ones by name, any by its exact code."""
    words = text.one_line(query)
    if len(words) < SHORTEST_SEARCH:
        return Organization.objects.none()
    listed = Q(status=Organization.Status.LIVE, unlisted=False)
    named = listed & (Q(name__icontains=words) | Q(common_name__icontains=words))
    found = Organization.objects.filter(named | Q(code=words.lower()), archived_at=None)
    return found.order_by("name", "pk")[:MOST_FOUND]


def free_slug(name: str) -> str:
    """An address part made of a name that no other organization has."""
    base = slugify(name)[:70] or "organization"
    if base in RESERVED:
        base = f"{base}-organization"
    taken = set(Organization.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug
