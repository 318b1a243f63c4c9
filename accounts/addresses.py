"""Addresses of a person: added, changed and taken away, by themselves or by who may see them."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit, people
from accounts.actors import Actor
from accounts.models import Address, Person
from accounts.rights import Forbidden, Right, may
from rally.kit import clock
from rally.kit.errors import InvalidInput


def add(person: Person, changes: Mapping[str, Any], by: Actor, *, campaign_id: int) -> Address:
    """A new address; one that is there already is answered. Raises Forbidden, InvalidInput."""
    _require(person, by, campaign_id)
    with transaction.atomic():
        made = people.keep_address(person, changes)
        if made is None:
            raise InvalidInput(_("Please give an address."), field="line_1")
        _record("address.added", made, person, by)
    return made


def edit(address: Address, changes: Mapping[str, Any], by: Actor, *, campaign_id: int) -> Address:
    """Save what changed. Raises Forbidden, InvalidInput."""
    _require(address.person, by, campaign_id)
    with transaction.atomic():
        differs = people.edit_address(address, changes)
        if differs:
            _record("address.edited", address, address.person, by, fields=sorted(differs))
    return address


def archive(address: Address, by: Actor, *, campaign_id: int) -> None:
    """Take it out of every list. Again changes nothing. Raises Forbidden."""
    _require(address.person, by, campaign_id)
    with transaction.atomic():
        if address.archived_at is None:
            address.archived_at = clock.now()
            address.save(update_fields=["archived_at"])
            _record("address.archived", address, address.person, by)


def _require(person: Person, by: Actor, campaign_id: int) -> None:
    is_self = by.user is not None and person.user_id == by.user.pk
    if not is_self and not may(by, Right.RUN_CAMPAIGNS, person.organization_id, campaign_id):
        raise Forbidden


def _record(verb: str, address: Address, person: Person, by: Actor, **facts: object) -> None:
    audit.record(
        verb, about=address, by=by.user, door=by.door, organization_id=person.organization_id,
        facts=dict(facts),
    )  # fmt: skip
