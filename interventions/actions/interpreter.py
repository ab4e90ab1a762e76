"""Through whom somebody speaks at a meeting."""

from django.db import transaction
from django.utils.translation import gettext as _

from interventions.models import Attendance
from interventions.models.planning import again
from interventions.states import MeetingState
from tibir.audit.record import record
from tibir.core.errors import DomainError

NOBODY = {
    "language": "", "interpreting": "", "ordered_on": None, "interpreter": "",
    "is_adult": False, "why_other": "",
}  # fmt: skip


@transaction.atomic
def interpret(attendance, *, by, language, **about):
    """Ordered, or known by now who it is; without a language nobody interprets."""
    meeting = again(attendance.meeting)
    if meeting.state not in (MeetingState.PLANNED, MeetingState.HELD):
        raise DomainError(
            _("Det går ikke: møtet er «%(state)s».") % {"state": meeting.get_state_display()}
        )
    changes = NOBODY | ({"language": language} | about if language else {})
    _require_adult(changes)
    Attendance.objects.filter(pk=attendance.pk).update(**changes)
    record("meeting.interpreted", meeting, by=by, interpreter=changes["interpreter"])


def _require_adult(said):
    is_other = said["interpreter"] == Attendance.Interpreter.OTHER
    if is_other and not said["is_adult"]:
        raise DomainError(_("Et barn tolker aldri. Finn en voksen tolk."))
