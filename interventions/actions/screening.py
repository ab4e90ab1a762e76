"""What a screening finds out, and whether the child is safe."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions.models import Gate, SafetyCheck, Screening
from tibir.audit.record import record
from tibir.core.errors import DomainError, StaleState
from tibir.family import actions as family


@transaction.atomic
def answer_gate(screening, *, by, person, asked_on, thrives, worries, **words):
    """What one parent says to the two questions. Asked again, the new answer stands."""
    _require_open(screening)
    said = {"asked_on": asked_on, "thrives": thrives, "worries": worries, "by": by} | words
    gate, _created = Gate.objects.update_or_create(
        screening=screening, person=person, defaults=said
    )
    record("screening.asked", screening, by=by, person=person.pk)
    return gate


@transaction.atomic
def find_out(screening, *, by, version, **found):
    """Something more is known. Who saw an older version writes nothing, and is told so."""
    _require_open(screening)
    row = Screening.objects.filter(pk=screening.pk, version=version)
    if not row.update(version=F("version") + 1, **found):
        raise StaleState(
            _("En annen har skrevet i kartleggingen siden du åpnet den. Se hva som står der nå.")
        )
    record("screening.written", screening, by=by, fields=sorted(found))


@transaction.atomic
def check_safety(course, *, by, is_worried, words=""):
    """Somebody has asked themselves whether the child is safe. A worry must be settled."""
    today = timezone.localdate()
    check = SafetyCheck.objects.create(
        course=course,
        is_worried=is_worried,
        words=words,
        checked_on=today,
        settled_on=None if is_worried else today,
        by=by,
    )
    record("duty.checked", check, by=by)
    return check


@transaction.atomic
def report_worry(check, *, by, **said):
    """It is reported to barnevern. Nobody is asked whether it may be."""
    check = _undecided(check)
    made = family.report(check.course.case, by=by, **said)
    check.report, check.settled_on = made, timezone.localdate()
    check.save(update_fields=["report", "settled_on"])
    record("duty.settled", check, by=by)
    return made


@transaction.atomic
def explain_worry(check, *, by, why_not):
    """It is not reported, and somebody says why."""
    check = _undecided(check)
    check.why_not, check.settled_on = why_not, timezone.localdate()
    check.save(update_fields=["why_not", "settled_on"])
    record("duty.settled", check, by=by)


def _undecided(check):
    found = SafetyCheck.objects.select_for_update(of=["self"]).select_related("course__case__unit")
    check = found.get(pk=check.pk)
    if check.is_settled:
        raise StaleState(_("Noen andre har alt avgjort dette."))
    return check


def _require_open(screening):
    if not screening.course.is_open:
        raise DomainError(_("Kartleggingen er avsluttet, og det som står i den, står fast."))
