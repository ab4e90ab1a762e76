from django.db import migrations

# Where it is kept may change, as when its case turns out to be another one; what it says may not.
FOLLOW = """
DROP TRIGGER documents_document_is_frozen ON documents_document;
CREATE TRIGGER documents_document_is_frozen BEFORE UPDATE ON documents_document
    FOR EACH ROW WHEN (
        OLD.state = 'ready' AND (
            to_jsonb(NEW) - '{case_id,unit_id}'::text[]
            IS DISTINCT FROM to_jsonb(OLD) - '{case_id,unit_id}'::text[]
            OR (NEW.case_id, NEW.unit_id) IS NOT DISTINCT FROM (OLD.case_id, OLD.unit_id)
        )
    ) EXECUTE FUNCTION documents_refuse();
CREATE TRIGGER documents_document_is_kept BEFORE DELETE ON documents_document
    FOR EACH ROW WHEN (OLD.state = 'ready') EXECUTE FUNCTION documents_refuse();
"""
STAY = """
DROP TRIGGER documents_document_is_kept ON documents_document;
DROP TRIGGER documents_document_is_frozen ON documents_document;
CREATE TRIGGER documents_document_is_frozen BEFORE UPDATE OR DELETE ON documents_document
    FOR EACH ROW WHEN (OLD.state = 'ready') EXECUTE FUNCTION documents_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0005_a_letter_can_be_stopped")]

    operations = [migrations.RunSQL(FOLLOW, STAY)]
