import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q


def carry_over(apps, schema_editor):
    """Who was only named becomes a person of the case; whose own row said so becomes a stand-in.

    What counted counts: the one was for a parent, the other beside the parents.
    """
    # A row that was made is kept as it is, but for once, here.
    schema_editor.execute("ALTER TABLE cases_standin DISABLE TRIGGER cases_standin_is_kept")
    StandIn = apps.get_model("cases", "StandIn")
    CasePerson = apps.get_model("cases", "CasePerson")
    Person = apps.get_model("cases", "Person")
    in_place = CasePerson.objects.exclude(in_place_since=None)
    for each in StandIn.objects.select_related("person__case").order_by("pk"):
        case = each.person.case
        decider = in_place.filter(case=case).exclude(pk=each.person_id).order_by("pk").first()
        decider = (
            decider
            or CasePerson.objects.filter(
                case=case, relation="child_welfare", person__last_name=each.name[:100]
            )
            .exclude(pk=each.person_id)
            .first()
        )
        if decider is None:
            person = Person.objects.create(
                municipality_id=case.municipality_id, last_name=each.name[:100]
            )
            decider = CasePerson.objects.create(
                case=case,
                person=person,
                relation="child_welfare",
                responsibility="no",
                lives_with="no",
            )
        StandIn.objects.filter(pk=each.pk).update(decider=decider)
    for each in in_place.order_by("pk"):
        if not StandIn.objects.filter(decider=each).exists():
            ended_on = each.ended_on and max(each.ended_on, each.in_place_since)
            StandIn.objects.create(
                decider=each,
                name="",
                legal_basis="",
                reference=each.in_place_reference,
                started_on=each.in_place_since,
                ended_on=ended_on,
            )
    # Rows that were written wait with their references; the tables are changed next.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")
    schema_editor.execute("ALTER TABLE cases_standin ENABLE TRIGGER cases_standin_is_kept")


CASE_PERSON = "cases.caseperson"


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("cases", "0006_who_may_know_of_a_case"),
    ]

    operations = [
        migrations.AddField(
            model_name="standin",
            name="decider",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stands_in",
                to=CASE_PERSON,
            ),
        ),
        migrations.AddField(
            model_name="standin",
            name="reference",
            field=models.CharField(blank=True, max_length=60, verbose_name="vedtakets nummer"),
        ),
        migrations.AlterField(
            model_name="standin",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stand_ins",
                to=CASE_PERSON,
            ),
        ),
        migrations.AlterField(
            model_name="standin",
            name="legal_basis",
            field=models.CharField(blank=True, max_length=200, verbose_name="hjemmel"),
        ),
        migrations.AlterField(
            model_name="standin",
            name="recorded_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunPython(carry_over, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="standin",
            name="decider",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="stands_in",
                to=CASE_PERSON,
            ),
        ),
        migrations.RemoveField(model_name="standin", name="name"),
        migrations.RemoveConstraint(model_name="caseperson", name="caseperson_in_place_is_whole"),
        migrations.RemoveField(model_name="caseperson", name="in_place_since"),
        migrations.RemoveField(model_name="caseperson", name="in_place_reference"),
        migrations.AddConstraint(
            model_name="standin",
            constraint=models.CheckConstraint(
                condition=~Q(legal_basis="") | ~Q(reference=""),
                name="standin_rests_on_a_decision",
            ),
        ),
        migrations.AddConstraint(
            model_name="standin",
            constraint=models.CheckConstraint(
                condition=~Q(decider=F("person")), name="standin_is_for_another"
            ),
        ),
        migrations.AddConstraint(
            model_name="standin",
            constraint=models.UniqueConstraint(
                condition=Q(ended_on=None, person=None),
                fields=["decider"],
                name="standin_once_for_nobody_named",
            ),
        ),
    ]
