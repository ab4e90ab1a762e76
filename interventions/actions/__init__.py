"""What the services do: answer, screen, meet, and write of it."""

from interventions.actions.answer import answer
from interventions.actions.conclusion import conclude
from interventions.actions.course import assign, end, plan_screening
from interventions.actions.direct import (
    StartedBefore,
    Told,
    foresee,
    keep_at_once,
    start_at_once,
)
from interventions.actions.meeting import change_meeting, hold, miss, plan_meeting
from interventions.actions.note import add_to, open_note, save_note, sign
from interventions.actions.place import move
from interventions.actions.screening import (
    answer_gate,
    check_safety,
    explain_worry,
    find_out,
    report_worry,
)

__all__ = [
    "StartedBefore",
    "Told",
    "add_to",
    "answer",
    "answer_gate",
    "assign",
    "change_meeting",
    "check_safety",
    "conclude",
    "end",
    "explain_worry",
    "find_out",
    "foresee",
    "hold",
    "keep_at_once",
    "miss",
    "move",
    "open_note",
    "plan_meeting",
    "plan_screening",
    "report_worry",
    "save_note",
    "sign",
    "start_at_once",
]
