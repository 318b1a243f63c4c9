"""Whether a fundraiser may change teams: gifts count for the team they were given in."""

from django.utils.translation import gettext as _

from campaigns.errors import HasGifts
from campaigns.models import Access, Donation, DonationEntry, Goal, Member, Team
from rally.kit.errors import InvalidInput


def has_gifts(member: Member) -> bool:
    """Whether anything was ever given for the member, under a lock that no new gift can pass:
    it would count for the team it saw.

    Every gift and entry points at the goal, and a key check waits for this lock; so this one is
    a full one, unlike all others. The caller has opened the transaction.
    """
    goal = Goal.objects.select_for_update(of=("self",)).filter(member=member.pk).first()
    if goal is None:
        return False
    given = Donation.objects.filter(goal=goal).exists()
    return given or DonationEntry.objects.filter(goal=goal).exists()


def move(member: Member, team_id: int | None, *, public_only: bool = False) -> None:
    """Name another team, or none; the caller saves. `public_only` is for who moves themselves.

    Raises InvalidInput for a team of elsewhere, and HasGifts once something was given.
    """
    teams = Team.objects.filter(campaign=member.campaign_id, archived_at=None)
    if public_only:
        teams = teams.filter(access=Access.PUBLIC)
    if team_id is not None and not teams.filter(pk=team_id).exists():
        raise InvalidInput(_("There is no such team in this campaign."), field="team")
    if member.pk is not None and has_gifts(member):
        raise HasGifts(field="team")
    member.team_id = team_id
