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
    """The currency its amounts are in."""
    owner = goal.series or goal.campaign or goal.team or goal.member
    return currency_of(owner) if owner is not None else ""


def currency_of(owner: Owner) -> str:
    """The currency an owner's goal is in: the campaign's; a series has its organization's."""
    if isinstance(owner, Series):
        return owner.organization.currency
    return owner.campaign.currency if isinstance(owner, Team | Member) else owner.currency
