from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("campaigns", "0003_public_names_and_pages"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="donation",
            index=models.Index(
                models.F("campaign"), models.F("id"), name="donation_in_order"
            ),
        ),
    ]
