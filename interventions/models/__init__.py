"""Everything with meetings: what a family was told, the services, and their courses."""

from interventions.models.agreement import Agreement
from interventions.models.catalogue import Service
from interventions.models.course import Course
from interventions.models.meeting import Attendance, Busy, Meeting, MeetingStaff, free
from interventions.models.note import Addendum, Note
from interventions.models.screening import Gate, SafetyCheck, Screening
from interventions.models.told import ToldWindow

__all__ = [
    "Addendum",
    "Agreement",
    "Attendance",
    "Busy",
    "Course",
    "Gate",
    "Meeting",
    "MeetingStaff",
    "Note",
    "SafetyCheck",
    "Screening",
    "Service",
    "ToldWindow",
    "free",
]
