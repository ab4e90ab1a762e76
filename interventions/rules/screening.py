"""What must be done before a screening is concluded."""

from django.utils import timezone
from django.utils.translation import gettext as _

from interventions.rules.meeting import forgotten_meeting, forgotten_sentence
from interventions.states import CourseState


def not_concluded_because(course):
    """What is left to do, in sentences; nothing when it may be concluded."""
    if course.state == CourseState.PLANNED:
        yield _("Hold et møte først. Kartleggingen er bare planlagt.")
    elif course.state != CourseState.RUNNING:
        yield _("Det går ikke: kartleggingen er «%(state)s».") % {
            "state": course.get_state_display()
        }
    if meeting := forgotten_meeting(course, timezone.now()):
        yield forgotten_sentence(meeting)
    if course.notes.unsigned().exists():
        yield _("Signer notatene først. Ett er ikke signert.")
    if not course.safety_checks.exists():
        yield _("Vurder først om barnet er trygt.")
    if course.safety_checks.undecided().exists():
        yield _("Avgjør først om bekymringen skal meldes til barnevernet.")
