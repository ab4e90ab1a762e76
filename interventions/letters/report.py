"""A report of a course, or of a case, to one person: figures as they are, and words as typed."""

import hashlib
import json

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

from interventions.letters.answer import rights
from interventions.models import Attendance
from interventions.rules.measure import names_of
from interventions.rules.report import facts_for, is_for_guardian
from referrals.letters import words
from tibir.core.dates import long_date
from tibir.instruments import chart
from tibir.instruments.kinds import Occasion
from tibir.instruments.progress import of_goals, progress

CAME = {
    Attendance.State.ATTENDED: chart.CAME,
    Attendance.State.EXCUSED: chart.EXCUSED,
    Attendance.State.ABSENT: chart.ABSENT,
    Attendance.State.EXPECTED: chart.NOT_ASKED,
}


def report(referral, recipient, *, by, on, facts, parts, assessment, next_steps, **about):
    """The report to one recipient, in the language of the referral. `facts` are what this one may
    have; of what is not there it says so. `about`: `course` of one course alone, and `address`."""
    referral = referral.as_sent_by(recipient)
    course = about.get("course")
    with override(referral.submission.language):
        return words(
            referral,
            recipient,
            by=by,
            on=on,
            address=about.get("address", ""),
            heading=_heading(course),
            lead=_lead(referral, course, on),
            sections=[made for part, build in SECTIONS if part in parts and (made := build(facts))],
            assessment=assessment,
            next_steps=next_steps,
            rights=rights(referral, _disagreed()) if is_for_guardian(recipient) else [],
        )


def drafted(draft, *, by, on, address=""):
    """The words of a `Report` as it would be sent that day."""
    return report(
        referral_of(draft),
        draft.recipient,
        by=by,
        on=on,
        facts=facts_for(draft, by),
        parts=draft.parts,
        assessment=draft.assessment,
        next_steps=draft.next_steps,
        course=draft.course,
        address=address,
    )


def referral_of(draft):
    """The one that it has its reference and its language from, as its recipient knows it."""
    course = draft.course
    if course is not None and course.referral_id:
        return course.referral.as_sent_by(draft.recipient)
    newest = draft.case.referrals.order_by("-received_on", "-pk").first()
    return newest.as_sent_by(draft.recipient)


def figures_of(said):
    """A mark of what was seen of the figures: another one means that they have changed since."""
    text = json.dumps(said["sections"], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _heading(course):
    if course is None:
        return _("Saksrapport")
    return _("Rapport: %(service)s") % {"service": course.service.get_kind_display()}


def _lead(referral, course, on):
    who = {"child": referral.case.child.name, "day": long_date(on)}
    if course is None:
        return _("Om %(child)s, slik saken står %(day)s.") % who
    return _("Om tiltaket for %(child)s, slik det står %(day)s.") % who


def _section(title, **content):
    return {
        "title": title, "rows": [], "paragraphs": [], "charts": [], "tables": [], **content,
    }  # fmt: skip


def _referral(facts):
    rows = [
        {
            "what": _("Henvisning %(reference)s") % {"reference": each.reference},
            "said": _referred(each),
        }
        for each in facts.referrals
    ]
    return _section(_("Henvisningen"), rows=rows) if rows else None


def _referred(referral):
    received = _("Mottatt %(day)s.") % {"day": long_date(referral.told_received_on)}
    if referral.decided_on is None:
        return received
    return f"{received} " + _("Avgjort %(day)s.") % {"day": long_date(referral.decided_on)}


def _services(facts):
    rows = [
        {
            "what": capfirst(each.service.get_kind_display()),
            "said": " ".join([_given(each), *map(_paused, facts.pauses.get(each.pk, []))]),
        }
        for each in facts.courses
    ]
    if not rows:
        return _section(_("Tiltak"), paragraphs=[_("Ingen tiltak er begynt.")])
    return _section(_("Tiltak"), rows=rows)


def _given(course):
    about = {
        "name": course.practitioner.name,
        "from": long_date(course.started_on),
        "state": course.get_state_display(),
    }
    if course.ended_on is None:
        return _("Hos %(name)s fra %(from)s. Det er %(state)s.") % about
    about["to"] = long_date(course.ended_on)
    return _("Hos %(name)s fra %(from)s til %(to)s. Det er %(state)s.") % about


def _paused(pause):
    about = {"from": long_date(pause.started_on)}
    if pause.ended_on is None:
        return _("Pause fra %(from)s.") % about
    about["to"] = long_date(pause.ended_on)
    return _("Pause fra %(from)s til %(to)s.") % about


def _meetings(facts):
    title = _("Møter")
    held = facts.meetings
    if not held:
        return _section(title, paragraphs=[_("Du har ikke vært bedt til noe møte ennå.")])
    came = sum(each.state_of_one == Attendance.State.ATTENDED for each in held)
    said = _("Du var med på %(came)d av %(of)d møter du var bedt til.") % {
        "came": came,
        "of": len(held),
    }
    first, last = long_date(held[0].day), long_date(held[-1].day)
    when = _("Det første var %(first)s og det siste %(last)s.") % {"first": first, "last": last}
    if facts.components:
        worked_on = ", ".join(str(each.label) for each in facts.components)
        when += " " + _("Dette arbeidet dere med: %(what)s.") % {"what": worked_on}
    strip = chart.Strip(
        title=_("Oppmøte"),
        description=said,
        heads=tuple(str(number) for number, _each in enumerate(held, 1)),
        rows=((_("Du"), tuple(CAME[each.state_of_one] for each in held)),),
        words={
            chart.CAME: _("var med"),
            chart.EXCUSED: _("meldte forfall"),
            chart.ABSENT: _("kom ikke"),
            chart.NOT_ASKED: "–",
        },
    )
    picture = {"svg": chart.strip_svg(strip, "oppmote"), "rows": [], "figures": [], "notes": []}
    return _section(title, paragraphs=[said, when], charts=[picture])


def _disagreed():
    return _(
        "Er du uenig i det som står her, eller ikke fornøyd med oss? Ring eller skriv til oss, så "
        "ser vi på det sammen. Du kan få hjelp til å klage."
    )


def _goals(facts):
    rows = [{"what": each.words, "said": _followed(each)} for each in facts.goals]
    if not rows:
        return _section(_("Mål"), paragraphs=[_("Det er ikke satt noe mål.")])
    charts = [_drawn(each, number) for number, each in enumerate(facts.goals, 1) if each.said[1:]]
    return _section(_("Mål"), rows=rows, charts=charts)


def _drawn(goal, number):
    """What this one has said of a goal, once it is more than one number."""
    ends = _("0: %(low)s. 10: %(high)s.") % {"low": goal.low, "high": goal.high}
    series = [(_("Du"), [(each.on, each.value) for each in goal.said])]
    return {
        "name": goal.words,
        "svg": chart.svg(of_goals(series, goal.words, ends), f"mal-{number}"),
        "rows": [],
        "figures": [{"on": long_date(each.on), "value": each.value} for each in goal.said],
        "notes": [ends],
    }


def _followed(goal):
    """How near this one has said that it is, first and last, and what was said in the end."""
    found = [_("Tallene går fra 0 (%(low)s) til 10 (%(high)s).") % {
        "low": goal.low, "high": goal.high,
    }]  # fmt: skip
    if goal.said:
        first, last = goal.said[0], goal.said[-1]
        found.append(_("%(day)s sa du %(value)d.") % {
            "value": first.value, "day": long_date(first.on),
        })  # fmt: skip
        if last != first:
            found.append(_("Sist sa du %(value)d, %(day)s.") % {
                "value": last.value, "day": long_date(last.on),
            })  # fmt: skip
    else:
        found.append(_("Du har ikke satt noe tall."))
    if goal.evaluation:
        about = {
            "when": capfirst(goal.evaluation.get_occasion_display()),
            "reached": goal.evaluation.get_reached_display(),
        }
        found.append(_("%(when)s: %(reached)s.") % about)
    if goal.ended_on:
        about = {"day": long_date(goal.ended_on), "why": goal.get_ending_display()}
        found.append(_("Avsluttet %(day)s: %(why)s.") % about)
    return " ".join(found)


def _measures(facts):
    title = _("Det du har svart på")
    names = names_of(facts.taken_for)
    charts = [
        {
            "name": capfirst(each.name),
            "svg": each.picture(f"diagram-{number}"),
            "rows": [
                {
                    "on": row.on,
                    "occasion": row.occasion,
                    "value": row.value,
                    "band": row.band or "–",
                    "change": row.change or "–",
                }
                for row in each.rows
            ],
            "figures": [],
            "notes": list(each.notes),
        }
        for number, each in enumerate(progress(facts.measurements, names), 1)
    ]
    paragraphs = [] if charts else [_("Ikke målt.")]
    missing = [
        {
            "what": f"{each.instrument.label}, {Occasion(each.occasion).label}",
            "said": _("ikke målt"),
        }
        for each in facts.planned
        if not each.is_met
    ]
    return _section(title, charts=charts, paragraphs=paragraphs, rows=missing)


SECTIONS = [
    ("referral", _referral),
    ("services", _services),
    ("meetings", _meetings),
    ("goals", _goals),
    ("measures", _measures),
]
