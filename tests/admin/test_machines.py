"""Staff manage partners and logins of machines; a partner's secret is shown once."""

import re

from django.urls import reverse

from accounts import machines
from accounts.models import ApiCredential, CredentialRequest, Organization, Partner
from tests import secondstep
from tests.admin import rows


class Machines(rows.WithRows):
    def setUp(self):
        secondstep.enter(self.client, self.staff)

    def act(self, model, action, row, **answers):
        url = reverse(f"admin:accounts_{model}_changelist")
        data = {"action": action, "_selected_action": [row.pk]} | answers
        return self.client.post(url, data, follow=True)

    def shown(self, answer):
        assert "no-store" in answer["Cache-Control"]
        return re.findall(r"<code>(\w+)</code>", answer.content.decode())

    def test_a_partner_is_made_and_gets_credentials(self):
        body = {"name": "New partner", "domain": "new.example.com", "custom_list": "on",
                "organizations-TOTAL_FORMS": 0, "organizations-INITIAL_FORMS": 0}  # fmt: skip
        assert self.client.post(reverse("admin:accounts_partner_add"), body).status_code == 302
        partner = Partner.objects.get(name="New partner")
        assert partner.custom_list
        assert "Make credentials" in self.act("partner", "credentials", partner).content.decode()
        login, secret = self.shown(self.act("partner", "credentials", partner, confirm="1"))
        token = machines.exchange(login, secret, partner=True).token
        assert machines.bearer(token).partner == partner
        page = self.client.get(reverse("admin:accounts_partner_changelist")).content.decode()
        assert secret not in page and "New partner" in page
        Organization.objects.update(partner=partner)
        url = reverse("admin:accounts_partner_change", args=[partner.pk])
        assert Organization.objects.first().code in self.client.get(url).content.decode()

    def test_a_new_secret_and_a_revocation(self):
        partner = Partner.objects.first()
        made = ApiCredential.objects.filter(partner=partner).first()
        login, secret = self.shown(self.act("apicredential", "reissue", made, confirm="1"))
        assert machines.exchange(login, secret, partner=True)
        self.act("apicredential", "revoke", made, confirm="1")
        made.refresh_from_db()
        assert made.revoked_at is not None

    def test_a_request_is_decided(self):
        asked = CredentialRequest.objects.get()
        self.act("credentialrequest", "refuse", asked, confirm="1", reason="")
        asked.refresh_from_db()
        assert asked.status == "pending"
        self.act("credentialrequest", "approve", asked, confirm="1")
        asked.refresh_from_db()
        assert (asked.status, asked.credential.taken_at) == ("approved", None)
        # An organization's secret is its owner's: staff never see it.
        answer = self.act("apicredential", "reissue", asked.credential, confirm="1")
        assert not re.findall(r"<code>\w{43}</code>", answer.content.decode())
