import django.db.models.deletion
from django.db import migrations, models

TIE = """
CREATE FUNCTION referrals_take_file_along() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM documents_attachment WHERE id = OLD.attachment_id;
    RETURN NULL;
END $$;
CREATE TRIGGER referrals_enclosure_takes_its_file_along AFTER DELETE ON referrals_enclosure
    FOR EACH ROW EXECUTE FUNCTION referrals_take_file_along();
CREATE TRIGGER referrals_enclosure_is_kept_when_sent BEFORE DELETE ON referrals_enclosure
    FOR EACH ROW WHEN (OLD.submission_id IS NOT NULL) EXECUTE FUNCTION referrals_refuse();
CREATE TRIGGER referrals_enclosure_stays_where_it_was_sent BEFORE UPDATE ON referrals_enclosure
    FOR EACH ROW WHEN (
        OLD.attachment_id <> NEW.attachment_id
        OR OLD.submission_id IS NOT NULL AND OLD.submission_id IS DISTINCT FROM NEW.submission_id
    ) EXECUTE FUNCTION referrals_refuse();
"""
UNTIE = """
DROP TRIGGER referrals_enclosure_takes_its_file_along ON referrals_enclosure;
DROP TRIGGER referrals_enclosure_is_kept_when_sent ON referrals_enclosure;
DROP TRIGGER referrals_enclosure_stays_where_it_was_sent ON referrals_enclosure;
DROP FUNCTION referrals_take_file_along();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0004_attachment_is_kept_as_it_came"),
        ("referrals", "0005_referral_is_assessed"),
    ]

    operations = [
        migrations.CreateModel(
            name="Enclosure",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "attachment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enclosure",
                        to="documents.attachment",
                    ),
                ),
                (
                    "draft",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="enclosures",
                        to="referrals.draft",
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enclosures",
                        to="referrals.submission",
                    ),
                ),
            ],
            options={
                "verbose_name": "vedlagt fil",
                "verbose_name_plural": "vedlagte filer",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("draft", None), ("submission", None), _connector="XOR"),
                        name="enclosure_goes_with_a_draft_or_with_what_was_sent",
                    )
                ],
            },
        ),
        migrations.RunSQL(TIE, UNTIE),
    ]
