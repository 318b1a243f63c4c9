"""Gifts move the totals of their goal and of every goal above it, once."""

import pytest
from django.db import IntegrityError, transaction

from campaigns import donations
from campaigns.donations import Shown
from campaigns.models import Donation, DonationEntry, Goal, Member
from tests.factories import (
    make_campaign,
    make_member,
    make_organization,
    make_person,
    make_series,
    make_team,
)

pytestmark = pytest.mark.django_db


def gift(goal: Goal, campaign_id: int, amount: int = 2_500) -> Donation:
    person = make_person(goal_organization(goal))
    return donations.pledge(
        campaign_id=campaign_id, goal_id=goal.pk, person=person, amount_minor=amount,
        currency="USD", payment_type=Donation.PaymentType.CASH, shown=Shown(person.name),
    )  # fmt: skip


def goal_organization(goal: Goal):
    part = goal.campaign or goal.team or goal.member
    return part.organization if goal.campaign else part.campaign.organization


def raised(*goals: Goal) -> list[int]:
    rows = dict(Goal.objects.values_list("pk", "raised_minor"))
    return [rows[goal.pk] for goal in goals]


def test_a_pledge_counts_for_nothing_yet() -> None:
    campaign = make_campaign()
    promised = gift(campaign.goal, campaign.pk)
    assert promised.status == Donation.Status.PENDING
    assert raised(campaign.goal) == [0]


def test_a_gift_counts_for_its_goal_and_all_goals_above() -> None:
    organization = make_organization()
    series = make_series(organization)
    campaign = make_campaign(organization, series=series)
    team = make_team(campaign)
    member, loner = make_member(campaign, team), make_member(campaign)
    goals = (member.goal, loner.goal, team.goal, campaign.goal, series.goal)
    donations.confirm([gift(member.goal, campaign.pk, 1_000)])
    assert raised(*goals) == [1_000, 0, 1_000, 1_000, 1_000]
    donations.confirm([gift(loner.goal, campaign.pk, 200)])
    assert raised(*goals) == [1_000, 200, 1_000, 1_200, 1_200]
    donations.confirm([gift(team.goal, campaign.pk, 30), gift(campaign.goal, campaign.pk, 4)])
    assert raised(*goals) == [1_000, 200, 1_030, 1_234, 1_234]


def test_a_campaign_without_series_stops_there() -> None:
    campaign = make_campaign()
    assert donations.chain(campaign.goal) == [campaign.goal.pk]


def test_confirming_twice_counts_once() -> None:
    campaign = make_campaign()
    given = gift(campaign.goal, campaign.pk)
    stale = Donation.objects.get(pk=given.pk)
    donations.confirm([given])
    donations.confirm([given])
    with pytest.raises(IntegrityError), transaction.atomic():
        donations.confirm([stale])
    assert raised(campaign.goal) == [2_500]
    assert DonationEntry.objects.count() == 1


def test_a_giver_becomes_a_member_of_the_campaign_once() -> None:
    campaign = make_campaign()
    first = gift(campaign.goal, campaign.pk)
    second = gift(campaign.goal, campaign.pk)
    second.person = first.person
    second.save()
    donations.confirm([first])
    donations.confirm([second])
    member = Member.objects.get(campaign=campaign)
    assert (first.donor, second.donor, member.is_fundraiser) == (member, member, False)


def test_an_entry_s_number_of_statements_does_not_grow_with_the_gifts(
    django_assert_max_num_queries,
) -> None:
    campaign = make_campaign()
    gifts = [gift(campaign.goal, campaign.pk) for _ in range(30)]
    with django_assert_max_num_queries(8):
        donations.confirm(gifts)
