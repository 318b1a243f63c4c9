"""Campaigns, the people and teams in them, what they aim for, and the gifts they got."""

from campaigns.models.campaigns import Campaign, OldSlug, Series
from campaigns.models.donations import Donation, DonationEntry
from campaigns.models.goals import Goal, Update
from campaigns.models.teams import Access, Member, Team

__all__ = [
    "Access",
    "Campaign",
    "Donation",
    "DonationEntry",
    "Goal",
    "Member",
    "OldSlug",
    "Series",
    "Team",
    "Update",
]
