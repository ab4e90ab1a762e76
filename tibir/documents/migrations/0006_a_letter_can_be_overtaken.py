from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0005_a_letter_can_be_stopped"),
    ]

    operations = [
        migrations.AddField(
            model_name="dispatch",
            name="is_overtaken",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
