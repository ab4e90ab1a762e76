import json
from pathlib import Path

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

HOLD = """
ALTER TABLE referrals_ruleset ADD CONSTRAINT ruleset_one_at_a_time EXCLUDE USING gist (
    int8range(municipality_id, municipality_id, '[]') WITH &&,
    daterange(active_from, active_until) WITH &&
) WHERE (municipality_id IS NOT NULL AND active_from IS NOT NULL);

CREATE FUNCTION referrals_hold_ruleset() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.municipality_id, NEW.version) IS DISTINCT FROM (OLD.municipality_id, OLD.version) THEN
        RAISE EXCEPTION 'a version stays the version it is';
    END IF;
    IF OLD.state IN ('draft', 'tried') THEN
        RETURN NEW;
    END IF;
    IF (NEW.rules, NEW.edition, NEW.author_id, NEW.approved_by_id, NEW.approved_on)
        IS DISTINCT FROM
        (OLD.rules, OLD.edition, OLD.author_id, OLD.approved_by_id, OLD.approved_on) THEN
        RAISE EXCEPTION 'what was approved does not change';
    END IF;
    IF NEW.state IN ('draft', 'tried')
        OR OLD.state = 'retired' AND NEW.state <> 'retired'
        OR OLD.active_from IS NOT NULL AND NEW.active_from IS DISTINCT FROM OLD.active_from
        OR OLD.active_until IS NOT NULL AND NEW.active_until IS DISTINCT FROM OLD.active_until
    THEN
        RAISE EXCEPTION 'what was in force stays so in the history';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER referrals_ruleset_holds BEFORE UPDATE ON referrals_ruleset
    FOR EACH ROW EXECUTE FUNCTION referrals_hold_ruleset();
CREATE TRIGGER referrals_ruleset_is_kept BEFORE DELETE ON referrals_ruleset
    FOR EACH ROW EXECUTE FUNCTION referrals_refuse();

CREATE TRIGGER referrals_tryout_is_kept BEFORE UPDATE OR DELETE ON referrals_tryout
    FOR EACH ROW EXECUTE FUNCTION referrals_refuse();

ALTER TABLE referrals_recommendation ADD CONSTRAINT recommendation_is_manual_when_it_says_so
    CHECK (is_manual = (result ->> 'manual')::boolean);
CREATE TRIGGER referrals_recommendation_stays BEFORE UPDATE ON referrals_recommendation
    FOR EACH ROW WHEN (
        to_jsonb(NEW) - '{case_id,referral_id}'::text[]
        IS DISTINCT FROM to_jsonb(OLD) - '{case_id,referral_id}'::text[]
    ) EXECUTE FUNCTION referrals_refuse();
CREATE TRIGGER referrals_recommendation_is_kept BEFORE DELETE ON referrals_recommendation
    FOR EACH ROW EXECUTE FUNCTION referrals_refuse();

CREATE FUNCTION referrals_compare_choice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    said jsonb;
BEGIN
    SELECT result INTO said FROM referrals_recommendation WHERE id = NEW.recommendation_id;
    IF NEW.deviates <> (
        NOT (said ->> 'manual')::boolean
        AND (NEW.services <> said -> 'services' OR NEW.path <> said ->> 'path')
    ) THEN
        RAISE EXCEPTION 'whether a choice deviates is what the recommendation says';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER referrals_choice_is_compared BEFORE INSERT ON referrals_choice
    FOR EACH ROW EXECUTE FUNCTION referrals_compare_choice();
CREATE TRIGGER referrals_choice_is_kept BEFORE UPDATE OR DELETE ON referrals_choice
    FOR EACH ROW EXECUTE FUNCTION referrals_refuse();
"""
RELEASE = """
DROP TRIGGER referrals_choice_is_kept ON referrals_choice;
DROP TRIGGER referrals_choice_is_compared ON referrals_choice;
DROP FUNCTION referrals_compare_choice();
DROP TRIGGER referrals_recommendation_is_kept ON referrals_recommendation;
DROP TRIGGER referrals_recommendation_stays ON referrals_recommendation;
ALTER TABLE referrals_recommendation DROP CONSTRAINT recommendation_is_manual_when_it_says_so;
DROP TRIGGER referrals_tryout_is_kept ON referrals_tryout;
DROP TRIGGER referrals_ruleset_is_kept ON referrals_ruleset;
DROP TRIGGER referrals_ruleset_holds ON referrals_ruleset;
DROP FUNCTION referrals_hold_ruleset();
ALTER TABLE referrals_ruleset DROP CONSTRAINT ruleset_one_at_a_time;
"""


def ship(apps, schema_editor):
    """The starting point, which each municipality is to confirm (PRODUCT 3.6)."""
    rules = json.loads((Path(__file__).parent / "0007_starting_point.json").read_text())
    apps.get_model("referrals", "RuleSet").objects.create(version=1, state="active", rules=rules)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_an_account_rests_and_ends_its_sessions"),
        ("cases", "0006_who_may_know_of_a_case"),
        ("referrals", "0006_enclosures_go_with_their_draft"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RuleSet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveSmallIntegerField(verbose_name="versjon")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "utkast"),
                            ("tried", "prøvd ut"),
                            ("approved", "godkjent"),
                            ("active", "i bruk"),
                            ("retired", "ute av bruk"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("rules", models.JSONField(verbose_name="regler")),
                ("edition", models.PositiveIntegerField(default=1)),
                (
                    "changed_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(), verbose_name="endret"
                    ),
                ),
                ("approved_on", models.DateField(null=True, verbose_name="godkjent")),
                ("active_from", models.DateField(null=True, verbose_name="i bruk fra")),
                ("active_until", models.DateField(null=True, verbose_name="i bruk til")),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="godkjent av",
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="skrevet av",
                    ),
                ),
                (
                    "copied_from",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.ruleset",
                        verbose_name="kopi av",
                    ),
                ),
                (
                    "municipality",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.municipality",
                        verbose_name="kommune",
                    ),
                ),
            ],
            options={
                "verbose_name": "regelsett",
                "verbose_name_plural": "regelsett",
            },
        ),
        migrations.CreateModel(
            name="Recommendation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("inputs", models.JSONField(verbose_name="det som var kjent")),
                ("result", models.JSONField(verbose_name="anbefaling")),
                ("is_manual", models.BooleanField(verbose_name="ingen regel svarte")),
                (
                    "made_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="tidspunkt",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recommendations",
                        to="cases.case",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                (
                    "referral",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recommendations",
                        to="referrals.referral",
                    ),
                ),
                (
                    "rule_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.ruleset",
                    ),
                ),
            ],
            options={
                "verbose_name": "anbefaling",
                "verbose_name_plural": "anbefalinger",
            },
        ),
        migrations.CreateModel(
            name="TryOut",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("edition", models.PositiveIntegerField()),
                ("since", models.DateField(verbose_name="fra og med")),
                ("until", models.DateField(verbose_name="til og med")),
                ("total", models.PositiveIntegerField(verbose_name="familier")),
                ("changed_count", models.PositiveIntegerField(verbose_name="fikk noe annet")),
                ("counts", models.JSONField(verbose_name="tall")),
                ("changed", models.JSONField()),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="tidspunkt",
                    ),
                ),
                (
                    "against",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="referrals.ruleset",
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
                    "rule_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="try_outs",
                        to="referrals.ruleset",
                    ),
                ),
            ],
            options={
                "verbose_name": "utprøving",
                "verbose_name_plural": "utprøvinger",
            },
        ),
        migrations.CreateModel(
            name="Choice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("services", models.JSONField(verbose_name="tiltak")),
                (
                    "path",
                    models.CharField(
                        blank=True,
                        choices=[("child_welfare", "sporet til barnevernet")],
                        max_length=20,
                        verbose_name="spor",
                    ),
                ),
                ("deviates", models.BooleanField(verbose_name="avvik fra anbefalingen")),
                ("reason", models.TextField(blank=True, verbose_name="begrunnelse")),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="tidspunkt",
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
                    "recommendation",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="choice",
                        to="referrals.recommendation",
                    ),
                ),
            ],
            options={
                "verbose_name": "valg av tiltak",
                "verbose_name_plural": "valg av tiltak",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("deviates", False),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="choice_deviation_has_a_reason",
                        violation_error_message="Skriv hvorfor dere velger noe annet.",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="ruleset",
            constraint=models.UniqueConstraint(
                fields=("municipality", "version"),
                name="ruleset_once_per_version",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("author", None), ("municipality", None), ("state", "active")),
                    models.Q(("author__isnull", False), ("municipality__isnull", False)),
                    _connector="OR",
                ),
                name="ruleset_has_an_author_unless_shipped",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_by", None), ("approved_on", None)),
                    models.Q(
                        ("approved_by__isnull", False),
                        ("approved_on__isnull", False),
                        models.Q(("approved_by", models.F("author")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="ruleset_is_approved_by_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("municipality", None),
                    models.Q(
                        ("active_from", None),
                        ("approved_by", None),
                        ("state__in", ["draft", "tried"]),
                    ),
                    models.Q(
                        ("active_from", None), ("approved_by__isnull", False), ("state", "approved")
                    ),
                    models.Q(
                        ("active_from__isnull", False),
                        ("approved_by__isnull", False),
                        ("state", "active"),
                    ),
                    models.Q(
                        ("state", "retired"),
                        models.Q(
                            ("active_from", None), ("approved_by__isnull", False), _connector="OR"
                        ),
                    ),
                    _connector="OR",
                ),
                name="ruleset_in_use_was_approved",
            ),
        ),
        migrations.AddConstraint(
            model_name="ruleset",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("active_until", None),
                    ("active_until__gte", models.F("active_from")),
                    _connector="OR",
                ),
                name="ruleset_ends_after_it_begins",
            ),
        ),
        migrations.AddIndex(
            model_name="recommendation",
            index=models.Index(fields=["municipality", "made_at"], name="recommendation_by_time"),
        ),
        migrations.AddIndex(
            model_name="tryout",
            index=models.Index(fields=["rule_set", "-id"], name="tryout_of_ruleset"),
        ),
        migrations.RunSQL(HOLD, RELEASE),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
