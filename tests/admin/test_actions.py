"""What staff do: it asks first, goes through a verb, can be repeated, and is written down."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from accounts import joinrequests, memberships, organizations
from accounts.actors import Actor
from accounts.errors import AlreadyDecided, LastOwner, OwnRequest, ReasonNeeded, UnknownRole
from accounts.models import AuditEntry, JoinRequest, Membership, Organization, User
from accounts.models.organizations import Role
from boards import relaying, reserving
from boards.errors import BoardClosed
from boards.models import Board
from campaigns.models import Campaign, Goal
from payments.models import Refund, StaffTask, StripeEvent
from rally.kit import heartbeat
from tests import secondstep
from tests.admin import rows

TOKEN = "a-token-nobody-can-guess-1"


def audits(verb):
    return AuditEntry.objects.filter(verb=verb).count()


def by_staff(case):
    return Actor(case.staff, "admin")


class Acting(rows.WithRows):
    def setUp(self):
        secondstep.enter(self.client, self.staff)

    def act(self, model, action, *chosen, **answers):
        """Choose rows, then answer the question; the page after that."""
        address = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        query = "?state=all" if model is StaffTask else ""
        data = {"action": action, "_selected_action": [row.pk for row in chosen]} | answers
        return self.client.post(address + query, data, follow=True)


class JoinRequests(Acting):
    def test_the_question_comes_before_the_deed(self):
        asked = self.act(JoinRequest, "approve", self.made["join"])
        assert "Let these people in?" in asked.content.decode()
        assert "1 row" in asked.content.decode()
        assert JoinRequest.objects.get(pk=self.made["join"].pk).status == "pending"

    def test_approving_makes_a_team_admin_and_says_so_in_the_audit_log(self):
        self.act(JoinRequest, "approve", self.made["join"], role="team_admin", confirm="yes")
        decided = JoinRequest.objects.get(pk=self.made["join"].pk)
        assert (decided.status, decided.decided_by) == ("approved", self.staff)
        assert Membership.objects.get(user=self.made["asker"]).role == Role.TEAM_ADMIN
        entry = AuditEntry.objects.get(verb="joinrequest.approved")
        assert (entry.user, entry.door, entry.organization) == (
            self.staff, "admin", decided.organization,
        )  # fmt: skip
        assert "juniors" not in str(entry.facts)

    def test_approving_twice_changes_nothing(self):
        for role in (Role.MODERATOR, Role.ADMIN):
            joinrequests.approve(self.made["join"], by_staff(self), role)
        assert Membership.objects.get(user=self.made["asker"]).role == Role.MODERATOR
        assert audits("joinrequest.approved") == 1

    def test_a_denial_needs_a_reason_and_stands(self):
        page = self.act(JoinRequest, "refuse", self.made["join"], reason="  ", confirm="yes")
        assert "This field is required" in page.content.decode()
        with pytest.raises(ReasonNeeded):
            joinrequests.deny(self.made["join"], by_staff(self), " \u200b ")
        self.act(JoinRequest, "refuse", self.made["join"], reason="Unknown here.", confirm="yes")
        joinrequests.deny(self.made["join"], by_staff(self), "Another reason.")
        assert JoinRequest.objects.get(pk=self.made["join"].pk).reason == "Unknown here."
        assert audits("joinrequest.denied") == 1
        with pytest.raises(AlreadyDecided):
            joinrequests.approve(self.made["join"], by_staff(self))
        assert not Membership.objects.filter(user=self.made["asker"]).exists()

    def test_a_refusal_of_the_verb_is_shown_and_the_rest_is_done(self):
        joinrequests.approve(self.made["join"], by_staff(self))
        page = self.act(JoinRequest, "refuse", self.made["join"], reason="No.", confirm="yes")
        assert "decided already" in page.content.decode()

    def test_nobody_lets_themselves_in_and_nobody_becomes_owner_by_asking(self):
        with pytest.raises(OwnRequest):
            joinrequests.approve(self.made["join"], Actor(self.made["asker"], "admin"))
        with pytest.raises(UnknownRole):
            joinrequests.approve(self.made["join"], by_staff(self), Role.OWNER)

    def test_who_belongs_already_keeps_the_role(self):
        asker = self.made["asker"]
        Membership.objects.create(
            organization=self.made["join"].organization, user=asker, role=Role.ADMIN
        )
        assert joinrequests.approve(self.made["join"], by_staff(self)).role == Role.ADMIN

    def test_staff_who_may_only_look_can_t_decide(self):
        watcher = rows.user("watcher@example.com", is_staff=True)
        rows.grant(watcher, "accounts.view_joinrequest")
        secondstep.enter(self.client, watcher)
        self.act(JoinRequest, "approve", self.made["join"], role="admin", confirm="yes")
        assert JoinRequest.objects.get(pk=self.made["join"].pk).status == "pending"


class Memberships(Acting):
    def test_the_last_owner_stays(self):
        owner = Membership.objects.get(user__email="organizer@example.com")
        with pytest.raises(LastOwner):
            memberships.remove(owner, by_staff(self))
        self.client.post(
            reverse("admin:accounts_membership_delete", args=[owner.pk]), {"post": "yes"}
        )
        assert Membership.objects.filter(pk=owner.pk).exists()

    def test_a_role_taken_away_is_written_down(self):
        given = joinrequests.approve(self.made["join"], by_staff(self))
        address = reverse("admin:accounts_membership_delete", args=[given.pk])
        self.client.post(address, {"post": "yes"})
        assert not Membership.objects.filter(pk=given.pk).exists()
        assert AuditEntry.objects.get(verb="membership.removed").facts == {
            "role": "team_admin", "user": given.user_id,
        }  # fmt: skip


class Organizations(Acting):
    def test_verify_freeze_and_unfreeze(self):
        new = Organization.objects.create(name="New school", slug="new-school")
        self.act(Organization, "verify", new, confirm="yes")
        new.refresh_from_db()
        assert new.status == "live"
        for _twice in range(2):
            self.act(Organization, "freeze", new, confirm="yes")
        new.refresh_from_db()
        assert new.status == "frozen"
        self.act(Organization, "unfreeze", new, confirm="yes")
        new.refresh_from_db()
        assert new.status == "live"
        for verb in ("verified", "frozen", "unfrozen"):
            assert audits(f"organization.{verb}") == 1

    def test_freezing_asks_first_and_stops_new_holds(self):
        school = self.made["board"].campaign.organization
        assert "Freeze these" in self.act(Organization, "freeze", school).content.decode()
        reserving.reserve(board_id=self.made["board"].pk, numbers=[7], token=TOKEN)
        self.act(Organization, "freeze", school, confirm="yes")
        with pytest.raises(BoardClosed):
            reserving.reserve(board_id=self.made["board"].pk, numbers=[19], token=TOKEN)

    def test_an_unverified_organization_thaws_unverified(self):
        new = Organization.objects.create(name="New school", slug="new-school")
        organizations.freeze(new, by_staff(self))
        organizations.unfreeze(new, by_staff(self))
        assert new.status == "pending"

    def test_a_status_can_t_be_typed_in(self):
        school = self.made["board"].campaign.organization
        address = reverse("admin:accounts_organization_change", args=[school.pk])
        self.client.post(address, {"name": "Renamed", "status": "frozen", "country": "US",
                                   "currency": "usd", "time_zone": "UTC",
                                   "social_links": "{}"})  # fmt: skip
        school.refresh_from_db()
        assert (school.name, school.status, school.currency) == ("Renamed", "live", "USD")
        entry = AuditEntry.objects.get(verb="organization.changed")
        assert "name" in entry.facts["fields"] and "Renamed" not in str(entry.facts)


class StaffTasks(Acting):
    def test_the_question_shows_count_and_sum(self):
        StaffTask.objects.create(
            kind="refund_due", key="2", object_type="payments.refund", object_id="2",
            facts={"amount_minor": 2600, "currency": "USD"},
        )  # fmt: skip
        asked = self.act(StaffTask, "resolve", *StaffTask.objects.all()).content.decode()
        assert "2 rows" in asked and "$76.00" in asked

    def test_resolving_needs_a_note_and_happens_once(self):
        task = self.made["task"]
        page = self.act(StaffTask, "resolve", task, note="", confirm="yes").content.decode()
        assert "This field is required" in page
        for note in ("Paid back by hand.", "Somebody else's words."):
            self.act(StaffTask, "resolve", task, note=note, confirm="yes")
        task.refresh_from_db()
        assert (task.note, task.resolved_by) == ("Paid back by hand.", self.staff)
        assert task.resolved_at is not None
        assert audits("stafftask.resolved") == 1

    def test_the_list_shows_open_ones_unless_asked(self):
        address = reverse("admin:payments_stafftask_changelist")
        assert "$50.00" in self.client.get(address).content.decode()
        self.act(StaffTask, "resolve", self.made["task"], note="Done.", confirm="yes")
        assert "$50.00" not in self.client.get(address).content.decode()
        assert "$50.00" in self.client.get(address + "?state=done").content.decode()

    def test_parked_events_have_a_view(self):
        address = reverse("admin:payments_stripeevent_changelist")
        for state, there in (("parked", True), ("failing", False), ("done", False)):
            shown = self.client.get(address, {"state": state}).content.decode()
            assert ("evt_1" in shown) is there


class Refunds(Acting):
    def test_a_failed_refund_is_sent_again_after_a_question_with_its_sum(self):
        refund = self.made["refund"]
        Refund.objects.filter(pk=refund.pk).update(status="failed", refund_id="re_1")
        assert "$50.00" in self.act(Refund, "retry", refund).content.decode()
        for _twice in range(2):
            page = self.act(Refund, "retry", refund, confirm="yes")
        assert "hasn&#x27;t failed" in page.content.decode()
        refund.refresh_from_db()
        assert (refund.status, refund.refund_id) == ("due", "")
        assert audits("refund.retried") == 1


class Index(Acting):
    def panel(self):
        page = self.client.get("/admin/")
        return {str(row["words"]): row for row in page.context["attention"]}

    def test_it_says_what_needs_a_person(self):
        cache.delete(heartbeat.KEY)
        StripeEvent.objects.create(
            event_id="evt_2", livemode=False, type="x", body="{}", digest="x"
        )
        panel = self.panel()
        assert panel["money is owed back"]["figure"] == 1
        assert panel["Parked events"]["figure"] == 1
        assert panel["Rows that break a rule"]["figure"] == 2
        assert panel["People who ask to join"]["figure"] == 2
        assert "second" in str(panel["Oldest event that waits"]["figure"])
        assert panel["Worker's last sign of life"]["alarm"]
        for row in panel.values():
            assert not row["url"] or self.client.get(row["url"]).status_code == 200
        heartbeat.beat()
        assert not self.panel()["Worker's last sign of life"]["alarm"]

    def test_it_tells_nothing_one_may_not_see(self):
        secondstep.enter(self.client, rows.user("limited@example.com", is_staff=True))
        assert list(self.panel()) == ["Worker's last sign of life"]


class Users(Acting):
    def add(self, **more):
        data = {"email": "New.Person@example.com", "name": "New", "usable_password": "true",
                "password1": rows.PASSWORD, "password2": rows.PASSWORD}  # fmt: skip
        return self.client.post(reverse("admin:accounts_user_add"), data | more)

    def test_a_login_is_added_by_e_mail_and_password(self):
        assert self.add().status_code == 302
        made = User.objects.get(email="new.person@example.com")
        assert made.check_password(rows.PASSWORD) and not made.is_staff

    def test_one_account_per_address_and_passwords_that_match(self):
        self.add()
        assert "already exists" in self.add().content.decode()
        different = self.add(email="other@example.com", password2="something else entirely")
        assert different.status_code == 200

    def test_only_superusers_give_rights_or_touch_superusers(self):
        helper = rows.user("helper@example.com", is_staff=True)
        rows.grant(helper, "accounts.view_user", "accounts.change_user")
        secondstep.enter(self.client, helper)
        own = reverse("admin:accounts_user_change", args=[helper.pk])
        data = {"email": helper.email, "name": "Helper", "is_active": "on"}
        self.client.post(own, data | {"is_superuser": "on"})
        helper.refresh_from_db()
        assert helper.name == "Helper" and not helper.is_superuser
        theirs = reverse("admin:accounts_user_change", args=[self.staff.pk])
        assert self.client.post(theirs, data).status_code == 403
        password = reverse("admin:auth_user_password_change", args=[self.staff.pk])
        assert self.client.post(password, {}).status_code == 403


class Boards(Acting):
    def add(self, **more):
        campaign = Board.objects.get(public_id="board123").campaign_id
        data = {"campaign": campaign, "title": "Small", "position": 0,
                "columns": 10, "min_num": 1, "max_num": 25, "price_model": "ladder",
                "unit_minor": 100, "bands": "[]", "hold_seconds": 900}  # fmt: skip
        return self.client.post(reverse("admin:boards_board_add"), data | more)

    def change(self, board, **more):
        data = {"title": board.title, "position": 0, "columns": 10, "min_num": board.min_num,
                "max_num": board.max_num, "price_model": board.price_model,
                "unit_minor": board.unit_minor, "bands": "[]", "hold_seconds": 900}  # fmt: skip
        address = reverse("admin:boards_board_change", args=[board.pk])
        return self.client.post(address, data | more)

    def test_a_board_is_made_with_its_tiles_and_the_campaign_s_goal(self):
        assert self.add().status_code == 302
        board = Board.objects.get(title="Small")
        assert [tile.price_minor for tile in board.tiles.order_by("number")] == [
            100 * n for n in range(1, 26)
        ]
        assert board.goal == Goal.objects.get(campaign=board.campaign) and board.is_open

    def test_layouts_nobody_can_have_are_refused_beside_the_form(self):
        for bad in ({"max_num": 10_001}, {"min_num": 9, "max_num": 3}, {"unit_minor": 0},
                    {"price_model": "bands"}, {"min_num": 0}):  # fmt: skip
            with self.subTest(str(bad)):
                assert self.add(**bad).status_code == 200
        assert Board.objects.count() == 1

    def test_an_untouched_board_can_be_laid_out_again(self):
        self.add()
        board = Board.objects.get(title="Small")
        assert self.change(board, max_num=30, unit_minor=200).status_code == 302
        again = Board.objects.get(pk=board.pk)
        assert again.tiles.count() == 30 and again.layout == board.layout + 1
        assert again.tiles.get(number=30).price_minor == 6000

    def test_once_a_tile_was_picked_numbers_and_prices_stay(self):
        board = self.made["board"]
        assert self.change(board, title="New name", max_num=30, unit_minor=200).status_code == 302
        board.refresh_from_db()
        assert (board.title, board.max_num, board.unit_minor) == ("New name", 100, 100)
        with pytest.raises(relaying.BoardLocked):
            relaying.relay(board)
        assert board.tiles.count() == 100

    def test_a_new_campaign_is_a_draft_with_a_goal(self):
        data = {"organization": Organization.objects.get(slug="example-school").pk,
                "title": "Autumn", "slug": "autumn", "type": "team", "currency": "usd",
                "time_zone": "America/New_York", "palette": "marigold"}  # fmt: skip
        assert self.client.post(reverse("admin:campaigns_campaign_add"), data).status_code == 302
        campaign = Campaign.objects.get(slug="autumn")
        assert (campaign.status, campaign.currency) == ("draft", "USD")
        assert campaign.goal.amount_minor == 0
        wrong = data | {"slug": "winter", "time_zone": "Mars/Olympus", "currency": "$"}
        answer = self.client.post(reverse("admin:campaigns_campaign_add"), wrong)
        assert "America/New_York" in answer.content.decode()
        assert not Campaign.objects.filter(slug="winter").exists()
