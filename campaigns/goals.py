"""Every series, campaign, team and member has one goal; it is made with its owner."""

from campaigns.models import Campaign, Goal, Member, Series, Team

Owner = Series | Campaign | Team | Member
KINDS: dict[type[Owner], str] = {
    Series: Goal.Kind.SERIES,
    Campaign: Goal.Kind.CAMPAIGN,
    Team: Goal.Kind.TEAM,
    Member: Goal.Kind.MEMBER,
}


def ensure(owner: Owner) -> Goal:
    """The owner's goal, made with amount 0 when there is none."""
    kind = KINDS[type(owner)]
    goal, _made = Goal.objects.get_or_create(**{kind: owner}, defaults={"kind": kind})
    return goal


def currency(goal: Goal) -> str:
    """The currency its amounts are in: the campaign's; a series has its organization's."""
    if goal.series is not None:
        return goal.series.organization.currency
    owner = goal.campaign or goal.team or goal.member
    if isinstance(owner, Team | Member):
        return owner.campaign.currency
    return owner.currency if owner is not None else ""
