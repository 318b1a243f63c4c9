"""Staff register programs, show their secret once, and can stop them."""

import re

from django.urls import reverse

from accounts import bearers, grants
from accounts.models import ApiClient, AuditEntry, Membership
from accounts.oauth_errors import ClientDisabled, ClientRefused, TokenRevoked
from tests import secondstep
from tests.admin import rows
from tests.factories import make_client, make_organization, make_user

LIST = "admin:accounts_apiclient_changelist"
NEW = {
    "name": "Example sync", "profile": "sprocket", "confidential": "on", "organization": "",
    "redirect_uris": "http://dev.example.com/oauth2/client_redirect\nhttps://app.example.com/cb",
    "refresh_days": "365",
}  # fmt: skip


class Clients(rows.WithRows):
    def setUp(self):
        secondstep.enter(self.client, self.staff)

    def add(self, **more):
        return self.client.post(reverse("admin:accounts_apiclient_add"), NEW | more)

    def act(self, action, client, **answers):
        data = {"action": action, "_selected_action": [client.pk]} | answers
        return self.client.post(reverse(LIST), data, follow=True)

    def notes(self, client, verb):
        mine = AuditEntry.objects.filter(object_type="accounts.apiclient", object_id=client.pk)
        return mine.filter(verb__startswith=verb).count()

    def shown(self, answer):
        return dict(
            zip(
                ("id", "secret"), re.findall(r"<code>(\w+)</code>", answer.content.decode()),
                strict=True,
            )
        )  # fmt: skip

    def test_a_new_program_has_its_secret_shown_once(self):
        answer = self.add()
        assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
        found = self.shown(answer)
        assert (len(found["id"]), len(found["secret"])) == (10, 32)
        client = bearers.client_by_secret(found["id"], found["secret"])
        assert client.name == "Example sync" and client.profile == "sprocket"
        page = self.client.get(reverse("admin:accounts_apiclient_change", args=[client.pk]))
        for later in (page, self.client.get(reverse(LIST))):
            html = later.content.decode()
            assert found["secret"] not in html and client.client_secret not in html
        entry = AuditEntry.objects.get(verb="client.registered", object_id=client.pk)
        assert entry.user == self.staff and found["secret"] not in str(entry.facts)
        assert not any(found["secret"] in str(cookie) for cookie in answer.cookies.values())

    def test_a_public_program_has_none(self):
        answer = self.add(profile="modern", confidential="")
        assert "proves itself by PKCE" in answer.content.decode()
        assert ApiClient.objects.get(name="Example sync").client_type == "public"

    def test_what_can_t_be_is_said_beside_the_field_and_nothing_is_lost(self):
        for more, words in (
            ({"confidential": ""}, "has to keep a secret"),
            ({"redirect_uris": "javascript:alert(1)"}, "be registered"),
            ({"redirect_uris": ""}, "required"),
            ({"name": " "}, "required"),
            ({"refresh_days": "0"}, "greater than or equal to 1"),
            ({"refresh_days": "10000000000"}, "less than or equal to"),
            ({"profile": "other"}, "not one of the available choices"),
            ({"organization": "999999"}, "not one of the available choices"),
        ):
            answer = self.add(**more)
            assert answer.status_code == 200 and words in answer.content.decode(), more
        assert not ApiClient.objects.filter(name="Example sync").exists()

    def test_prefixes_are_approved_and_withdrawn_and_lapse_when_addresses_change(self):
        client, _secret = make_client(redirect_uris="http://dev.example.com/cb")
        asked = self.act("approve", client)
        assert "http://dev.example.com/cb" in asked.content.decode()
        assert ApiClient.objects.get(pk=client.pk).prefixes_approved_at is None
        self.act("approve", client, confirm="yes")
        assert ApiClient.objects.get(pk=client.pk).prefixes_approved_at
        address = reverse("admin:accounts_apiclient_change", args=[client.pk])
        fields = {"name": "Renamed", "refresh_days": "30", "redirect_uris": client.redirect_uris}
        self.client.post(address, fields)
        found = ApiClient.objects.get(pk=client.pk)
        assert (found.name, found.refresh_days) == ("Renamed", 30) and found.prefixes_approved_at
        self.client.post(address, fields | {"redirect_uris": "http://other.example.com/"})
        assert ApiClient.objects.get(pk=client.pk).prefixes_approved_at is None
        self.act("approve", client, confirm="yes")
        self.act("withdraw", client, confirm="yes")
        assert ApiClient.objects.get(pk=client.pk).prefixes_approved_at is None
        assert self.notes(client, "client.prefixes") == 3
        assert self.notes(client, "client.changed") == 2

    def test_a_modern_program_gets_no_prefixes(self):
        client, _secret = make_client("modern")
        answer = self.act("approve", client, confirm="yes")
        assert "Only a Sprocket program" in answer.content.decode()

    def test_switching_off_and_on(self):
        client, secret = make_client()
        self.act("disable", client, confirm="yes")
        self.assertRaises(ClientDisabled, bearers.client_by_secret, client.client_id, secret)
        self.act("enable", client, confirm="yes")
        assert bearers.client_by_secret(client.client_id, secret)

    def test_a_new_secret_ends_the_old_one_and_if_asked_the_tokens(self):
        client, secret = make_client()
        organization, user = make_organization(), make_user()
        Membership.objects.create(organization=organization, user=user, role="admin")
        token = grants.issue(client, user, organization).access_token
        found = self.shown(self.act("reissue", client, confirm="yes"))
        assert bearers.client_by_secret(client.client_id, found["secret"]) == client
        self.assertRaises(ClientRefused, bearers.client_by_secret, client.client_id, secret)
        assert bearers.bearer(token)
        self.act("reissue", client, confirm="yes", end_tokens="on")
        self.assertRaises(TokenRevoked, bearers.bearer, token)

    def test_a_public_program_gets_no_secret(self):
        client, _secret = make_client("modern", confidential=False)
        assert "has no secret" in self.act("reissue", client, confirm="yes").content.decode()
