"""What belongs to the ending of a course: done, missing, or in the way."""

from dataclasses import dataclass
from enum import StrEnum

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from interventions.kinds import EndingPart, Occasion
from interventions.models import Evaluation, Feedback, Goal, Report
from interventions.rules.goals import goals_to_evaluate, guardians_of, people_to_ask
from interventions.rules.measure import missing_at_end
from interventions.rules.meeting import forgotten_meeting, forgotten_sentence
from interventions.rules.note import is_left
from tibir.instruments.kinds import Occasion as Measured


class Standing(StrEnum):
    DONE = "done"
    MISSING = "missing"  # it may be left out, with a reason
    BLOCKED = "blocked"  # nothing ends before it is done


@dataclass(frozen=True)
class Check:
    """One thing; `address` is where it is done, as a path, where there is such a page."""

    code: str
    what: str
    standing: Standing
    address: str = ""

    @property
    def is_done(self):
        return self.standing == Standing.DONE

    @property
    def is_missing(self):
        return self.standing == Standing.MISSING

    @property
    def is_blocked(self):
        return self.standing == Standing.BLOCKED


def notes_are_signed(course):
    note = course.notes.unsigned().order_by("pk").first()
    if note is None:
        return Check("notes", _("Notatene er signert."), Standing.DONE)
    if is_left(note):
        what = _(
            "Et notat er ikke signert, og den som skrev det, har ikke lenger tilgang. Den som gir "
            "tiltaket, kan ta det over."
        )
        return Check("notes", what, Standing.BLOCKED, course.get_absolute_url())
    address = reverse("interventions:note", args=[course.case_id, note.pk])
    if note.awaits_cosigning:
        what = _("Et notat er signert og skal medsigneres først.")
    else:
        what = _("Signer notatene først. Ett er ikke signert.")
    return Check("notes", what, Standing.BLOCKED, address)


def meetings_are_told_of(course):
    """Nothing unless one is forgotten: an ending calls off the meetings that are ahead, and says
    nothing of one that has been."""
    meeting = forgotten_meeting(course, timezone.now())
    if meeting is None:
        return None
    address = course.get_absolute_url()  # there it is said either way
    return Check("told_of", forgotten_sentence(meeting), Standing.BLOCKED, address)


def safety_is_decided(course):
    check = course.safety_checks.undecided().order_by("pk").first()
    if check is None:
        done = _("Ingen bekymring for barnet venter på å bli avgjort.")
        return Check("safety", done, Standing.DONE)
    address = reverse("interventions:report_worry", args=[course.case_id, check.pk])
    what = _("Avgjør først om bekymringen skal meldes til barnevernet.")
    return Check("safety", what, Standing.BLOCKED, address)


def meetings_are_enough(course):
    least = course.service.least_meetings
    held = course.held_before + course.meetings.filter(number__isnull=False).count()
    said = {"held": held, "least": least}
    if held >= least:
        return Check(EndingPart.MEETINGS, _("Møter som er holdt: %(held)d.") % said, Standing.DONE)
    what = _("Møter som er holdt: %(held)d. Tiltaket har minst %(least)d.") % said
    return Check(EndingPart.MEETINGS, what, Standing.MISSING)


def goals_are_evaluated(course):
    """Nothing where there is no goal that anybody has to say anything of."""
    if goals_to_evaluate(course):
        address = reverse("interventions:goals", args=[course.case_id, course.pk])
        missing = _("Ikke alle målene er evaluert.")
        return Check(EndingPart.GOALS, missing, Standing.MISSING, address)
    at_the_end = Evaluation.objects.filter(occasion=Occasion.END)
    if not at_the_end.filter(goal__in=Goal.objects.of(course)).exists():
        return None
    return Check(EndingPart.GOALS, _("Målene er evaluert."), Standing.DONE)


def parents_are_asked(course):
    """Nothing where there is nobody to ask."""
    if people := people_to_ask(course):
        address = reverse("interventions:feedback", args=[course.case_id, course.pk, people[0].pk])
        missing = _("Foreldrene er ikke spurt om hva de synes om tiltaket.")
        return Check(EndingPart.FEEDBACK, missing, Standing.MISSING, address)
    if not Feedback.objects.filter(course=course).exists():
        return None
    done = _("Foreldrene har sagt hva de synes om tiltaket.")
    return Check(EndingPart.FEEDBACK, done, Standing.DONE)


def it_is_measured_after(course):
    """Nothing where nothing is to be measured after it."""
    if missing_at_end(course):
        address = reverse("interventions:progress", args=[course.case_id, course.pk])
        missing = _("Det er ikke målt etter tiltaket.")
        return Check(EndingPart.MEASURES, missing, Standing.MISSING, address)
    if not course.planned_measures.filter(occasion=Measured.AFTER).exists():
        return None
    done = _("Målingene etter tiltaket er tatt eller lagt til side.")
    return Check(EndingPart.MEASURES, done, Standing.DONE)


def report_is_written(course):
    """To somebody who decides for the child, when all that was to be done was done."""
    issued = Report.objects.filter(course=course).issued()
    last = course.meetings.filter(number__isnull=False).order_by("-starts_at").first()
    again = course.reopenings.order_by("-on").first()
    of_the_end = issued.filter(recipient__in=guardians_of(course))
    if last:
        of_the_end = of_the_end.filter(document__created_at__gt=last.starts_at)
    if again:
        of_the_end = of_the_end.filter(document__created_at__date__gte=again.on)
    if of_the_end.exists():
        return Check(EndingPart.REPORT, _("Sluttrapporten er skrevet."), Standing.DONE)
    address = reverse("interventions:begin_report", args=[course.case_id, course.pk])
    missing = _("Sluttrapporten er ikke skrevet.")
    if issued.exists():
        missing = _("Foreldrene har ikke fått noen rapport etter det siste møtet.")
    return Check(EndingPart.REPORT, missing, Standing.MISSING, address)


# What nothing ends without, and what may be left out with a reason when the course has begun.
BLOCKERS = [notes_are_signed, meetings_are_told_of, safety_is_decided]
PARTS = [
    meetings_are_enough,
    goals_are_evaluated,
    it_is_measured_after,
    parents_are_asked,
    report_is_written,
]


def ending_checks(course):
    """Every check that has something to say of this course, in the order of the page. A few
    queries for each."""
    parts = PARTS if course.is_begun and not course.is_screening else []
    found = [check(course) for check in [*BLOCKERS, *parts]]
    return [check for check in found if check]


def not_transferred_because(course):
    """What is in the way of another unit, in sentences. A meeting that nobody has told of goes
    along, and is told of there."""
    for check in (notes_are_signed(course), safety_is_decided(course)):
        if check.is_blocked:
            yield check.what
