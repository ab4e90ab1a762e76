import datetime

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import tibir.core.encryption


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_unit_says_how_to_complain"),
        ("cases", "0003_person_is_found_by_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("closed", "avsluttet"),
                            ("reopened", "åpnet igjen"),
                            ("referred", "åpnet igjen av en ny henvisning"),
                            ("merged", "slått sammen med en annen sak"),
                            ("moved", "gitt til en annen enhet"),
                            ("entrusted", "fikk ny ansvarlig"),
                        ],
                        max_length=20,
                        verbose_name="hva",
                    ),
                ),
                ("was", models.CharField(blank=True, max_length=100, verbose_name="før")),
                ("becomes", models.CharField(blank=True, max_length=100, verbose_name="etter")),
                (
                    "reason",
                    models.CharField(blank=True, max_length=500, verbose_name="begrunnelse"),
                ),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="tidspunkt",
                    ),
                ),
            ],
            options={
                "verbose_name": "endring av sak",
                "verbose_name_plural": "endringer av saker",
            },
        ),
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("parts", models.JSONField(default=list, verbose_name="hva")),
                ("was", tibir.core.encryption.EncryptedJSONField(default=dict, verbose_name="før")),
                ("reason", models.CharField(max_length=300, verbose_name="begrunnelse")),
                (
                    "at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        verbose_name="tidspunkt",
                    ),
                ),
            ],
            options={
                "verbose_name": "retting",
                "verbose_name_plural": "rettinger",
            },
        ),
        migrations.CreateModel(
            name="OtherNumber",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "national_id",
                    tibir.core.encryption.EncryptedTextField(verbose_name="fødselsnummer"),
                ),
                ("national_id_index", models.BinaryField(max_length=16)),
                ("added_on", models.DateField(verbose_name="ført")),
            ],
            options={
                "verbose_name": "annet nummer",
                "verbose_name_plural": "andre numre",
            },
        ),
        migrations.RemoveConstraint(
            model_name="casemember",
            name="casemember_ends_after_it_starts",
        ),
        migrations.AddField(
            model_name="case",
            name="closed_on",
            field=models.DateField(null=True, verbose_name="avsluttet"),
        ),
        migrations.AddField(
            model_name="casemember",
            name="end_reason",
            field=models.CharField(blank=True, max_length=200, verbose_name="hvorfor ikke lenger"),
        ),
        migrations.AddField(
            model_name="caseperson",
            name="contact_arrangement",
            field=tibir.core.encryption.EncryptedTextField(
                default="", verbose_name="samværsordning"
            ),
        ),
        migrations.AddField(
            model_name="caseperson",
            name="contact_since",
            field=models.DateField(null=True, verbose_name="samværsordning fra"),
        ),
        migrations.AddField(
            model_name="caseperson",
            name="end_reason",
            field=models.CharField(blank=True, max_length=300, verbose_name="hvorfor ikke lenger"),
        ),
        migrations.AddField(
            model_name="caseperson",
            name="ended_on",
            field=models.DateField(null=True, verbose_name="hørte til saken til"),
        ),
        migrations.AddField(
            model_name="caseperson",
            name="in_place_reference",
            field=models.CharField(blank=True, max_length=60, verbose_name="vedtakets nummer"),
        ),
        migrations.AddField(
            model_name="caseperson",
            name="in_place_since",
            field=models.DateField(null=True, verbose_name="bestemmer i foreldrenes sted fra"),
        ),
        migrations.AddField(
            model_name="caseperson",
            name="information_source",
            field=models.CharField(
                blank=True,
                choices=[
                    ("register", "Folkeregisteret"),
                    ("decision", "vedtak eller dom som vi har sett"),
                    ("agreement", "skriftlig avtale som vi har sett"),
                    ("own_word", "personen selv har sagt det"),
                    ("others", "noen andre har sagt det"),
                ],
                max_length=10,
                verbose_name="hvor vi vet det fra",
            ),
        ),
        migrations.AddField(
            model_name="caseperson",
            name="preferred",
            field=models.CharField(
                blank=True,
                choices=[
                    ("phone", "telefon"),
                    ("sms", "SMS"),
                    ("email", "e-post"),
                    ("post", "brev i posten"),
                ],
                max_length=10,
                verbose_name="vil helst bli nådd på",
            ),
        ),
        migrations.AddField(
            model_name="caseperson",
            name="responsibility_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="caseperson",
            name="responsibility_on",
            field=models.DateField(null=True, verbose_name="kontrollert"),
        ),
        migrations.AddField(
            model_name="caseperson",
            name="responsibility_source",
            field=models.CharField(
                blank=True,
                choices=[
                    ("register", "Folkeregisteret"),
                    ("decision", "vedtak eller dom som vi har sett"),
                    ("agreement", "skriftlig avtale som vi har sett"),
                    ("own_word", "personen selv har sagt det"),
                    ("others", "noen andre har sagt det"),
                ],
                max_length=10,
                verbose_name="hvor vi vet det fra",
            ),
        ),
        migrations.AddField(
            model_name="caseperson",
            name="right_to_information",
            field=models.CharField(
                choices=[("yes", "ja"), ("no", "nei"), ("unknown", "vet ikke")],
                default="unknown",
                max_length=10,
                verbose_name="rett til opplysninger om barnet",
            ),
        ),
        migrations.AddField(
            model_name="caseperson",
            name="safe_post",
            field=models.CharField(
                choices=[("yes", "ja"), ("no", "nei"), ("unknown", "vet ikke")],
                default="unknown",
                max_length=10,
                verbose_name="trygt å sende brev i posten",
            ),
        ),
        migrations.AddField(
            model_name="caseperson",
            name="safe_sms",
            field=models.CharField(
                choices=[("yes", "ja"), ("no", "nei"), ("unknown", "vet ikke")],
                default="unknown",
                max_length=10,
                verbose_name="trygt å sende SMS",
            ),
        ),
        migrations.AddField(
            model_name="caseperson",
            name="started_on",
            field=models.DateField(null=True, verbose_name="hører til saken fra"),
        ),
        migrations.AddField(
            model_name="person",
            name="no_number",
            field=models.CharField(
                blank=True,
                choices=[
                    ("not_yet", "har ikke fått noe nummer ennå"),
                    ("unknown", "familien vet det ikke"),
                    ("withheld", "familien vil ikke oppgi det"),
                    ("not_needed", "trengs ikke"),
                ],
                max_length=20,
                verbose_name="hvorfor uten nummer",
            ),
        ),
        migrations.AlterField(
            model_name="caseperson",
            name="relation",
            field=models.CharField(
                choices=[
                    ("mother", "mor"),
                    ("father", "far"),
                    ("co_mother", "medmor"),
                    ("step_parent", "steforelder"),
                    ("foster_parent", "fosterforelder"),
                    ("grandparent", "besteforelder"),
                    ("sibling", "søsken"),
                    ("guardian", "verge"),
                    ("child_welfare", "barneverntjenesten"),
                    ("teacher", "ansatt i barnehage eller skole"),
                    ("professional", "annen fagperson"),
                    ("other", "en annen"),
                ],
                max_length=20,
                verbose_name="relasjon",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_on__isnull", False), ("state", "closed")),
                    models.Q(models.Q(("state", "closed"), _negated=True), ("closed_on", None)),
                    _connector="OR",
                ),
                name="case_is_closed_on_a_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="casemember",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_on", None),
                    (
                        "ended_on__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("started_on"), "-", models.Value(datetime.timedelta(days=1))
                        ),
                    ),
                    _connector="OR",
                ),
                name="casemember_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="casemember",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_on__isnull", False), ("end_reason", ""), _connector="OR"
                ),
                name="casemember_end_reason_is_of_an_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="casemember",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_on", None)),
                fields=("case", "user"),
                name="casemember_once_at_a_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseperson",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("responsibility_by", None),
                        ("responsibility_on", None),
                        ("responsibility_source", ""),
                    ),
                    models.Q(
                        ("responsibility__in", ["yes", "no"]),
                        ("responsibility_by__isnull", False),
                        ("responsibility_on__isnull", False),
                        models.Q(("responsibility_source", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="caseperson_responsibility_is_known_from_somewhere",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseperson",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("information_source", ""), ("right_to_information", "unknown")),
                    models.Q(
                        ("right_to_information__in", ["yes", "no"]),
                        models.Q(("information_source", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="caseperson_right_to_information_has_a_source",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseperson",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("contact_since", None),
                    models.Q(("contact_arrangement", ""), _negated=True),
                    _connector="OR",
                ),
                name="caseperson_arrangement_has_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseperson",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("in_place_reference", ""), ("in_place_since", None)),
                    models.Q(
                        ("in_place_since__isnull", False),
                        ("relation__in", ["child_welfare", "guardian"]),
                        models.Q(("in_place_reference", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="caseperson_in_place_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseperson",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("preferred", "phone"), ("safe_phone", "no"), _negated=True),
                    models.Q(
                        ("preferred", "sms"),
                        models.Q(("safe_sms", "no"), ("safe_phone", "no"), _connector="OR"),
                        _negated=True,
                    ),
                    models.Q(("preferred", "email"), ("safe_email", "no"), _negated=True),
                    models.Q(("preferred", "post"), ("safe_post", "no"), _negated=True),
                ),
                name="caseperson_preferred_way_is_not_unsafe",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseperson",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_on", None),
                    ("started_on", None),
                    ("ended_on__gte", models.F("started_on")),
                    _connector="OR",
                ),
                name="caseperson_ends_after_it_starts",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseperson",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("end_reason", ""), ("ended_on", None)),
                    models.Q(
                        ("ended_on__isnull", False), models.Q(("end_reason", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="caseperson_end_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("national_id", ""), ("national_id_index", None)),
                    models.Q(
                        models.Q(("national_id", ""), _negated=True),
                        ("national_id_index__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="person_number_has_its_index",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(("no_number", ""), ("national_id", ""), _connector="OR"),
                name="person_without_number_for_a_reason",
            ),
        ),
        migrations.AddField(
            model_name="casechange",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="casechange",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="cases.case"
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="correction",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="corrections",
                to="cases.person",
            ),
        ),
        migrations.AddField(
            model_name="othernumber",
            name="added_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="othernumber",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="other_numbers",
                to="cases.person",
            ),
        ),
        migrations.AddConstraint(
            model_name="casechange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["merged", "entrusted", "referred"]),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="casechange_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="correction",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="correction_has_a_reason"
            ),
        ),
        migrations.AddIndex(
            model_name="othernumber",
            index=models.Index(fields=["national_id_index"], name="othernumber_by_national_id"),
        ),
        migrations.AddConstraint(
            model_name="othernumber",
            constraint=models.UniqueConstraint(
                fields=("person", "national_id_index"), name="othernumber_once_per_person"
            ),
        ),
    ]
