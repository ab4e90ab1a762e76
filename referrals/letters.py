"""What each document is made of: words and dates, ready to be laid out."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from referrals.questions import asked_in, shown_answer
from tibir.calendar.answer import due_on
from tibir.core.dates import clock_time, long_date, weekday_date


def sections(answers):
    """Everything that was asked and answered, in the reader's language."""
    return [
        {
            "slug": step.slug,
            "title": str(step.title),
            "rows": _rows(questions, said) + _people(step, said),
        }
        for step, questions, said in asked_in(answers)
    ]


def _rows(questions, said):
    return [
        {"question": str(q.label), "answer": shown_answer(q, said.get(q.key))} for q in questions
    ]


def _people(step, said):
    rows = []
    for number, person in enumerate(said.get("people", []), start=1):
        lines = [(q, shown_answer(q, person.get(q.key))) for q in step.each]
        rows.append(
            {
                "question": _("Person %(number)d") % {"number": number},
                "answer": [f"{_leading(q)} {text}" for q, text in lines if text],
            }
        )
    return rows


def _leading(question):
    """«Telefonnummer:», but a question needs no more than its mark."""
    label = str(question.label)
    return label if label.endswith("?") else f"{label}:"


def _sent_along(submission):
    names = [attachment.shown_name for attachment in submission.sent_along()]
    row = {"question": _("Filer du la ved"), "answer": names}
    return [{"slug": "vedlegg", "title": _("Vedlegg"), "rows": [row]}] if names else []


def next_steps():
    return [
        _("Vi leser det du har skrevet."),
        _("Vi tar kontakt med deg hvis vi lurer på noe."),
        _("Du får svar på hva vi kan tilby, og omtrent når dere kan begynne."),
    ]


def receipt(submission):
    municipality = submission.municipality
    received = timezone.localtime(submission.received_at)
    with override(submission.language):
        return {
            "reference": submission.reference,
            "dated": long_date(received),
            "received": _("%(day)s kl. %(time)s")
            % {
                "day": long_date(received),
                "time": clock_time(received),
            },
            "answer_by": weekday_date(due_on(received.date(), municipality.answer_days)),
            "municipality": {
                "name": municipality.name,
                "phone": municipality.phone,
                "address": municipality.postal_address,
                "email": municipality.email,
                "office_hours": municipality.office_hours,
            },
            "steps": next_steps(),
            "sections": sections(submission.answers) + _sent_along(submission),
        }
