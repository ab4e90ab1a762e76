"""A report: begun to one person, saved as it is typed, and issued once."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions import letters, rules
from interventions.models import Report
from tibir.audit.record import record
from tibir.cases.models import Case
from tibir.core.errors import DomainError, StaleState
from tibir.documents import actions as documents
from tibir.documents.kinds import Kind as Paper


@transaction.atomic
def begin_report(case, *, by, recipient, course=None):
    """A draft with everything in it that the recipient can have. Begun again it is the same one."""
    today = timezone.localdate()
    report, is_new = Report.objects.get_or_create(
        case=case,
        course=course,
        recipient=recipient,
        author=by,
        document=None,
        defaults={"parts": list(rules.possible_parts(recipient))},
    )
    if is_new:
        _require_reader(report, today)
        record("report.begun", report, by=by)
    return report


@transaction.atomic
def save_report(report, *, by, version, parts, assessment, next_steps, way="", address=""):
    """What is typed so far. Who saw an older version writes nothing, and is told so."""
    if _held_case(report).is_strict:
        address = ""
    changes = {
        "parts": parts, "assessment": assessment, "next_steps": next_steps, "way": way,
        "address": address, "version": version + 1, "saved_at": timezone.now(),
    }  # fmt: skip
    rows = Report.objects.drafts().filter(pk=report.pk, version=version)
    if not rows.update(**changes):
        raise StaleState(
            _("Rapporten er lagret et annet sted siden du åpnet den. Se hva som står der nå.")
        )
    for name, value in changes.items():
        setattr(report, name, value)
    record("report.saved", report, by=by)
    return report


@transaction.atomic
def issue_report(report, *, by, seen, channel, address=""):
    """It is sent as it stands, and stays so. `seen` is the mark of the figures on the page."""
    _held_case(report)
    report = _again(report)
    if report.is_issued:
        raise StaleState(_("Rapporten er alt sendt."))
    if not report.assessment.strip():
        raise DomainError(_("Skriv vurderingen før du sender rapporten."))
    _require_reader(report, timezone.localdate())
    said = letters.drafted(report, by=by, on=timezone.localdate(), address=address)
    if letters.figures_of(said) != seen:
        raise StaleState(_("Tallene er endret siden du så rapporten. Se over den en gang til."))
    document = documents.order(
        Paper.COURSE_REPORT if report.course_id else Paper.CASE_REPORT,
        by=by,
        municipality=report.case.municipality,
        unit=report.course.unit if report.course_id else report.case.unit,
        case=report.case,
        author=by,
        recipient=report.recipient,
        title=said["heading"],
        language=letters.referral_of(report).submission.language,
        data=said,
    )
    documents.send(document, by=by, person=report.recipient, channel=channel)
    Report.objects.filter(pk=report.pk).update(document=document, address="")
    report.document = document
    record("report.issued", report, by=by, document=document.pk)
    return report


def _held_case(report):
    """Locked, and before the report is: whoever hides the family takes them in that order, waits
    for us, and then takes the address out."""
    held = Case.objects.select_for_update(no_key=True, of=["self"])
    return held.only("grade").get(pk=report.case_id)


def _again(report):
    found = Report.objects.select_for_update(of=["self"])
    shown = (
        "case__child", "case__municipality", "case__unit", "course__service", "course__unit",
        "course__practitioner", "recipient__person", "recipient__case",
    )  # fmt: skip
    return found.select_related(*shown).get(pk=report.pk)


def _require_reader(report, today):
    people = report.case.people.current().for_list()
    if report.recipient not in rules.possible_readers(report.case, people, today):
        raise DomainError(
            _("%(name)s kan ikke få rapporten nå. Se på samtykkene og retten til opplysninger.")
            % {"name": report.recipient.person}
        )
