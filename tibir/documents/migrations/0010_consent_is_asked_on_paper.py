from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0009_a_document_can_be_sealed"),
    ]

    operations = [
        migrations.AlterField(
            model_name="document",
            name="kind",
            field=models.CharField(
                choices=[
                    ("receipt", "kvittering"),
                    ("answer", "svar på henvisningen"),
                    ("preliminary_answer", "foreløpig svar"),
                    ("inquiry", "spørsmål om flere opplysninger"),
                    ("openings", "hvem som har åpnet saken"),
                    ("consent_form", "samtykkeskjema"),
                ],
                max_length=40,
                verbose_name="slag",
            ),
        ),
    ]
