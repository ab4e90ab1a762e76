import django.db.models.functions.datetime
from django.db import migrations, models

FINAL = """
CREATE OR REPLACE FUNCTION audit_now() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.at := now();
    NEW.transaction := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_change_is_final BEFORE UPDATE OR DELETE ON audit_change
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_change_is_whole BEFORE TRUNCATE ON audit_change
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_seal_is_final BEFORE UPDATE OR DELETE ON audit_seal
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_seal_is_whole BEFORE TRUNCATE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
"""
FREE = """
DROP TRIGGER audit_seal_is_whole ON audit_seal;
DROP TRIGGER audit_seal_is_final ON audit_seal;
DROP TRIGGER audit_change_is_whole ON audit_change;
DROP TRIGGER audit_change_is_final ON audit_change;
CREATE OR REPLACE FUNCTION audit_now() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.at := now();
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0003_the_database_says_when"),
    ]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="tidspunkt",
                    ),
                ),
                ("transaction", models.BigIntegerField(verbose_name="transaksjon")),
                ("role", models.CharField(max_length=63, verbose_name="databaserolle")),
                ("table", models.CharField(max_length=63, verbose_name="tabell")),
                ("row_id", models.BigIntegerField(verbose_name="rad")),
                (
                    "operation",
                    models.CharField(
                        choices=[("update", "endret"), ("delete", "slettet")],
                        max_length=10,
                        verbose_name="handling",
                    ),
                ),
                ("municipality_id", models.BigIntegerField(null=True, verbose_name="kommune")),
                ("case_id", models.BigIntegerField(null=True, verbose_name="sak")),
                ("columns", models.JSONField(default=list, verbose_name="kolonner")),
                ("old", models.JSONField(default=dict, verbose_name="gamle verdier")),
            ],
            options={
                "verbose_name": "endring",
                "verbose_name_plural": "endringer",
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.BigIntegerField(unique=True, verbose_name="nummer")),
                ("source", models.CharField(max_length=10, verbose_name="av hva")),
                ("municipality_id", models.BigIntegerField(verbose_name="kommune")),
                ("first_id", models.BigIntegerField(verbose_name="fra og med")),
                ("last_id", models.BigIntegerField(verbose_name="til og med")),
                ("count", models.PositiveIntegerField(verbose_name="antall rader")),
                ("rows", models.BinaryField(verbose_name="rader")),
                ("previous", models.BinaryField(max_length=32, verbose_name="forrige")),
                ("hash", models.BinaryField(max_length=32, verbose_name="segl")),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="tidspunkt",
                    ),
                ),
            ],
            options={
                "verbose_name": "segl",
                "verbose_name_plural": "segl",
            },
        ),
        migrations.AddField(
            model_name="event",
            name="transaction",
            field=models.BigIntegerField(editable=False, null=True, verbose_name="transaksjon"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["transaction"], name="event_of_transaction"),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["case_id", "-id"], name="change_of_case"),
        ),
        migrations.AddIndex(
            model_name="change",
            index=models.Index(fields=["table", "row_id", "-id"], name="change_of_row"),
        ),
        migrations.AddIndex(
            model_name="seal",
            index=models.Index(
                fields=["source", "municipality_id", "-number"], name="seal_of_chain"
            ),
        ),
        migrations.AddIndex(
            model_name="seal",
            index=models.Index(fields=["source", "-last_id"], name="seal_newest"),
        ),
        migrations.RunSQL(FINAL, FREE),
    ]
