"""What is known of a family when somebody decides: typed, and unknown where nobody has said.

The screening goes before the referral. A score counts by the band it had when it was taken; where
no norm is filled in, it is unknown, and nothing is guessed.
"""

from interventions.kinds import Thrives, Wish
from interventions.models import Course
from interventions.states import CourseState
from referrals.models import RuleSet
from tibir.cases.consensus import Answer
from tibir.cases.models import Purpose
from tibir.family.rules.consent import agreements
from tibir.instruments.kinds import LEVELS, Band, Occasion
from tibir.instruments.models import Measurement

TAKEN = [Occasion.SCREENING, Occasion.BEFORE]
BANDS = ["below", "borderline", "above", "above"]  # by how far from the ordinary
WISHES = {"alone": Wish.INDIVIDUAL, "group": Wish.GROUP, "either": Wish.EITHER}
A_LONG_TIME = 6  # months: what the form asks about as «seks måneder eller mer»
# (fact, instrument, scale) of what each of two guardians may have answered
OF_GUARDIANS = [
    ("ecbi_intensity", "ecbi", "intensity"),
    ("ecbi_problem", "ecbi", "problem"),
    ("pss", "pss", "stress"),
]
OF_ANYBODY = [("sdq_parent", "sdq-parent"), ("sdq_teacher", "sdq-teacher")]


def facts_of(screening, today):
    """{name: value or None} for everything that `referrals.routing.CATALOGUE` asks about."""
    course = screening.course
    case, said = course.case, _said_at_referral(course)
    age = case.child.age(today)
    return {
        "age": age if age is not None and 0 <= age <= 18 else None,
        **_gates(screening),
        **_scores(measurements_of(case)),
        "negativity_months": _first(screening.negativity_months, said.get("negativity_months")),
        "serious": screening.is_serious,
        "burdens": screening.burdens,
        "behaviour_problems": screening.has_behaviour_problems,
        "arenas": _first(screening.arenas, said.get("arenas")),
        "earlier": _earlier(screening),
        "preference": screening.wish or said.get("preference"),
        "suits_group": screening.suits_group,
        "agrees_to_contact": _agrees(case, today),
        "violence_or_neglect": _worry(course),
    }


def rule_set_for(case, today):
    """The version by which a recommendation is made that day."""
    return RuleSet.objects.in_force(case.municipality, today)


def measurements_of(case):
    """The newest of each informant and instrument, taken in the screening or before the course."""
    taken = Measurement.objects.of_case(case).standing().filter(occasion__in=TAKEN)
    newest = {}
    for each in taken.for_list():
        newest.setdefault((each.informant_id, each.instrument.code), each)
    return sorted(newest.values(), key=lambda each: (each.instrument.code, each.informant_id))


def _first(*values):
    return next((value for value in values if value is not None), None)


def _gates(screening):
    gates = list(screening.gates.all())
    if not gates:
        return {"thrives": None, "worries": None}
    order = Thrives.values
    return {
        "thrives": max((each.thrives for each in gates), key=order.index),
        "worries": any(each.worries for each in gates),
    }


def _scores(measurements):
    found = {}
    for fact, code, scale in OF_GUARDIANS:
        bands = [_band(each, scale) for each in measurements if each.instrument.code == code]
        # Of more than two, those are asked about who see the most.
        known = [band for band in bands if band is not None]
        pair = bands if len(bands) < 3 else sorted(known, key=BANDS.index, reverse=True)
        for place, band in zip(("first", "second"), [*pair, None, None], strict=False):
            found[f"{fact}_{place}"] = band
    for fact, start in OF_ANYBODY:
        bands = [
            _band(each, "total") for each in measurements if each.instrument.code.startswith(start)
        ]
        known = [band for band in bands if band is not None]
        found[fact] = max(known, key=BANDS.index) if known else None
    return found


def _band(measurement, scale):
    code = measurement.scores.get(scale, {}).get("band")
    return BANDS[LEVELS[Band(code)]] if code else None


def _said_at_referral(course):
    """What the referral's own form says, where it asks the same."""
    if course.referral is None:
        return {}
    answers = course.referral.submission.answers
    concern, hopes = answers.get("bekymringen", {}), answers.get("onsker", {})
    found = {"preference": WISHES.get(hopes.get("format"))}
    negativity = concern.get("negativity")
    if negativity in ("no", "over_6_months"):
        found["negativity_months"] = 0 if negativity == "no" else A_LONG_TIME
    arenas = concern.get("arenas") or []
    if arenas and "kindergarten_or_school" not in arenas:  # which of the two nobody has said
        found["arenas"] = [each for each in ("home", "leisure") if each in arenas]
    return found


def _earlier(screening):
    """What the family has said that it had, and what it has had here."""
    had = Course.objects.filter(
        case=screening.course.case_id, state__in=[CourseState.COMPLETED, CourseState.ENDED]
    )
    here = set(had.exclude(pk=screening.course_id).values_list("service__kind", flat=True))
    if screening.earlier is None and not here:
        return None
    return sorted(here | set(screening.earlier or []))


def _agrees(case, today):
    stands = next(a for a in agreements(case, today) if a.purpose == Purpose.PLACE_CONTACT)
    if stands.may_go_on:
        return True
    return None if stands.answer == Answer.WAITS else False


def _worry(course):
    checks = list(course.safety_checks.all())
    return any(each.is_worried for each in checks) if checks else None
