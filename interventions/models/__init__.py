"""Everything with meetings: what a family was told, the services, and their courses."""

from interventions.models.agreement import Agreement
from interventions.models.assignment import Assignment, Tried
from interventions.models.calendar import CalendarAddress
from interventions.models.call import Call
from interventions.models.catalogue import Service
from interventions.models.course import Course
from interventions.models.ending import LeftOut, Reopening
from interventions.models.extension import Extension
from interventions.models.goal import Evaluation, Feedback, Goal, Rating
from interventions.models.measure import Battery, PlannedMeasure
from interventions.models.meeting import Attendance, Busy, Meeting, MeetingStaff, free
from interventions.models.note import Addendum, Note, NoteMove
from interventions.models.pause import Pause
from interventions.models.report import Report
from interventions.models.screening import Gate, SafetyCheck, Screening
from interventions.models.sibling import CourseChild
from interventions.models.summary import Summary, SummaryReader
from interventions.models.told import ToldWindow

__all__ = [
    "Addendum",
    "Agreement",
    "Assignment",
    "Attendance",
    "Battery",
    "Busy",
    "CalendarAddress",
    "Call",
    "Course",
    "CourseChild",
    "Evaluation",
    "Extension",
    "Feedback",
    "Gate",
    "Goal",
    "LeftOut",
    "Meeting",
    "MeetingStaff",
    "Note",
    "NoteMove",
    "Pause",
    "PlannedMeasure",
    "Rating",
    "Reopening",
    "Report",
    "SafetyCheck",
    "Screening",
    "Service",
    "Summary",
    "SummaryReader",
    "ToldWindow",
    "Tried",
    "free",
]
