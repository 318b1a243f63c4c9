"""Supporters, gifts, teams, fundraisers, lists to take along, and the money."""

from tests.organizers.routes.campaigns import of_campaign
from tests.organizers.table import ADMINS, MEMBERS, RUNNERS, SIGNED_IN, Row
from tests.organizers.world import World

BOTH = ("GET", "POST")
ANYWHERE = RUNNERS | {"limited"}


def of_gift(name: str, may: frozenset[str], methods=BOTH) -> Row:
    return Row(
        name, may, args=lambda w: [w.ours.code, w.gift.public_id], methods=methods,
        foreign=lambda w: [w.ours.code, w.their_gift.public_id], hidden=frozenset({"limited"}),
    )  # fmt: skip


def of_owner(name: str, thing: str) -> Row:
    def args(world: World) -> list[object]:
        return [world.ours.code, world.campaign.slug, getattr(world, thing).pk]

    def foreign(world: World) -> list[object]:
        return [world.ours.code, world.campaign.slug, getattr(world, f"their_{thing}").pk]

    return Row(name, RUNNERS, args=args, foreign=foreign, methods=BOTH,
               hidden=frozenset({"limited"}))  # fmt: skip


def own(name: str, methods=("GET",)) -> Row:
    """Of a fundraiser's own page; no role of the organization opens it."""
    return Row(
        name, frozenset({"fundraiser"}), args=lambda w: [f"m{w.fundraiser.pk}"], methods=methods,
        foreign=lambda w: [f"m{w.their_fundraiser.pk}"], hidden=MEMBERS,
    )  # fmt: skip


ROWS = [
    Row("pages", SIGNED_IN, args=lambda w: []),
    Row("pages-take-over", SIGNED_IN, args=lambda w: [], methods=("POST",)),
    own("page"),
    own("page-edit", methods=BOTH),
    own("page-gifts"),
    Row("supporters", ANYWHERE),
    Row("supporter", RUNNERS, args=lambda w: [w.ours.code, w.gift.person.public_id],
        foreign=lambda w: [w.ours.code, w.their_gift.person.public_id],
        hidden=frozenset({"limited"})),
    Row("teams", ANYWHERE),
    Row("fundraisers", ANYWHERE),
    Row("money", ANYWHERE),
    of_gift("gift", RUNNERS, methods=("GET",)),
    of_gift("gift-credit", RUNNERS),
    of_gift("gift-refund", ADMINS),
    of_campaign("assign"),
    of_campaign("team-new"),
    of_owner("team", "team"),
    of_owner("team-archive", "team"),
    of_campaign("fundraiser-new"),
    of_owner("fundraiser", "fundraiser"),
    of_owner("fundraiser-archive", "fundraiser"),
    of_campaign("campaign-exports", methods=("GET",)),
    Row("campaign-export", RUNNERS, args=lambda w: [w.ours.code, w.campaign.slug, "gifts"],
        foreign=lambda w: [w.ours.code, w.their_campaign.slug, "gifts"],
        hidden=frozenset({"limited"})),
]  # fmt: skip
