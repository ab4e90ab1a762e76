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


class Migration(migrations.Migration):
    dependencies = [("referrals", "0002_submission_stopped_has_an_index")]

    operations = [migrations.RunSQL(HOLD, RELEASE)]
