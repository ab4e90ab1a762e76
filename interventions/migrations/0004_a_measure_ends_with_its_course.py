from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("interventions", "0003_all_of_the_old_history_was_there")]

    operations = [
        migrations.AddField(
            "plannedmeasure",
            "ended_with_course",
            models.BooleanField(default=False, editable=False),
        ),
        migrations.AddConstraint(
            "plannedmeasure",
            models.CheckConstraint(
                condition=Q(ended_with_course=False) | Q(put_aside_on__isnull=False),
                name="plannedmeasure_that_ended_is_put_aside",
            ),
        ),
    ]
