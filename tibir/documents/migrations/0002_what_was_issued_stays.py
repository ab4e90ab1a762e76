from django.db import migrations

# Where it is kept may change, as when its case turns out to be another one; what it says may not.
FREEZE = """
CREATE FUNCTION documents_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an issued document never changes';
END $$;
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
CREATE TRIGGER documents_blob_is_frozen BEFORE UPDATE OR DELETE ON documents_blob
    FOR EACH ROW EXECUTE FUNCTION documents_refuse();
"""
THAW = """
DROP TRIGGER documents_document_is_frozen ON documents_document;
DROP TRIGGER documents_document_is_kept ON documents_document;
DROP TRIGGER documents_blob_is_frozen ON documents_blob;
DROP FUNCTION documents_refuse();
"""

KEEP = """
CREATE FUNCTION documents_keep_attachment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was handed in is kept as it came';
END $$;
CREATE TRIGGER documents_attachment_copy_stays BEFORE UPDATE ON documents_attachment
    FOR EACH ROW WHEN (
        OLD.copy IS NOT NULL AND (NEW.copy, NEW.sha256, NEW.size, NEW.pages, NEW.type)
        IS DISTINCT FROM (OLD.copy, OLD.sha256, OLD.size, OLD.pages, OLD.type)
    ) EXECUTE FUNCTION documents_keep_attachment();
CREATE TRIGGER documents_attachment_name_stays BEFORE UPDATE ON documents_attachment
    FOR EACH ROW WHEN (
        (NEW.name, NEW.received_at, NEW.author_id, NEW.municipality_id, NEW.fingerprint)
        IS DISTINCT FROM
        (OLD.name, OLD.received_at, OLD.author_id, OLD.municipality_id, OLD.fingerprint)
    ) EXECUTE FUNCTION documents_keep_attachment();
CREATE TRIGGER documents_attachment_of_a_case_is_kept BEFORE DELETE ON documents_attachment
    FOR EACH ROW WHEN (OLD.case_id IS NOT NULL) EXECUTE FUNCTION documents_keep_attachment();
"""
RELEASE = """
DROP TRIGGER documents_attachment_copy_stays ON documents_attachment;
DROP TRIGGER documents_attachment_name_stays ON documents_attachment;
DROP TRIGGER documents_attachment_of_a_case_is_kept ON documents_attachment;
DROP FUNCTION documents_keep_attachment();
"""


class Migration(migrations.Migration):
    replaces = [
        ("documents", "0002_document_freezes_when_ready"),
        ("documents", "0004_attachment_is_kept_as_it_came"),
        ("documents", "0006_an_issued_document_follows_its_case"),
    ]
    dependencies = [
        ("documents", "0001_tables"),
    ]

    operations = [
        migrations.RunSQL(FREEZE, THAW),
        migrations.RunSQL(KEEP, RELEASE),
    ]
