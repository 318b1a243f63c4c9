"""Rows of these tables can be added and never changed."""

from django.db import migrations

from rally.kit.appendonly import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_membership_scope")]
    operations = [AppendOnly("accounts_auditentry")]
