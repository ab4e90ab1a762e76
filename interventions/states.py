"""The states of a course and of a meeting, and the moves between them, as data."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CourseState(models.TextChoices):
    PLANNED = "planned", _("planlagt")
    WAITLISTED = "waitlisted", _("på venteliste")
    OFFERED = "offered", _("tilbudt")
    RUNNING = "running", _("i gang")
    PAUSED = "paused", _("på pause")
    COMPLETED = "completed", _("fullført")
    ENDED = "ended", _("avsluttet før tiden")
    TRANSFERRED = "transferred", _("overført")


# In these the course is somebody's work; in the others it is over.
OPEN = [
    CourseState.PLANNED,
    CourseState.WAITLISTED,
    CourseState.OFFERED,
    CourseState.RUNNING,
    CourseState.PAUSED,
]
OVER = [CourseState.COMPLETED, CourseState.ENDED, CourseState.TRANSFERRED]
NOT_BEGUN = [CourseState.PLANNED, CourseState.WAITLISTED, CourseState.OFFERED]
# In these the family is met.
MEETS = [CourseState.PLANNED, CourseState.RUNNING]
BEGUN = [CourseState.RUNNING, CourseState.PAUSED, CourseState.COMPLETED, CourseState.TRANSFERRED]

COURSE_TRANSITIONS = {
    CourseState.PLANNED: {
        CourseState.WAITLISTED,
        CourseState.OFFERED,
        CourseState.RUNNING,
        CourseState.ENDED,
    },
    CourseState.WAITLISTED: {CourseState.OFFERED, CourseState.ENDED},
    CourseState.OFFERED: {CourseState.WAITLISTED, CourseState.RUNNING, CourseState.ENDED},
    CourseState.RUNNING: {
        CourseState.PAUSED,
        CourseState.COMPLETED,
        CourseState.ENDED,
        CourseState.TRANSFERRED,
    },
    CourseState.PAUSED: {
        CourseState.RUNNING,
        CourseState.COMPLETED,
        CourseState.ENDED,
        CourseState.TRANSFERRED,
    },
    # Opened again, with a reason; what was given to somebody else goes on there.
    CourseState.COMPLETED: {CourseState.RUNNING},
    CourseState.ENDED: {CourseState.RUNNING, CourseState.PLANNED},
    CourseState.TRANSFERRED: set(),
}


class Ending(models.TextChoices):
    """Why a course was over before its time."""

    FAMILY = "family", _("familien ville ikke mer")
    SERVICE = "service", _("vi kan ikke fortsette")
    MOVED = "moved", _("familien har flyttet")
    NOT_SUITABLE = "not_suitable", _("det passet ikke")
    NO_CONTACT = "no_contact", _("vi får ikke kontakt")


class MeetingState(models.TextChoices):
    """What became of a meeting."""

    PLANNED = "planned", _("avtalt")
    HELD = "held", _("holdt")
    MOVED_BY_FAMILY = "moved_by_family", _("flyttet av familien")
    MOVED_BY_US = "moved_by_us", _("flyttet av oss")
    EXCUSED = "excused", _("familien meldte forfall")
    NO_SHOW = "no_show", _("ingen kom")
    LATE_CANCELLATION = "late_cancellation", _("avlyst for sent")
    CALLED_OFF = "called_off", _("avlyst fordi tiltaket ble avsluttet")


MOVED = [MeetingState.MOVED_BY_FAMILY, MeetingState.MOVED_BY_US]
NOT_HELD = [*MOVED, MeetingState.EXCUSED, MeetingState.NO_SHOW, MeetingState.LATE_CANCELLATION]
# Those who were to lead it sat there: nobody can have them for anything else in that time.
TAKES_TIME = [
    MeetingState.PLANNED,
    MeetingState.HELD,
    MeetingState.NO_SHOW,
    MeetingState.LATE_CANCELLATION,
]

MEETING_TRANSITIONS = {
    MeetingState.PLANNED: {MeetingState.HELD, *NOT_HELD, MeetingState.CALLED_OFF}
}


class NoteState(models.TextChoices):
    DRAFT = "draft", _("utkast")
    SIGNED = "signed", _("signert")
