import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import tibir.core.encryption


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_an_account_rests_and_ends_its_sessions"),
        ("cases", "0007_one_way_to_decide_for_another"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="LogCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("week_of", models.DateField(verbose_name="uken som begynner")),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("fine", "ingenting å bemerke"),
                            ("followed_up", "noe må følges opp"),
                        ],
                        max_length=20,
                        verbose_name="resultat",
                    ),
                ),
                (
                    "note",
                    tibir.core.encryption.EncryptedTextField(default="", verbose_name="hva du så"),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="gjort"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.unit",
                    ),
                ),
            ],
            options={
                "verbose_name": "kontroll av loggen",
                "verbose_name_plural": "kontroller av loggen",
                "indexes": [models.Index(fields=["unit", "week_of"], name="logcheck_of_unit")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("week_of__iso_week_day", 1)),
                        name="logcheck_is_of_a_week",
                    )
                ],
            },
        ),
    ]
