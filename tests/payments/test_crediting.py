"""Gifts credited by link or picker, and credited to somebody else afterwards: totals stay exact."""

import pytest

from accounts.actors import SYSTEM
from accounts.models import AuditEntry
from accounts.models.organizations import Role
from accounts.rights import Forbidden
from campaigns.models import Donation, DonationEntry, Goal
from payments import crediting, offline, refunds, repaying
from payments.audit import running
from payments.models import Line
from payments.offline import Entry
from rally.kit import clock
from rally.kit.errors import InvalidInput
from tests.factories import make_board, make_campaign, make_member, make_sale, make_team
from tests.organizing import actor
from tests.payments.outside import Outside, order

pytestmark = pytest.mark.django_db(transaction=True)


def raised() -> dict[str, int]:
    return dict(Goal.objects.values_list("kind", "raised_minor"))


def test_a_gift_moves_with_all_its_totals() -> None:
    board = make_board()
    team = make_team(board.campaign)
    member = make_member(board.campaign, team)
    make_sale(board, [2, 3])
    gift = Donation.objects.get()
    by = actor(board.campaign.organization, Role.TEAM_ADMIN)
    crediting.recredit(gift, member.goal, by)
    assert raised() == {"campaign": 500, "team": 500, "member": 500}
    crediting.recredit(gift, member.goal, by)
    crediting.recredit(gift, team.goal, by)
    assert raised() == {"campaign": 500, "team": 500, "member": 0}
    crediting.recredit(gift, board.campaign.goal, by)
    assert raised() == {"campaign": 500, "team": 0, "member": 0}
    kinds = DonationEntry.objects.order_by("pk").values_list("kind", "amount_minor")
    assert list(kinds) == [("gift", 500), *[("credit", -500), ("credit", 500)] * 3]
    assert AuditEntry.objects.filter(verb="gift.recredited").count() == 3
    assert gift.amount_minor == 500
    assert running.run().ok


def test_a_refund_is_taken_from_where_the_gift_counts(outside: Outside) -> None:
    board = make_board()
    team = make_team(board.campaign)
    made = order(board, [3, 4])
    outside.pay(made)
    made.settle()
    gift = Donation.objects.get()
    refunds.request(gift=gift, by=SYSTEM, numbers=[3])
    crediting.recredit(gift, team.goal, SYSTEM)
    assert raised() == {"campaign": 400, "team": 400}
    refunds.request(gift=gift, by=SYSTEM, numbers=[4])
    repaying.pay_due()
    assert raised() == {"campaign": 0, "team": 0}
    with pytest.raises(InvalidInput):
        crediting.recredit(gift, board.campaign.goal, SYSTEM)
    assert running.run().ok


def test_what_is_only_promised_moves_as_a_promise() -> None:
    board = make_board()
    team = make_team(board.campaign)
    checkout = offline.enter(board, Entry([3], "Placeholder", 300, clock.now()), SYSTEM)
    crediting.recredit(Donation.objects.get(), team.goal, SYSTEM)
    pending = dict(Goal.objects.values_list("kind", "pending_minor"))
    assert pending == {"campaign": 300, "team": 300}
    offline.confirm(checkout, SYSTEM)
    assert raised() == {"campaign": 300, "team": 300}
    assert running.run().ok


def test_only_within_the_campaign_and_only_by_who_runs_it() -> None:
    board = make_board()
    make_sale(board, [3])
    gift = Donation.objects.get()
    with pytest.raises(InvalidInput):
        crediting.recredit(gift, make_team(make_campaign()).goal, SYSTEM)
    for role in (Role.VIEWER, Role.MODERATOR):
        with pytest.raises(Forbidden):
            by = actor(board.campaign.organization, role)
            crediting.recredit(gift, make_team(board.campaign).goal, by)
    assert gift.entries.count() == 1


def test_a_supporters_choice_decides_within_its_campaign(outside: Outside) -> None:
    board = make_board()
    member = make_member(board.campaign)
    elsewhere = make_board(campaign=make_campaign(board.campaign.organization))
    made = order(board, [3, 4], credit=member.goal)
    assert set(Line.objects.values_list("goal", flat=True)) == {member.goal.pk}
    outside.pay(made)
    made.settle()
    assert Goal.objects.get(member=member).raised_minor == 700
    order(elsewhere, [1, 2], credit=member.goal, email="other@example.com")
    assert Line.objects.filter(goal=elsewhere.goal).count() == 2
