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
    "cases.CaseMember": "case",
    "cases.CasePerson": "case",
    "cases.Person": "",
    "deadlines.Deadline": "case",
    "documents.Attachment": "case",
    "documents.Dispatch": "document__case",
    "documents.Document": "case",
    "interventions.ToldWindow": "referral__case",
    "referrals.Enclosure": "attachment__case",
    "referrals.Inquiry": "referral__case",
    "referrals.ReceivedCorrection": "referral__case",
    "referrals.Referral": "case",
    "referrals.Reopening": "referral__case",
    "referrals.Submission": "",
    "referrals.Triage": "referral__case",
}
NOT_WATCHED = {
    "deadlines.Sweep": "what the clock believes",
    "documents.Blob": "bytes, made once; a document that gets others is watched",
    "notifications.Delivery": "tries of a message",
    "notifications.Notification": "what is told of things that are watched",
    "referrals.Discussion": "names nobody, and is never changed",
    "referrals.Draft": "changed with every step, and no case yet",
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

FUNCTION = """
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    its_case bigint := {case};
    changed jsonb := '[]';
    was jsonb := '{{}}';
BEGIN
    IF TG_OP = 'DELETE' THEN
        was := jsonb_build_object({everything});
    ELSE
        {compared}
        IF changed = '[]' THEN
            RETURN NULL;
        END IF;
    END IF;
    INSERT INTO audit_change (at, transaction, role, "table", row_id, operation, case_id,
                              municipality_id, columns, old)
    VALUES (now(), pg_current_xact_id()::text::bigint, session_user, TG_TABLE_NAME, OLD.id,
            lower(TG_OP), its_case, {municipality}, changed, was);
    RETURN NULL;
END $$
"""
COMPARED = """
        IF OLD.{column} IS DISTINCT FROM NEW.{column} THEN
            changed := changed || {name};{kept}
        END IF;
"""
IS_KEPT = """
            was := was || jsonb_build_object({literal}, OLD.{column});"""


def watch(cursor):
    """Put the triggers of every watched table in place, as they are to be now."""
    for label, way in WATCHED.items():
        model = apps.get_model(label)
        for statement in _statements(model, way):
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


def _statements(model, way):
    table = model._meta.db_table
    fields = watched_columns(model)
    names = {
        "function": sql.Identifier(f"audit_remember_{table}"),
        "trigger": sql.Identifier(f"{table}_is_remembered"),
        "table": sql.Identifier(table),
    }
    case = _case(model, way)
    yield sql.SQL(FUNCTION).format(
        function=names["function"],
        case=case,
        municipality=_municipality(model, way),
        everything=sql.SQL(", ").join(
            sql.SQL("{}, OLD.{}").format(sql.Literal(f.column), sql.Identifier(f.column))
            for f in fields
            if keeps(f)
        ),
        compared=sql.SQL("").join(_compared(field) for field in fields),
    )
    yield sql.SQL("REVOKE EXECUTE ON FUNCTION {function}() FROM PUBLIC").format(**names)
    yield sql.SQL(
        "CREATE OR REPLACE TRIGGER {trigger} AFTER DELETE OR UPDATE OF {columns} ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION {function}()"
    ).format(columns=sql.SQL(", ").join(sql.Identifier(field.column) for field in fields), **names)


def _compared(field):
    column = sql.Identifier(field.column)
    kept = sql.SQL(IS_KEPT).format(literal=sql.Literal(field.column), column=column)
    return sql.SQL(COMPARED).format(
        column=column,
        name=sql.SQL("to_jsonb({}::text)").format(sql.Literal(field.column)),
        kept=kept if keeps(field) else sql.SQL(""),
    )


def _case(model, way):
    """The number of the row's case, as the row was."""
    if way in ("", "pk"):
        return sql.SQL("OLD.id" if way else "NULL")
    first, *rest = way.split("__")
    field = model._meta.get_field(first)
    value = sql.SQL("OLD.{}").format(sql.Identifier(field.column))
    for name in rest:
        model, field = field.related_model, field.related_model._meta.get_field(name)
        value = sql.SQL("(SELECT {} FROM {} WHERE id = {})").format(
            sql.Identifier(field.column), sql.Identifier(model._meta.db_table), value
        )
    return value


def _municipality(model, way):
    if any(field.column == "municipality_id" for field in model._meta.concrete_fields):
        return sql.SQL("OLD.municipality_id")
    if not way:
        return sql.SQL("NULL")
    return sql.SQL("(SELECT municipality_id FROM cases_case WHERE id = its_case)")
