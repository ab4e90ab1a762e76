from django.db import migrations

CLOCK = """
CREATE FUNCTION audit_now() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.at := now();
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
    dependencies = [("audit", "0002_event_is_append_only")]

    operations = [migrations.RunSQL(CLOCK, ANYTIME)]
