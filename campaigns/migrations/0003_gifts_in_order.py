from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("campaigns", "0002_append_only"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="donation",
            index=models.Index(
                models.F("campaign"), models.F("id"), name="donation_in_order"
            ),
        ),
    ]
