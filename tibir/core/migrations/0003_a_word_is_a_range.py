from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("core", "0002_job_run_remembers_when_it_went_well")]

    operations = [
        migrations.RunSQL("CREATE TYPE wordrange AS RANGE (subtype = text)", "DROP TYPE wordrange"),
    ]
