"""What the services do: answer, screen, meet, and write of it."""

from interventions.actions.answer import answer
from interventions.actions.calendar import close_calendar, open_calendar
from interventions.actions.call import strike_call, write_call
from interventions.actions.conclusion import conclude
from interventions.actions.contact import ask_for_contact
from interventions.actions.course import assign, plan_course, plan_screening
from interventions.actions.direct import StartedBefore, Told, foresee, keep_at_once, start_at_once
from interventions.actions.ending import complete, end, reopen
from interventions.actions.extension import answer_extension, ask_for_more
from interventions.actions.goal import (
    change_goal,
    end_goal,
    evaluate_goal,
    give_feedback,
    rate,
    set_goal,
)
from interventions.actions.interpreter import interpret
from interventions.actions.measure import end_measures, plan_measures, put_aside, settle_measures
from interventions.actions.meeting import change_meeting, hold, miss, plan_meeting
from interventions.actions.note import (
    add_to,
    ask_to_cosign,
    cosign,
    open_note,
    save_note,
    sign,
    throw_away,
    wait_for_cosigner,
    wait_for_signature,
    write_for,
)
from interventions.actions.note_finish import finish_note
from interventions.actions.note_move import move_note
from interventions.actions.place import move
from interventions.actions.report import begin_report, issue_report, save_report
from interventions.actions.screening import (
    answer_gate,
    check_safety,
    explain_worry,
    find_out,
    report_worry,
)
from interventions.actions.series import move_series, plan_series
from interventions.actions.sibling import part, share
from interventions.actions.start import accept, offer, pause, resume, start, waitlist
from interventions.actions.transfer import transfer

__all__ = [
    "StartedBefore",
    "Told",
    "accept",
    "add_to",
    "answer",
    "answer_extension",
    "answer_gate",
    "ask_for_contact",
    "ask_for_more",
    "ask_to_cosign",
    "assign",
    "begin_report",
    "change_goal",
    "change_meeting",
    "check_safety",
    "close_calendar",
    "complete",
    "conclude",
    "cosign",
    "end",
    "end_goal",
    "end_measures",
    "evaluate_goal",
    "explain_worry",
    "find_out",
    "finish_note",
    "foresee",
    "give_feedback",
    "hold",
    "interpret",
    "issue_report",
    "keep_at_once",
    "miss",
    "move",
    "move_note",
    "move_series",
    "offer",
    "open_calendar",
    "open_note",
    "part",
    "pause",
    "plan_course",
    "plan_measures",
    "plan_meeting",
    "plan_screening",
    "plan_series",
    "put_aside",
    "rate",
    "reopen",
    "report_worry",
    "resume",
    "save_note",
    "save_report",
    "set_goal",
    "settle_measures",
    "share",
    "sign",
    "start",
    "start_at_once",
    "strike_call",
    "throw_away",
    "transfer",
    "wait_for_cosigner",
    "wait_for_signature",
    "waitlist",
    "write_call",
    "write_for",
]
