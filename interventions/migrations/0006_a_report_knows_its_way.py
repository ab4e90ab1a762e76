from django.db import migrations, models

from tibir.core.encryption import EncryptedTextField


class Migration(migrations.Migration):
    dependencies = [("interventions", "0005_what_is_written_is_not_thrown_away")]

    operations = [
        migrations.AddField(
            "report",
            "way",
            models.CharField("slik kommer den fram", blank=True, default="", max_length=20),
            preserve_default=False,
        ),
        migrations.AddField("report", "address", EncryptedTextField("postadresse", default="")),
    ]
