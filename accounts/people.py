"""Persons of an organization: found or made, and what may be said about them."""

from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext as _

from accounts import countries
from accounts.models import Address, Organization, Person
from rally.kit import text
from rally.kit.errors import InvalidInput

MOST_ADDRESSES = 20
_is_email = EmailValidator()


# Rules for each field -------------------------------------------------------------------------
def line(field: str, longest: int) -> Callable[[str], str]:
    """One line of up to so many characters, or nothing."""

    def rule(value: str) -> str:
        if text.has_forbidden(value):
            raise InvalidInput(_("This has a character that can't be kept."), field=field)
        cleaned = text.one_line(value)
        if len(cleaned) > longest:
            words = _("Please use at most %(n)d characters.") % {"n": longest}
            raise InvalidInput(words, field=field)
        return cleaned

    return rule


def email(value: str) -> str:
    """One plain address in lower case, or nothing. Raises InvalidInput."""
    value = value.strip()
    if not value:
        return ""
    try:
        if len(value) > 254 or any(ord(letter) < 33 for letter in value):
            raise ValidationError("")
        _is_email(value)
    except ValidationError:
        raise InvalidInput(_("Please give a complete e-mail address."), field="email") from None
    return value.lower()


def country(value: str) -> str:
    """Two letters of ISO 3166, or nothing. Raises InvalidInput."""
    value = value.strip().upper()
    if value and value not in countries.names():
        raise InvalidInput(_("Two letters of ISO 3166, such as US."), field="country")
    return value


PERSON = {"first_name": line("first_name", 100), "last_name": line("last_name", 100),
          "email": email}  # fmt: skip
ADDRESS = {
    "line_1": line("line_1", 150), "line_2": line("line_2", 150), "city": line("city", 100),
    "state": line("state", 100), "zip": line("zip", 20), "country": country,
}  # fmt: skip
Rules = Mapping[str, Callable[[str], str]]


def cleaned(rules: Rules, changes: Mapping[str, Any]) -> dict[str, str]:
    """The fields these rules know, cleaned; nothing for None. Raises InvalidInput."""
    return {name: rules[name](value or "") for name, value in changes.items() if name in rules}


# Verbs' parts: the caller has asked for the right, opened the transaction, and writes the log -----
def found_or_made(organization: Organization, changes: Mapping[str, Any]) -> Person:
    """The person with this e-mail and name, or a new one: an e-mail alone says nothing.

    Raises InvalidInput for fields that can't be, and without any name.
    """
    person = Person(organization=organization, **cleaned(PERSON, changes))
    if not text.is_visible(person.name):
        raise InvalidInput(_("Please give a name."), field="first_name")
    if person.email:
        known = Person.objects.filter(
            organization=organization, email=person.email, name_key=text.key(person.name),
            archived_at=None,
        )  # fmt: skip
        if found := known.order_by("pk").first():
            return found
    person.save()
    return person


def edit(person: Person, changes: Mapping[str, Any]) -> list[str]:
    """Save what differs; answers the names of those fields. Raises InvalidInput."""
    values = cleaned(PERSON, changes)
    differs = [name for name, value in values.items() if getattr(person, name) != value]
    for name in differs:
        setattr(person, name, values[name])
    if differs:
        if not text.is_visible(person.name):
            raise InvalidInput(_("Please give a name."), field="first_name")
        person.save()
    return differs


def keep_address(person: Person, changes: Mapping[str, Any]) -> Address | None:
    """The person's address with these parts, made if new; nothing without any part."""
    values = cleaned(ADDRESS, changes)
    if not any(values.values()):
        return None
    known = Address.objects.filter(person=person, archived_at=None, **values).first()
    if known is not None:
        return known
    if Address.objects.filter(person=person, archived_at=None).count() >= MOST_ADDRESSES:
        raise InvalidInput(_("These are too many addresses."), field="address")
    return Address.objects.create(person=person, **values)


def edit_address(address: Address, changes: Mapping[str, Any]) -> list[str]:
    """Save what differs; answers the names of those fields. Raises InvalidInput."""
    values = cleaned(ADDRESS, changes)
    differs = [name for name, value in values.items() if getattr(address, name) != value]
    for name in differs:
        setattr(address, name, values[name])
    if differs:
        address.save()
    return differs


def keep_first_address(person: Person, changes: Mapping[str, Any]) -> list[str]:
    """Edit the person's oldest address, or make the first; answers the fields that differ."""
    first = Address.objects.filter(person=person, archived_at=None).order_by("pk").first()
    if first is not None:
        return edit_address(first, changes)
    return sorted(changes) if keep_address(person, changes) else []
