import django.db.models.deletion
from django.db import migrations, models


def find_senders(apps, schema_editor):
    """Each was made right after the other, also where two cases were made one."""
    Referral = apps.get_model("referrals", "Referral")
    CasePerson = apps.get_model("cases", "CasePerson")
    for case in Referral.objects.order_by("case").values_list("case", flat=True).distinct():
        referrals = list(Referral.objects.filter(case=case).order_by("pk"))
        senders = list(CasePerson.objects.filter(case=case, is_sender=True).order_by("pk"))
        if len(referrals) == len(senders):
            for referral, sender in zip(referrals, senders, strict=True):
                Referral.objects.filter(pk=referral.pk).update(sent_by=sender)
    # Rows that were written wait with their references; the index comes next.
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    schema_editor.execute("SET CONSTRAINTS ALL DEFERRED")


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0006_who_may_know_of_a_case"),
        ("referrals", "0007_rules_of_what_is_recommended"),
    ]

    operations = [
        migrations.AddField(
            model_name="referral",
            name="promised_on",
            field=models.DateField(null=True, verbose_name="lovet svar"),
        ),
        migrations.RunSQL(
            "UPDATE referrals_referral SET promised_on = due_on", migrations.RunSQL.noop
        ),
        migrations.AlterField(
            model_name="referral",
            name="promised_on",
            field=models.DateField(verbose_name="lovet svar"),
        ),
        migrations.AddField(
            model_name="referral",
            name="sent_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.caseperson",
            ),
        ),
        migrations.RunPython(find_senders, migrations.RunPython.noop),
    ]
