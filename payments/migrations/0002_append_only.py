"""Rows of these tables can be added and never changed."""

from django.db import migrations

from rally.kit.appendonly import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("payments", "0001_initial")]
    operations = [AppendOnly("payments_ledgertransaction", "payments_ledgerentry")]
