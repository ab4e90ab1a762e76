import json
from pathlib import Path

from django.db import migrations

HOLD = """
CREATE FUNCTION referrals_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was promised does not change';
END $$;
CREATE TRIGGER referrals_referral_answer_is_never_later BEFORE UPDATE ON referrals_referral
    FOR EACH ROW WHEN (NEW.due_on > OLD.due_on) EXECUTE FUNCTION referrals_refuse();
CREATE TRIGGER referrals_submission_reference_stays BEFORE UPDATE ON referrals_submission
    FOR EACH ROW WHEN (
        (NEW.reference, NEW.received_at, NEW.once_digest, NEW.content_digest)
        IS DISTINCT FROM
        (OLD.reference, OLD.received_at, OLD.once_digest, OLD.content_digest)
    ) EXECUTE FUNCTION referrals_refuse();
CREATE TRIGGER referrals_submission_is_kept BEFORE DELETE ON referrals_submission
    FOR EACH ROW EXECUTE FUNCTION referrals_refuse();
"""
RELEASE = """
DROP TRIGGER referrals_referral_answer_is_never_later ON referrals_referral;
DROP TRIGGER referrals_submission_reference_stays ON referrals_submission;
DROP TRIGGER referrals_submission_is_kept ON referrals_submission;
DROP FUNCTION referrals_refuse();
"""

TIE = """
CREATE FUNCTION referrals_take_file_along() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM documents_attachment WHERE id = OLD.attachment_id;
    RETURN NULL;
END $$;
CREATE TRIGGER referrals_enclosure_takes_its_file_along AFTER DELETE ON referrals_enclosure
    FOR EACH ROW EXECUTE FUNCTION referrals_take_file_along();
CREATE TRIGGER referrals_enclosure_is_kept_when_sent BEFORE DELETE ON referrals_enclosure
    FOR EACH ROW WHEN (OLD.submission_id IS NOT NULL) EXECUTE FUNCTION referrals_refuse();
CREATE TRIGGER referrals_enclosure_stays_where_it_was_sent BEFORE UPDATE ON referrals_enclosure
    FOR EACH ROW WHEN (
        OLD.attachment_id <> NEW.attachment_id
        OR OLD.submission_id IS NOT NULL AND OLD.submission_id IS DISTINCT FROM NEW.submission_id
    ) EXECUTE FUNCTION referrals_refuse();
"""
UNTIE = """
DROP TRIGGER referrals_enclosure_takes_its_file_along ON referrals_enclosure;
DROP TRIGGER referrals_enclosure_is_kept_when_sent ON referrals_enclosure;
DROP TRIGGER referrals_enclosure_stays_where_it_was_sent ON referrals_enclosure;
DROP FUNCTION referrals_take_file_along();
"""

HOLD_RULES = """
ALTER TABLE referrals_ruleset ADD CONSTRAINT ruleset_one_at_a_time EXCLUDE USING gist (
    int8range(municipality_id, municipality_id, '[]') WITH &&,
    daterange(active_from, active_until) WITH &&
) WHERE (municipality_id IS NOT NULL AND active_from IS NOT NULL);

CREATE FUNCTION referrals_hold_ruleset() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.municipality_id, NEW.version) IS DISTINCT FROM (OLD.municipality_id, OLD.version) THEN
        RAISE EXCEPTION 'a version stays the version it is';
    END IF;
    IF OLD.state IN ('draft', 'tried') THEN
        RETURN NEW;
    END IF;
    IF (NEW.rules, NEW.edition, NEW.author_id, NEW.approved_by_id, NEW.approved_on)
        IS DISTINCT FROM
        (OLD.rules, OLD.edition, OLD.author_id, OLD.approved_by_id, OLD.approved_on) THEN
        RAISE EXCEPTION 'what was approved does not change';
    END IF;
    IF NEW.state IN ('draft', 'tried')
        OR OLD.state = 'retired' AND NEW.state <> 'retired'
        OR OLD.active_from IS NOT NULL AND NEW.active_from IS DISTINCT FROM OLD.active_from
        OR OLD.active_until IS NOT NULL AND NEW.active_until IS DISTINCT FROM OLD.active_until
    THEN
        RAISE EXCEPTION 'what was in force stays so in the history';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER referrals_ruleset_holds BEFORE UPDATE ON referrals_ruleset
    FOR EACH ROW EXECUTE FUNCTION referrals_hold_ruleset();
CREATE TRIGGER referrals_ruleset_is_kept BEFORE DELETE ON referrals_ruleset
    FOR EACH ROW EXECUTE FUNCTION referrals_refuse();

CREATE TRIGGER referrals_tryout_is_kept BEFORE UPDATE OR DELETE ON referrals_tryout
    FOR EACH ROW EXECUTE FUNCTION referrals_refuse();

ALTER TABLE referrals_recommendation ADD CONSTRAINT recommendation_is_manual_when_it_says_so
    CHECK (is_manual = (result ->> 'manual')::boolean);
CREATE TRIGGER referrals_recommendation_stays BEFORE UPDATE ON referrals_recommendation
    FOR EACH ROW WHEN (
        to_jsonb(NEW) - '{case_id,referral_id}'::text[]
        IS DISTINCT FROM to_jsonb(OLD) - '{case_id,referral_id}'::text[]
    ) EXECUTE FUNCTION referrals_refuse();
CREATE TRIGGER referrals_recommendation_is_kept BEFORE DELETE ON referrals_recommendation
    FOR EACH ROW EXECUTE FUNCTION referrals_refuse();

CREATE FUNCTION referrals_compare_choice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    said jsonb;
BEGIN
    SELECT result INTO said FROM referrals_recommendation WHERE id = NEW.recommendation_id;
    IF NEW.deviates <> (
        NOT (said ->> 'manual')::boolean
        AND (NEW.services <> said -> 'services' OR NEW.path <> said ->> 'path')
    ) THEN
        RAISE EXCEPTION 'whether a choice deviates is what the recommendation says';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER referrals_choice_is_compared BEFORE INSERT ON referrals_choice
    FOR EACH ROW EXECUTE FUNCTION referrals_compare_choice();
CREATE TRIGGER referrals_choice_is_kept BEFORE UPDATE OR DELETE ON referrals_choice
    FOR EACH ROW EXECUTE FUNCTION referrals_refuse();
"""
RELEASE_RULES = """
DROP TRIGGER referrals_choice_is_kept ON referrals_choice;
DROP TRIGGER referrals_choice_is_compared ON referrals_choice;
DROP FUNCTION referrals_compare_choice();
DROP TRIGGER referrals_recommendation_is_kept ON referrals_recommendation;
DROP TRIGGER referrals_recommendation_stays ON referrals_recommendation;
ALTER TABLE referrals_recommendation DROP CONSTRAINT recommendation_is_manual_when_it_says_so;
DROP TRIGGER referrals_tryout_is_kept ON referrals_tryout;
DROP TRIGGER referrals_ruleset_is_kept ON referrals_ruleset;
DROP TRIGGER referrals_ruleset_holds ON referrals_ruleset;
DROP FUNCTION referrals_hold_ruleset();
ALTER TABLE referrals_ruleset DROP CONSTRAINT ruleset_one_at_a_time;
"""

# Whoever the row says has written it is kept; so of all who did, not the last alone.
WRITTEN = """
CREATE FUNCTION referrals_ruleset_written() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO referrals_rulewriter (rule_set_id, user_id) VALUES (NEW.id, NEW.author_id)
        ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER referrals_ruleset_is_written AFTER INSERT OR UPDATE OF author_id
    ON referrals_ruleset FOR EACH ROW WHEN (NEW.author_id IS NOT NULL)
    EXECUTE FUNCTION referrals_ruleset_written();
CREATE FUNCTION referrals_ruleset_approve() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM referrals_rulewriter
        WHERE rule_set_id = NEW.id AND user_id = NEW.approved_by_id
    ) THEN
        RAISE EXCEPTION 'rules are approved by somebody who has written nothing of them'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ruleset_is_approved_by_no_writer';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER referrals_ruleset_is_approved BEFORE INSERT OR UPDATE OF approved_by_id
    ON referrals_ruleset FOR EACH ROW WHEN (NEW.approved_by_id IS NOT NULL)
    EXECUTE FUNCTION referrals_ruleset_approve();
"""
UNWRITTEN = """
DROP TRIGGER referrals_ruleset_is_approved ON referrals_ruleset;
DROP FUNCTION referrals_ruleset_approve;
DROP TRIGGER referrals_ruleset_is_written ON referrals_ruleset;
DROP FUNCTION referrals_ruleset_written;
"""


def ship(apps, schema_editor):
    """The starting point, which each municipality is to confirm (PRODUCT 3.6)."""
    rules = json.loads((Path(__file__).parent / "0002_starting_point.json").read_text())
    apps.get_model("referrals", "RuleSet").objects.create(version=1, state="active", rules=rules)


class Migration(migrations.Migration):
    replaces = [
        ("referrals", "0003_what_was_promised_stays"),
        ("referrals", "0006_enclosures_go_with_their_draft"),
        ("referrals", "0007_rules_of_what_is_recommended"),
        ("referrals", "0009_who_has_written_approves_nothing"),
    ]
    dependencies = [
        ("referrals", "0001_tables"),
    ]

    operations = [
        migrations.RunSQL(HOLD, RELEASE),
        migrations.RunSQL(TIE, UNTIE),
        migrations.RunSQL(HOLD_RULES, RELEASE_RULES),
        migrations.RunSQL(WRITTEN, UNWRITTEN),
        migrations.RunPython(ship, migrations.RunPython.noop),
    ]
