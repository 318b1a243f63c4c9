"""The keys that sign webhooks were kept as they are; from now on they are encrypted."""

from django.db import migrations, models

from rally.kit import sealed


def _changed(change):
    def run(apps, editor):
        endpoints = apps.get_model("accounts", "WebhookEndpoint").objects.using(
            editor.connection.alias
        )
        for row in endpoints.only("secret", "old_secret").iterator():
            found = {name: change(value) for name in ("secret", "old_secret")
                     if (value := getattr(row, name))}  # fmt: skip
            endpoints.filter(pk=row.pk).update(**found)

    return run


def _seal(text):
    return text if text.startswith(sealed.MARK) else sealed.seal(text)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_machines")]

    operations = [
        migrations.AlterField("webhookendpoint", "secret", models.CharField(max_length=255)),
        migrations.AlterField(
            "webhookendpoint", "old_secret", models.CharField(blank=True, max_length=255)
        ),
        migrations.RunPython(_changed(_seal), _changed(sealed.unseal)),
        migrations.AlterField("webhookendpoint", "secret", sealed.SealedField(max_length=255)),
        migrations.AlterField(
            "webhookendpoint", "old_secret", sealed.SealedField(blank=True, max_length=255)
        ),
    ]
