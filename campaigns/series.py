"""A series' own name and goal."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.actors import Actor
from accounts.people import line
from accounts.rights import Right, require
from campaigns import pagetexts
from campaigns.models import Series
from rally.kit import text
from rally.kit.errors import InvalidInput

_name = line("name", 150)


def edit(series: Series, changes: Mapping[str, Any], by: Actor) -> Series:
    """Save what changed of `name` and `goal`. Raises Forbidden, InvalidInput."""
    require(by, Right.RUN_CAMPAIGNS, series.organization_id)
    with transaction.atomic():
        differs = pagetexts.edit_goal(series, changes.get("goal") or {})
        if "name" in changes:
            name = _name(changes["name"] or "")
            if not text.is_visible(name):
                raise InvalidInput(_("Please give it a name."), field="name")
            if name != series.name:
                series.name = name
                differs.append("name")
        if differs:
            series.save()
            audit.record("series.edited", about=series, by=by.user, door=by.door,
                         facts={"fields": sorted(differs)})  # fmt: skip
    return series
