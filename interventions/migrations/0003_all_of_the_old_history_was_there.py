from django.db import migrations


class Migration(migrations.Migration):
    """Stops at a database that has some of the migrations that were folded and not all of them.

    Without this, Django leaves out the migration that replaces them and says nothing. Those that
    are named here are there when they were replaced, and are missed when they were not.
    """

    dependencies = [
        ("accounts", "0009_a_unit_asks_for_two_signatures"),
        ("audit", "0004_the_log_is_sealed_and_rows_are_remembered"),
        ("audit", "0003_the_database_says_when"),
        ("cases", "0009_a_member_works_through_a_course"),
        ("cases", "0006_who_may_know_of_a_case"),
        ("core", "0002_job_run_remembers_when_it_went_well"),
        ("core", "0003_a_word_is_a_range"),
        ("deadlines", "0009_kinds_of_every_service"),
        ("documents", "0012_reports_are_written"),
        ("documents", "0006_an_issued_document_follows_its_case"),
        ("instruments", "0001_instruments_norms_and_measurements"),
        ("instruments", "0002_shipped_instruments"),
        ("interventions", "0005_what_was_agreed_with_a_family"),
        ("interventions", "0009_measures_are_planned_and_reports_written"),
        ("notifications", "0003_a_login_has_no_municipality"),
        ("referrals", "0008_a_referral_knows_who_sent_it"),
        ("referrals", "0009_who_has_written_approves_nothing"),
        ("staff", "0001_initial"),
    ]

    operations = []
