"""Which tables remember how their rows were: the one list, and the triggers made from it.

The owner puts the triggers in place after every migrate (`grant_application` does), so a new
model needs a line here and nothing else. What is kept of a row is told by the kind of its
columns: the old values of dates, numbers, yes and no, choices and references; of a text, a name,
an address or anything encrypted, only that it was changed. So when an address is cut under
strict protection, nothing of it stays behind here.
"""

from django.apps import apps
from django.db import models
from psycopg import sql

# The way from a row to its case; "" where there is none, and the page asks for the row itself.
WATCHED = {
    "cases.Case": "pk",
    "cases.CaseLink": "",
    "cases.CaseMember": "case",
    "cases.CasePerson": "case",
    "cases.ChildView": "case",
    "cases.Complaint": "case",
    "cases.ConsentDecision": "case",
    "cases.Correction": "",
    "cases.Disqualification": "case",
    "cases.DutyReport": "case",
    "cases.OtherNumber": "",
    "cases.Person": "",
    "cases.StandIn": "decider__case",
    "cases.TimedAccess": "case",
    "deadlines.Deadline": "case",
    "documents.Attachment": "case",
    "documents.Dispatch": "document__case",
    "documents.Document": "case",
    "instruments.Measurement": "informant__case",
    "interventions.Attendance": "person__case",
    "interventions.Call": "course__case",
    "interventions.Course": "case",
    "interventions.CourseChild": "case",
    "interventions.Extension": "course__case",
    "interventions.Gate": "person__case",
    "interventions.Goal": "course__case",
    "interventions.Meeting": "course__case",
    "interventions.Note": "course__case",
    "interventions.Pause": "course__case",
    "interventions.PlannedMeasure": "course__case",
    "interventions.Report": "case",
    "interventions.SafetyCheck": "course__case",
    "interventions.Screening": "course__case",
    "interventions.ToldWindow": "referral__case",
    "referrals.Enclosure": "attachment__case",
    "referrals.Inquiry": "referral__case",
    "referrals.ReceivedCorrection": "referral__case",
    "referrals.Recommendation": "case",
    "referrals.Referral": "case",
    "referrals.Reopening": "referral__case",
    "referrals.RuleSet": "",
    "referrals.Submission": "",
    "referrals.Triage": "referral__case",
}
NOT_WATCHED = {
    "cases.CaseChange": "says what changed, and is never changed",
    "cases.Consent": "never changed: what is said anew is a new row",
    "cases.GradeChange": "says what changed, and is never changed",
    "cases.LegalBasis": "a list to choose from, of no family",
    "cases.LogCheck": "of those who read, and never changed",
    "cases.Notice": "never changed",
    "cases.Wording": "what is asked of everybody",
    "deadlines.Sweep": "what the clock believes",
    "documents.Blob": "bytes, made once; a document that gets others is watched",
    "documents.Seal": "made once, and never changed",
    "instruments.Choice": "of no family",
    "instruments.Instrument": "of no family, and never changed",
    "instruments.Licence": "of no family, and never changed",
    "instruments.NormRow": "of no family, and not changed once it was used",
    "instruments.NormSet": "of no family, and not changed once it was used",
    "interventions.Addendum": "never changed",
    "interventions.LeftOut": "never changed",
    "interventions.Agreement": "never changed",
    "interventions.CalendarAddress": "of a user, and of no family",
    "interventions.Battery": "which instruments are used, of no family",
    "interventions.MeetingStaff": "copied from the meeting, which is watched",
    "interventions.Reopening": "never changed",
    "interventions.Assignment": "never changed",
    "interventions.Evaluation": "never changed",
    "interventions.Feedback": "never changed",
    "interventions.NoteMove": "says what changed, and is never changed",
    "interventions.Rating": "never changed",
    "interventions.Service": "the catalogue, of no family",
    "interventions.Summary": "never changed",
    "interventions.SummaryReader": "never changed",
    "interventions.Tried": "never changed",
    "notifications.Delivery": "tries of a message",
    "notifications.Notification": "what is told of things that are watched",
    "referrals.Choice": "never changed",
    "referrals.Discussion": "names nobody, and is never changed",
    "referrals.Draft": "changed with every step, and no case yet",
    "referrals.RuleWriter": "never changed",
    "referrals.TryOut": "never changed",
}
FLEETING = {"claimed_until", "attempts"}  # who works on it just now
KEPT = (
    models.ForeignKey,
    models.BooleanField,
    models.IntegerField,
    models.DateField,
    models.TimeField,
    models.UUIDField,
)

# Rows are read as JSON, so that no column is named here: a migration may change any of them.
FUNCTION = """
CREATE OR REPLACE FUNCTION audit_remember() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    way text := TG_ARGV[0];
    kept text[] := TG_ARGV[1];
    fleeting text[] := TG_ARGV[2];
    before jsonb := to_jsonb(OLD);
    after jsonb := '{}';
    changed jsonb;
    was jsonb;
    its_case bigint;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        after := to_jsonb(NEW);
    END IF;
    SELECT jsonb_agg(key ORDER BY key), jsonb_object_agg(key, value) FILTER (WHERE key = ANY(kept))
    INTO changed, was
    FROM jsonb_each(before) WHERE value IS DISTINCT FROM after -> key AND key <> ALL(fleeting);
    IF changed IS NULL THEN
        RETURN NULL;
    END IF;
    IF way LIKE 'SELECT %' THEN
        EXECUTE way INTO its_case USING before;
    ELSIF way <> '' THEN
        its_case := before ->> way;
    END IF;
    INSERT INTO audit_change (at, transaction, role, "table", row_id, operation, case_id,
                              municipality_id, columns, old)
    VALUES (now(), pg_current_xact_id()::text::bigint, session_user, TG_TABLE_NAME, OLD.id,
            lower(TG_OP), its_case,
            coalesce((before ->> 'municipality_id')::bigint,
                     (SELECT municipality_id FROM cases_case WHERE id = its_case)),
            CASE WHEN TG_OP = 'UPDATE' THEN changed ELSE '[]' END, coalesce(was, '{}'));
    RETURN NULL;
END $$
"""
TRIGGER = """
CREATE OR REPLACE TRIGGER {trigger} AFTER UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION audit_remember({way}, {kept}, {fleeting})
"""


def watch(cursor):
    """Put the triggers of every watched table in place, as they are to be now."""
    cursor.execute(FUNCTION)
    cursor.execute("REVOKE EXECUTE ON FUNCTION audit_remember() FROM PUBLIC")
    for label, way in WATCHED.items():
        model = apps.get_model(label)
        table = model._meta.db_table
        kept = [field.column for field in watched_columns(model) if keeps(field)]
        generated = [field.column for field in model._meta.concrete_fields if field.generated]
        statement = sql.SQL(TRIGGER).format(
            trigger=sql.Identifier(f"{table}_is_remembered"),
            table=sql.Identifier(table),
            way=sql.Literal(_way(model, way)),
            kept=sql.Literal(_array(kept)),
            fleeting=sql.Literal(_array([*sorted(FLEETING), *generated])),
        )
        cursor.execute(statement)


def watched_columns(model):
    """Those whose change is remembered."""
    return [
        field
        for field in model._meta.concrete_fields
        if not field.primary_key and not field.generated and field.name not in FLEETING
    ]


def keeps(field):
    """Whether the old value stays: it cannot be anything that somebody wrote."""
    is_choice = isinstance(field, models.CharField) and field.choices
    return isinstance(field, KEPT) or bool(is_choice)


def _array(names):
    return "{" + ",".join(names) + "}"


def _way(model, way):
    """The column that has the row's case, or the question that finds it from the row as JSON."""
    if way in ("", "pk"):
        return "id" if way else ""
    first, *rest = way.split("__")
    field = model._meta.get_field(first)
    if not rest:
        return field.column
    (last,) = rest
    other = field.related_model
    column = other._meta.get_field(last).column
    start = f"SELECT {column} FROM {other._meta.db_table}"  # noqa: S608 - names of our own
    return f"{start} WHERE id = ($1 ->> '{field.column}')::bigint"
