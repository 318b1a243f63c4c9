"""Boards and those they're credited to: one board each, and what happens when a page goes."""

from collections.abc import Mapping

from accounts import audit
from accounts.actors import Actor
from accounts.rights import Right, require
from boards import planning
from boards.models import Board
from campaigns.models import Access, Campaign, Member, Team
from rally.kit import clock
from rally.kit.retries import retrying


def hand_out(campaign: Campaign, by: Actor) -> int:
    """Give each fundraiser without a board the next board that is nobody's; how many were given.

    Boards in the campaign's order, fundraisers by name. What was sold before keeps its credit.
    Raises Forbidden.
    """
    require(by, Right.RUN_CAMPAIGNS, campaign.organization_id, campaign.pk)
    boards = Board.objects.filter(campaign=campaign, archived_at=None)
    taken = boards.exclude(member=None).values("member")
    waiting = (
        Member.objects.filter(campaign=campaign, is_fundraiser=True, archived_at=None)
        .exclude(pk__in=taken)
        .order_by("person__name_key", "pk")
    )
    free = boards.filter(member=None, team=None).order_by("position", "pk")
    pairs = dict(zip(free, waiting, strict=False))
    return assign_all(campaign, pairs, by)


def assign_all(
    campaign: Campaign, owners: Mapping[Board, Team | Member | None], by: Actor
) -> int:  # fmt: skip
    """Credit each of these boards to its owner from now on, all or none; how many changed.

    Raises Forbidden, and InvalidInput for somebody of another campaign.
    """
    require(by, Right.RUN_CAMPAIGNS, campaign.organization_id, campaign.pk)

    def work() -> int:
        changed = 0
        # One order of locks for everybody who touches several boards.
        for board in sorted(owners, key=lambda one: one.pk):
            owner = owners[board]
            if (board.team_id, board.member_id) != _keys(owner):
                planning.assign(board, owner, by)
                changed += 1
        return changed

    return retrying(work)


def archive(owner: Team | Member, by: Actor) -> None:
    """Their page goes away and their boards raise for the whole campaign from now on.

    Gifts keep their credit, a team its people. Twice is no change. Raises Forbidden.
    """
    campaign = owner.campaign
    require(by, Right.RUN_CAMPAIGNS, campaign.organization_id, campaign.pk)
    field = "team" if isinstance(owner, Team) else "member"

    def work() -> None:
        rows = type(owner)._default_manager.filter(pk=owner.pk, archived_at=None)
        gone: dict[str, object] = {"archived_at": clock.database_now(), "access": Access.INACTIVE}
        if not rows.update(**gone):
            return
        audit.record(
            f"{field}.archived", about=owner, by=by.user,
            door=by.door, organization_id=campaign.organization_id, facts={"campaign": campaign.pk},
        )  # fmt: skip
        for board in Board.objects.filter(**{field: owner}).order_by("pk"):
            planning.assign(board, None, by)

    retrying(work)
    owner.refresh_from_db()


def _keys(owner: Team | Member | None) -> tuple[int | None, int | None]:
    return (
        owner.pk if isinstance(owner, Team) else None,
        owner.pk if isinstance(owner, Member) else None,
    )
