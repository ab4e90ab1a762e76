import uuid

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import tibir.core.encryption

KEEP = """
CREATE FUNCTION documents_keep_attachment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was handed in is kept as it came';
END $$;
CREATE TRIGGER documents_attachment_copy_stays BEFORE UPDATE ON documents_attachment
    FOR EACH ROW WHEN (
        OLD.copy IS NOT NULL AND (NEW.copy, NEW.sha256, NEW.size, NEW.pages, NEW.type)
        IS DISTINCT FROM (OLD.copy, OLD.sha256, OLD.size, OLD.pages, OLD.type)
    ) EXECUTE FUNCTION documents_keep_attachment();
CREATE TRIGGER documents_attachment_name_stays BEFORE UPDATE ON documents_attachment
    FOR EACH ROW WHEN (
        (NEW.name, NEW.received_at, NEW.author_id, NEW.municipality_id, NEW.fingerprint)
        IS DISTINCT FROM
        (OLD.name, OLD.received_at, OLD.author_id, OLD.municipality_id, OLD.fingerprint)
    ) EXECUTE FUNCTION documents_keep_attachment();
CREATE TRIGGER documents_attachment_of_a_case_is_kept BEFORE DELETE ON documents_attachment
    FOR EACH ROW WHEN (OLD.case_id IS NOT NULL) EXECUTE FUNCTION documents_keep_attachment();
"""
RELEASE = """
DROP TRIGGER documents_attachment_copy_stays ON documents_attachment;
DROP TRIGGER documents_attachment_name_stays ON documents_attachment;
DROP TRIGGER documents_attachment_of_a_case_is_kept ON documents_attachment;
DROP FUNCTION documents_keep_attachment();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_unit_says_how_to_complain"),
        ("cases", "0001_initial"),
        ("documents", "0003_a_letter_is_dispatched"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("name", tibir.core.encryption.EncryptedTextField(verbose_name="filnavn")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "kontrolleres"),
                            ("clean", "kontrollert"),
                            ("refused", "kan ikke brukes"),
                            ("infected", "sperret"),
                            ("damaged", "skadet"),
                        ],
                        default="waiting",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "refused_for",
                    models.CharField(blank=True, max_length=20, verbose_name="stoppet fordi"),
                ),
                ("fingerprint", models.BinaryField(max_length=16)),
                ("original", models.BinaryField(null=True)),
                ("copy", models.BinaryField(null=True)),
                ("sha256", models.BinaryField(max_length=32, null=True)),
                ("type", models.CharField(max_length=10, verbose_name="filtype")),
                ("size", models.PositiveIntegerField(verbose_name="størrelse")),
                ("pages", models.PositiveSmallIntegerField(null=True, verbose_name="sider")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="forsøk")),
                ("claimed_until", models.DateTimeField(null=True)),
                (
                    "received_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="mottatt"
                    ),
                ),
                ("checked_at", models.DateTimeField(null=True, verbose_name="kontrollert")),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="cases.case",
                    ),
                ),
                (
                    "municipality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.municipality",
                    ),
                ),
            ],
            options={
                "verbose_name": "vedlegg",
                "verbose_name_plural": "vedlegg",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["received_at"],
                        name="attachment_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["refused", "infected", "damaged"])),
                        fields=["id"],
                        name="attachment_stopped",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("copy", None), ("original__isnull", False), ("state", "waiting")
                            ),
                            models.Q(
                                ("copy__isnull", False),
                                ("original", None),
                                ("state__in", ["clean", "damaged"]),
                            ),
                            models.Q(("copy", None), ("original", None), ("state", "refused")),
                            models.Q(
                                ("copy", None), ("original__isnull", False), ("state", "infected")
                            ),
                            _connector="OR",
                        ),
                        name="attachment_has_the_bytes_of_its_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("copy", None), ("pages", None), ("sha256", None)),
                            models.Q(
                                ("checked_at__isnull", False),
                                ("pages__isnull", False),
                                ("sha256__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="attachment_copy_has_its_checksum_and_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "refused"), ("refused_for", ""), _connector="XOR"
                        ),
                        name="attachment_refused_for_a_reason",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP, RELEASE),
    ]
