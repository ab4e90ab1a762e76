from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("deadlines", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="deadline",
            name="kind",
            field=models.CharField(
                choices=[
                    ("answer", "svar på henvisning"),
                    ("confirm_contact", "bekreft kontaktopplysninger"),
                    ("read_submission", "les inn en innsending som stoppet"),
                    ("document_failed", "et dokument ble ikke laget"),
                    ("message_failed", "en melding kom ikke fram"),
                    ("attachment_stopped", "et vedlegg ble stoppet"),
                    ("attachment_damaged", "et vedlegg er skadet"),
                ],
                max_length=40,
                verbose_name="slag",
            ),
        ),
    ]
