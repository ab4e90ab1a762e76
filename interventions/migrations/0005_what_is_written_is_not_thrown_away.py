from django.db import migrations

# Only a draft that is of no meeting, and in which nothing is written, is thrown away.
WRITTEN = r"""
CREATE FUNCTION interventions_note_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'only a draft of no meeting that says nothing is thrown away'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'note_written_stays';
END $$;
CREATE TRIGGER interventions_note_written_stays BEFORE DELETE ON interventions_note FOR EACH ROW
    WHEN (OLD.state = 'draft'
        AND (OLD.meeting_id IS NOT NULL OR OLD.internal ~ '\S' OR OLD.typed <> '{}'))
    EXECUTE FUNCTION interventions_note_written();
"""
UNWRITTEN = """
DROP TRIGGER interventions_note_written_stays ON interventions_note;
DROP FUNCTION interventions_note_written();
"""


class Migration(migrations.Migration):
    dependencies = [("interventions", "0004_a_measure_ends_with_its_course")]

    operations = [migrations.RunSQL(WRITTEN, UNWRITTEN)]
