from django.db import migrations

FREEZE = """
CREATE FUNCTION documents_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an issued document never changes';
END $$;
CREATE TRIGGER documents_document_is_frozen BEFORE UPDATE OR DELETE ON documents_document
    FOR EACH ROW WHEN (OLD.state = 'ready') EXECUTE FUNCTION documents_refuse();
CREATE TRIGGER documents_blob_is_frozen BEFORE UPDATE OR DELETE ON documents_blob
    FOR EACH ROW EXECUTE FUNCTION documents_refuse();
"""
THAW = """
DROP TRIGGER documents_document_is_frozen ON documents_document;
DROP TRIGGER documents_blob_is_frozen ON documents_blob;
DROP FUNCTION documents_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]

    operations = [migrations.RunSQL(FREEZE, THAW)]
