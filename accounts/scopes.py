"""What a program can be allowed: one table for the consent page, the checks and the documents."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rally.kit.errors import DomainError

LONGEST = 500


@dataclass(frozen=True, slots=True)
class Scope:
    """One thing to allow. `words` go on after "It may"; `writes` tells acts from reads."""

    name: str
    words: str | Promise
    writes: bool = False


SCOPES: dict[str, Scope] = {
    scope.name: scope
    for scope in (
        Scope("profile", _("see your name, your e-mail address and your pages")),
        Scope("profile_write", _("change your name, your address and your pages"), True),
        Scope("campaigns", _("see the campaigns you take part in")),
        Scope("donations", _("see the gifts to your own page and to a team you lead")),
        Scope("updates_write", _("write, change and delete news on your page"), True),
        Scope("team_write", _("start a team, and change a team you lead"), True),
        Scope(
            "admin_read",
            _("see everything you can see as an administrator: people, teams, addresses"),
        ),
        Scope(
            "admin_write",
            _("change people, teams and campaigns that you administer"),
            True,
        ),
        Scope(
            "admin_donations",
            _("enter, change and void offline gifts where you're an administrator"),
            True,
        ),
        Scope("tiles_read", _("see the boards, tiles and gifts you look after")),
        Scope("tiles_write", _("change boards and tiles, and pay gifts back, in your place"), True),
    )
}
DEFAULT = ("profile", "campaigns", "donations")


class UnknownScope(DomainError):
    """A name that isn't in the table."""

    code = "invalid_scope"
    sentence = _("One of the scopes doesn't exist.")


def read(text: str | None) -> tuple[str, ...]:
    """The scopes a program asks for, in the table's order; None or nothing means the default.

    Raises UnknownScope.
    """
    wanted = (text or "").split(" ") if len(text or "") <= LONGEST else [""]
    names = {name for name in wanted if name}
    if names - SCOPES.keys() or len(text or "") > LONGEST:
        raise UnknownScope
    return ordered(names) or DEFAULT


def ordered(names: Iterable[str]) -> tuple[str, ...]:
    """The known ones among `names`, in the table's order."""
    known = set(names)
    return tuple(name for name in SCOPES if name in known)


def written(names: Iterable[str]) -> str:
    """As the wire and the database write them: parted by spaces."""
    return " ".join(ordered(names))


def described(text: str) -> list[Scope]:
    """The table's rows for scopes as they are written."""
    return [SCOPES[name] for name in ordered(text.split())]
