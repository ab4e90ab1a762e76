from django.db import migrations


class Migration(migrations.Migration):
    replaces = [
        ("core", "0003_a_word_is_a_range"),
    ]
    dependencies = [
        ("core", "0001_tables"),
    ]

    operations = [
        migrations.RunSQL("CREATE TYPE wordrange AS RANGE (subtype = text)", "DROP TYPE wordrange"),
    ]
