from django.db import migrations

REFUSE = """
CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the log is append-only';
END $$;
CREATE TRIGGER audit_event_is_final BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_event_is_whole BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_change_is_final BEFORE UPDATE OR DELETE ON audit_change
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_change_is_whole BEFORE TRUNCATE ON audit_change
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_seal_is_final BEFORE UPDATE OR DELETE ON audit_seal
    FOR EACH ROW EXECUTE FUNCTION audit_refuse();
CREATE TRIGGER audit_seal_is_whole BEFORE TRUNCATE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();
"""
ALLOW = """
DROP TRIGGER audit_seal_is_whole ON audit_seal;
DROP TRIGGER audit_seal_is_final ON audit_seal;
DROP TRIGGER audit_change_is_whole ON audit_change;
DROP TRIGGER audit_change_is_final ON audit_change;
DROP TRIGGER audit_event_is_final ON audit_event;
DROP TRIGGER audit_event_is_whole ON audit_event;
DROP FUNCTION audit_refuse();
"""

CLOCK = """
CREATE FUNCTION audit_now() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.at := now();
    NEW.transaction := pg_current_xact_id()::text::bigint;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_event_at_is_now BEFORE INSERT ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_now();
"""
ANYTIME = """
DROP TRIGGER audit_event_at_is_now ON audit_event;
DROP FUNCTION audit_now();
"""


class Migration(migrations.Migration):
    replaces = [
        ("audit", "0002_event_is_append_only"),
        ("audit", "0003_the_database_says_when"),
    ]
    dependencies = [
        ("audit", "0001_tables"),
    ]

    operations = [
        migrations.RunSQL(REFUSE, ALLOW),
        migrations.RunSQL(CLOCK, ANYTIME),
    ]
