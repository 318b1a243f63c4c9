"""The migration that encrypts the keys of webhooks that were there before."""

import importlib
from types import SimpleNamespace

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from accounts.models import WebhookEndpoint
from rally.kit import sealed

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "cache"])
NAME = next(
    name for app, name in MigrationLoader(None).disk_migrations
    if app == "accounts" and name.endswith("sealed_webhook_keys")
)  # fmt: skip


def stored() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM accounts_webhookendpoint")
        return [row[0] for row in cursor.fetchall()]


def test_keys_from_before_are_encrypted_and_stay_the_same(endpoint: WebhookEndpoint) -> None:
    key = endpoint.secret
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_webhookendpoint SET secret = %s", [key])
    module = importlib.import_module(f"accounts.migrations.{NAME}")
    before = MigrationLoader(connection).project_state([("accounts", NAME)], at_end=False).apps
    editor = SimpleNamespace(connection=connection)
    forth = module._changed(module._seal)
    forth(before, editor)
    (now,) = stored()
    assert key not in now and sealed.unseal(now) == key
    assert WebhookEndpoint.objects.get().secret == key
    forth(before, editor)
    assert stored() == [now], "a second run changes nothing"
    module._changed(sealed.unseal)(before, editor)
    assert stored() == [key]
