"""What each document is made of: words and dates, ready to be laid out."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from referrals.questions import (
    asked_in,
    door_of,
    is_from_professional,
    said_by_sender,
    shown_answer,
)
from tibir.calendar.answer import due_on
from tibir.cases.models import HIDDEN
from tibir.core.dates import clock_time, long_date, weekday_date
from tibir.documents.letters import place


def sections(answers, hidden=frozenset()):
    """Everything that was asked and answered, in the reader's language.

    Of what is asked by a name in `hidden` it says only that there is an answer.
    """
    door = door_of(answers)
    return [
        {
            "slug": step.slug,
            "is_sender": step is door.first and step.slug in door.sender,
            "title": str(step.title),
            "rows": _rows(questions, said, hidden) + _people(step, said, hidden),
        }
        for step, questions, said in asked_in(answers)
    ]


def _rows(questions, said, hidden):
    return [
        {"question": str(q.label), "answer": _shown(q, said.get(q.key), hidden)} for q in questions
    ]


class Number(str):
    """An identity number: staff see the whole of it when they ask."""


def _shown(question, answer, hidden):
    if answer and question.key in hidden:
        return HIDDEN
    shown = shown_answer(question, answer)
    return Number(shown) if question.key == "national_id" else shown


def _people(step, said, hidden):
    rows = []
    for number, person in enumerate(said.get("people", []), start=1):
        lines = [(q, _shown(q, person.get(q.key), hidden)) for q in step.each]
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


def _sent_along(files):
    names = [attachment.shown_name for attachment in files]
    row = {"question": _("Filer du la ved"), "answer": names}
    return [{"slug": "vedlegg", "title": _("Vedlegg"), "rows": [row]}] if names else []


def next_steps(*, is_answered=True):
    told = _("Du får svar på hva vi kan tilby, og omtrent når dere kan begynne.")
    others_are = _("De som har foreldreansvar, får svar på hva vi kan tilby, og når.")
    return [
        _("Vi leser det du har skrevet."),
        _("Vi tar kontakt med deg hvis vi lurer på noe."),
        told if is_answered else others_are,
    ]


def steps_of_a_professional():
    return [
        _("Vi leser henvisningen, og ringer deg hvis vi lurer på noe."),
        _("Vi tar kontakt med foreldrene, og de får svaret."),
        _("Du kan se når henvisningen er besvart, men ikke hva svaret er."),
    ]


def agreement(answers):
    """What a professional said of each parent, and what the coordinator must look into.

    None where a parent asks for help: then nobody speaks for another.
    """
    if not is_from_professional(answers):
        return None
    door = door_of(answers)
    people = answers.get(door.people, {}).get("people", [])
    asked = {question.key: question for question in door.step(door.people).each}
    told = [
        {
            "name": said.get("name") or _("uten navn"),
            "said": {key: shown_answer(asked[key], said.get(key)) for key in SAID_OF_A_PARENT},
            "agrees": said.get("agrees") == "yes",
        }
        for said in people
    ]
    agreed = any(p.get("agrees") == "yes" and p.get("responsibility") == "yes" for p in people)
    return {
        "people": told,
        "agreed": agreed,
        "remarks": [remark for said in people for remark in _remarks(said)],
    }


SAID_OF_A_PARENT = ("responsibility", "informed", "why_not", "agrees")


def _remarks(said):
    name = {"name": said.get("name") or _("uten navn")}
    agrees, responsibility = said.get("agrees"), said.get("responsibility")
    if responsibility in ("unknown", "", None):
        yield _("Det er ikke kjent om %(name)s har foreldreansvar.") % name
    if agrees == "no":
        yield _("%(name)s har sagt nei.") % name
    elif agrees != "yes" and responsibility != "no":
        yield _("%(name)s er ikke spurt.") % name
    if said.get("informed") not in ("spoken", "written"):
        yield _("%(name)s er ikke informert.") % name


def words(referral, recipient, *, by, on, heading, lead, address="", **body):
    """A letter that is nothing but words, to one person, signed by one. The words are given in
    the language that is active; `address` is up to three lines, for a letter that is posted."""
    name, case = recipient.person.name, referral.case
    lines = [line.strip() for line in address.splitlines() if line.strip()]
    return {
        "reference": referral.reference,
        "dated": long_date(on),
        "municipality": place(referral.municipality),
        "recipient": [name, *lines[:3]] if lines else [],
        "heading": heading,
        "lead": lead,
        "paragraphs": [],
        "reason": "",
        "steps": [],
        "rights": [],
        # The name of a unit may say where in the municipality a family is.
        "signed": {
            "name": by.name,
            "unit": "" if case.is_hidden else referral.unit.name,
        },
        **body,
    }


def preliminary(referral, recipient, *, by, on, why, when, address=""):
    referral = referral.as_sent_by(recipient)
    with override(referral.submission.language):
        return words(
            referral,
            recipient,
            by=by,
            on=on,
            address=address,
            heading=_("Svaret på henvisningen blir forsinket"),
            lead=_("Vi tror du får svar innen %(day)s.") % {"day": weekday_date(when)},
            paragraphs=[
                _("Vi fikk henvisningen %(day)s, og skulle ha svart innen %(due)s.")
                % {
                    "day": long_date(referral.told_received_on),
                    "due": long_date(referral.promised_on),
                },
                _("Vi beklager at det tar lengre tid enn vi lovet."),
            ],
            reason=why,
        )


def inquiry(referral, recipient, *, by, on, question, address=""):
    referral = referral.as_sent_by(recipient)
    with override(referral.submission.language):
        return words(
            referral,
            recipient,
            by=by,
            on=on,
            address=address,
            heading=_("Vi trenger å vite litt mer"),
            lead=_("Vi ser på henvisningen, og lurer på noe før vi kan svare."),
            paragraphs=[question],
            steps=[
                _("Ring oss på %(phone)s, %(hours)s, eller svar i et brev.")
                % {
                    "phone": referral.municipality.phone,
                    "hours": referral.municipality.office_hours,
                },
                _("Du får svar på henvisningen innen %(day)s, også om vi ikke hører fra deg.")
                % {"day": weekday_date(referral.promised_on)},
            ],
        )


def receipt(submission, files):
    municipality = submission.municipality
    received = timezone.localtime(submission.received_at)
    answer_by = due_on(received.date(), municipality.answer_days)
    for_parent = not submission.is_from_professional
    with override(submission.language):
        return {
            "reference": submission.reference,
            "dated": long_date(received),
            "received": _received(submission, received),
            # The answer, and when it comes, is the parents' alone.
            "for_professional": not for_parent,
            "for_guardians": for_parent and not _hears(submission.answers),
            "answer_by": weekday_date(answer_by) if for_parent else "",
            "municipality": place(municipality),
            "steps": _steps(submission),
            "sections": sections(submission.answers) + _sent_along(files),
        }


def _steps(submission):
    if submission.is_from_professional:
        return steps_of_a_professional()
    return next_steps(is_answered=_hears(submission.answers))


def _hears(answers):
    """Who says that others decide for the child is not the one who is answered."""
    return said_by_sender(answers).get("responsibility") != "no"


def _received(submission, received):
    if submission.channel in submission.DESK:  # nobody noted the hour
        return long_date(received)
    return _("%(day)s kl. %(time)s") % {
        "day": long_date(received),
        "time": clock_time(received),
    }
