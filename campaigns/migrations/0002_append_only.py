"""Rows of these tables can be added and never changed."""

from django.db import migrations

from rally.kit.appendonly import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial")]
    operations = [AppendOnly("campaigns_donationentry")]
