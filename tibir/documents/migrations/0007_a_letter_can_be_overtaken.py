from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0006_an_issued_document_follows_its_case"),
    ]

    operations = [
        migrations.AddField(
            model_name="dispatch",
            name="is_overtaken",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
