"""Every page of the staff's admin: it opens, shows no secret, and asks the database little."""

import re

from django.contrib.admin import site
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership, Person, User
from boards.models import Board, Claim, Hold
from campaigns.models import Donation
from payments.models import Checkout, Payment
from rally.demo import people
from rally.kit import clock
from tests import secondstep
from tests.admin import rows

MOST_QUERIES = 12
# What may be typed in by hand; everything else is made by verbs.
ADDED_BY_HAND = {
    "user", "organization", "partner", "membership", "person", "address", "series", "campaign",
    "team", "member", "board", "apiclient",
}  # fmt: skip
READ_ONLY = {
    "checkout", "line", "attempt", "payment", "refund", "refundline", "dispute", "stripeevent",
    "ledgertransaction", "ledgerentry", "donationentry", "hold", "claim", "tile", "boardchange",
    "auditentry", "outboxevent", "idempotencyrecord", "stafftask", "joinrequest", "invitation",
    "stripeaccount", "apigrantcode", "apiaccesstoken", "apirefreshtoken", "apiidtoken",
    "apiconsent", "apicredential", "personaltoken", "webhookendpoint", "webhookdelivery",
    "oldslug", "reconciliation", "auditrun", "credentialrequest",
}  # fmt: skip


def page(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def named(name):
    return next(model for model in rows.models() if model._meta.model_name == name)


class Pages(rows.WithRows):
    def setUp(self):
        secondstep.enter(self.client, self.staff)

    def test_every_model_has_pages_in_its_own_app(self):
        assert set(rows.ours()) == set(rows.models())
        for model in rows.models():
            assert type(site._registry[model]).__module__.startswith(f"{model._meta.app_label}.")

    def test_every_list_opens_with_few_queries(self):
        for model in rows.models():
            assert model._default_manager.exists(), f"no row of {model}"
            with self.subTest(model.__name__), CaptureQueriesContext(connection) as asked:
                assert self.client.get(page(model, "changelist")).status_code == 200
                assert len(asked) <= MOST_QUERIES, [q["sql"][:90] for q in asked]

    def test_every_search_and_hierarchy_works(self):
        for model in rows.models():
            admin = site._registry[model]
            with self.subTest(model.__name__):
                assert admin.search_fields
                assert self.client.get(page(model, "changelist"), {"q": "7"}).status_code == 200
                hierarchy = admin.date_hierarchy
                if hierarchy:
                    query = {f"{hierarchy}__year": clock.now().year}
                    assert self.client.get(page(model, "changelist"), query).status_code == 200

    def test_every_row_opens(self):
        for model in rows.models():
            for row in model._default_manager.order_by("-pk")[:3]:
                with self.subTest(f"{model.__name__} {row.pk}"):
                    assert self.client.get(page(model, "change", row.pk)).status_code == 200
                    assert self.client.get(page(model, "history", row.pk)).status_code == 200

    def test_what_may_be_added_by_hand_has_a_form_and_the_rest_has_none(self):
        for model in rows.models():
            expected = 200 if model._meta.model_name in ADDED_BY_HAND else 403
            with self.subTest(model.__name__):
                assert self.client.get(page(model, "add")).status_code == expected

    def test_money_and_claims_can_be_read_and_never_written(self):
        for name in sorted(READ_ONLY):
            model = named(name)
            row = model._default_manager.order_by("-pk").first()
            before = model._default_manager.filter(pk=row.pk).values().get()
            with self.subTest(name):
                for address in (page(model, "change", row.pk), page(model, "add")):
                    assert self.client.post(address, {"status": "paid"}).status_code == 403
                assert model._default_manager.filter(pk=row.pk).values().get() == before

    def test_nothing_but_a_role_can_be_deleted(self):
        for model in rows.models():
            row = model._default_manager.order_by("-pk").first()
            if model is Membership:
                continue
            with self.subTest(model.__name__):
                gone = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
                self.client.post(page(model, "changelist"), gone)
                address = page(model, "delete", row.pk)
                assert self.client.post(address, {"post": "yes"}).status_code == 403
                assert model._default_manager.filter(pk=row.pk).exists()

    def test_no_page_shows_a_secret(self):
        for model in rows.models():
            for row in model._default_manager.order_by("-pk")[:3]:
                for address in (page(model, "changelist"), page(model, "change", row.pk)):
                    with self.subTest(address):
                        assert rows.SECRET not in self.client.get(address).content.decode()

    def test_a_password_is_not_shown_as_a_hash_either(self):
        shown = self.client.get(page(User, "change", self.staff.pk)).content.decode()
        assert "md5" not in shown and self.staff.password.rsplit("$", 1)[1] not in shown

    def test_money_is_written_as_money(self):
        for model in (Checkout, Payment):
            assert "$50.00" in self.client.get(page(model, "changelist")).content.decode()
        checkout = self.made["checkout"]
        assert "$50.00" in self.client.get(page(Checkout, "change", checkout.pk)).content.decode()

    def test_one_click_leads_from_order_to_payment_to_refund_and_back(self):
        checkout, payment, refund = (self.made[k] for k in ("checkout", "payment", "refund"))
        order = self.client.get(page(Checkout, "change", checkout.pk)).content.decode()
        assert page(Payment, "change", payment.pk) in order
        assert page(Hold, "change", checkout.hold_id) in order
        paid = self.client.get(page(Payment, "change", payment.pk)).content.decode()
        assert page(type(refund), "change", refund.pk) in paid
        back = self.client.get(page(type(refund), "change", refund.pk)).content.decode()
        assert page(Checkout, "change", checkout.pk) in back


class Growth(rows.WithRows):
    """Ten times the rows, not one query more."""

    def queries(self, model):
        secondstep.enter(self.client, self.staff)
        with CaptureQueriesContext(connection) as asked:
            self.client.get(page(model, "changelist"))
        return len(asked)

    def test_lists_don_t_ask_per_row(self):
        few = {}
        for model in (Claim, Hold, Checkout, Donation, Person):
            newest = model._default_manager.order_by("-pk").values_list("pk", flat=True)[1:]
            admin = site._registry[model]
            admin.list_per_page, kept = 1, admin.list_per_page
            few[model] = self.queries(model)
            admin.list_per_page = kept
            assert len(newest) > 20
            assert self.queries(model) <= few[model]


class Doors(rows.WithRows):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.limited = rows.user("limited@example.com", is_staff=True)
        cls.supporter = User.objects.get(email="supporter@example.com")

    def test_strangers_are_sent_to_the_accounts_login(self):
        for address in ("/admin/", page(Checkout, "changelist")):
            answer = self.client.get(address, follow=True)
            assert answer.redirect_chain[-1][0].startswith(reverse("account_login"))

    def test_a_login_without_staff_rights_gets_no_page(self):
        self.client.force_login(self.supporter)
        answer = self.client.get("/admin/", follow=True)
        assert answer.status_code == 403 or answer.redirect_chain

    def test_staff_without_a_right_get_nothing_of_it(self):
        secondstep.enter(self.client, self.limited)
        assert self.client.get("/admin/").status_code == 200
        for model in rows.models():
            assert self.client.get(page(model, "changelist")).status_code == 403, model

    def test_after_the_login_one_lands_where_one_wanted_to_go(self):
        wanted = page(Board, "changelist")
        login = self.client.get(wanted, follow=True)
        answer = self.client.post(
            login.request["PATH_INFO"] + "?" + login.request["QUERY_STRING"],
            {"login": "staff@example.com", "password": people.password("staff")},
            follow=True,
        )
        assert answer.request["PATH_INFO"] == reverse("mfa_authenticate")
        code = secondstep.code(people.totp_secret())
        answer = self.client.post(reverse("mfa_authenticate"), {"code": code}, follow=True)
        assert answer.request["PATH_INFO"] == wanted
        assert answer.status_code == 200

    def test_a_new_superuser_gets_in_by_the_code_that_is_mailed(self):
        made = User.objects.create_superuser("First@Example.com", rows.PASSWORD)
        login = self.client.post(
            reverse("account_login") + "?next=/admin/",
            {"login": made.email, "password": rows.PASSWORD},
            follow=True,
        )
        assert login.request["PATH_INFO"] == reverse("account_email_verification_sent")
        code = re.search(r"^\s*([A-Z0-9-]{6,})\s*$", mail.outbox[0].body, re.MULTILINE)
        assert code, mail.outbox[0].body
        answer = self.client.post(login.request["PATH_INFO"], {"code": code[1]}, follow=True)
        assert answer.request["PATH_INFO"] == reverse("mfa_index")
        assert "need a second step" in answer.content.decode()
