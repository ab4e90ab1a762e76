"""Every address × every kind of visitor, over the resolver: an address nobody listed fails."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.sites import site as admin_site
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from interventions import actions as interventions
from referrals import actions
from referrals.models import RuleSet
from referrals.routing.editing import remove
from tests.factories import (
    MunicipalityFactory,
    UnitFactory,
    UserFactory,
    attach,
    confirm,
    refer,
    register,
    submit,
)
from tests.family.families import NO, YES, join, says, takes_over
from tests.instruments.paper import answered
from tests.interventions.at_once import able
from tests.interventions.courses import course_of, in_state
from tests.interventions.courses import planned as plan_course
from tests.interventions.journals import counselling_of, counsellor, goal, sign
from tests.interventions.screenings import held, meet, qualify, screener
from tibir.audit.models import Event
from tibir.audit.record import CLOCK
from tibir.calendar.oslo import week_of
from tibir.cases.models import CaseMember, CasePerson, Grade
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind
from tibir.documents.models import Blob, Dispatch, Document
from tibir.family import actions as family

pytestmark = pytest.mark.django_db

LOGIN, NOT_THERE, NOT_YOURS, OK = "/logg-inn/", 404, 403, 200

WHO = [
    "anonymous", "coordinator", "leader", "clerk", "practitioner", "member", "cleared",
    "other unit's leader", "other municipality's coordinator", "regional", "no role", "superuser",
]  # fmt: skip

# Whoever is not logged in, who may most, and who has the wrong role or the wrong place; the others
# take as long again and more.
FIRST = ["anonymous", "coordinator", "leader", "other municipality's coordinator"]
FIRST_TO_WRITE = ["coordinator", "leader"]


def first(chosen):
    return [pytest.param(it, marks=[] if it in chosen else pytest.mark.prove) for it in WHO]


# The work of the coordinator on one referral.
COORDINATORS = {
    "coordinator": OK,
    "member": NOT_YOURS,
    "leader": NOT_YOURS,
    "clerk": NOT_YOURS,
    "otherwise": NOT_THERE,
}
ASSESSMENT = [
    "referrals:give", "referrals:ask", "referrals:told", "referrals:preliminary",
    "referrals:withdraw", "referrals:reopen", "referrals:forwarded", "referrals:correct",
    "interventions:answer",
]  # fmt: skip
# A page of one case: for those who reach the family, and for those who say who works with it.
OF_PEOPLE = {
    "coordinator": OK,
    "member": OK,
    "leader": NOT_YOURS,
    "clerk": NOT_YOURS,
    "otherwise": NOT_THERE,
}
OF_STAFF = {
    "coordinator": OK,
    "leader": OK,
    "member": NOT_YOURS,
    "clerk": NOT_YOURS,
    "otherwise": NOT_THERE,
}
PEOPLE_FORMS = [
    "family:add_person", "family:correct_person", "family:verify_responsibility",
    "family:end_person", "family:same", "family:correct_child",
]  # fmt: skip
PEOPLE = ["family:people", "family:person", "family:child", *PEOPLE_FORMS]
STAFF_FORMS = [
    "family:add_member", "family:end_member", "family:responsible", "family:close",
    "family:reopen", "home:give_unit",
]  # fmt: skip
LETTER_ROLES = {"coordinator": OK, "clerk": OK, "other municipality's coordinator": OK}
OF_A_LETTER = {"coordinator": OK, "clerk": OK, "otherwise": NOT_THERE}
ONE_LETTER = ["documents:document", "documents:done", "documents:failed", "documents:again"]

LOG = ["family:log", "family:changes", "family:openings"]
OF_THE_LOG = {
    "coordinator": OK,
    "leader": OK,
    "member": NOT_YOURS,
    "clerk": NOT_YOURS,
    "otherwise": NOT_THERE,
}
# What each has agreed to is for those who work with the family, and the coordinator.
OF_THE_FAMILY = {
    "coordinator": OK,
    "member": OK,
    "leader": NOT_YOURS,
    "clerk": NOT_YOURS,
    "otherwise": NOT_THERE,
}
CONSENTS = ["family:consents", "family:consent_history", "family:child_view"]
ASKED = ["family:say", "family:inform", "family:paper", "family:withdraw"]
DECIDED = ["family:decide", "family:stand_in", "family:end_stand_in"]
# The duty is everybody's who may know of the case; what others reported is not there for them.
DUTY = ["family:duty_reports", "family:report"]
DUTY_OF_ANYBODY = {
    "coordinator": OK,
    "member": OK,
    "leader": OK,
    "clerk": OK,
    "otherwise": NOT_THERE,
}
OF_A_REPORT = {"coordinator": OK, "otherwise": NOT_THERE}
ONE_REPORT = ["family:heard_from", "family:release"]
IN_THE_CASE = ["family:case_complaints", "family:case_complain"]
ONE_COMPLAINT = ["family:complaint", "family:end_complaint"]
COMPLAINTS = ["family:complaints", "family:complain"]
OF_A_COMPLAINT = {"coordinator": OK, "leader": OK, "otherwise": NOT_THERE}
ANY_COMPLAINT = {
    "coordinator": OK,
    "leader": OK,
    "other unit's leader": OK,
    "other municipality's coordinator": OK,
    "otherwise": NOT_YOURS,
}
# What was measured is for those who work with the family alone.
OF_THE_MEMBERS = {
    "member": OK,
    "coordinator": NOT_YOURS,
    "leader": NOT_YOURS,
    "clerk": NOT_YOURS,
    "otherwise": NOT_THERE,
}
MEASURED = ["measurements", "choose", "measurement"]
MEASURING = ["items", "totals", "licence", "second", "strike"]
# The rules of what is recommended are the municipality's, and name nobody.
RULE_FORMS = [
    "referrals:add_rule", "referrals:edit_rule", "referrals:add_tier", "referrals:rename_tier",
]  # fmt: skip
RULES = ["referrals:rule_set", "referrals:copy_rules", "referrals:compare_rules", *RULE_FORMS]
RULE_BUTTONS = [
    "referrals:arrange_rules", "referrals:try_rules", "referrals:approve_rules",
    "referrals:discard_rules",
]  # fmt: skip
OF_RULES = {
    "coordinator": OK,
    "leader": OK,
    "other unit's leader": OK,
    "superuser": OK,
    "otherwise": NOT_THERE,
}
# Pages of one case, for those who look after it; the others of the unit know that it is there.
OF_A_CASE = {"leader": NOT_YOURS, "member": NOT_YOURS, "clerk": NOT_YOURS, "otherwise": NOT_THERE}
OF_THE_COORDINATOR = OF_A_CASE | {"coordinator": OK}
OF_THE_LEADER = OF_A_CASE | {"coordinator": NOT_YOURS, "leader": OK}

# What the coordinator does with any course, and what may be done by whoever gives it too.
OF_ITS_COORDINATOR = [f"interventions:{name}" for name in ("assign", "transfer", "siblings")]
ALSO_BY_THE_COORDINATOR = [
    f"interventions:{name}" for name in ("accept", "start", "pause", "complete", "end")
]
# A course: its states and dates for those who watch over it, what is written for those who give it.
OF_A_COURSE = {"coordinator": OK, "leader": OK, "member": OK, "otherwise": NOT_THERE}
OF_WHO_GIVES_IT = dict.fromkeys(["coordinator", "leader", "member"], NOT_YOURS)
OF_WHO_GIVES_IT |= {"otherwise": NOT_THERE}
ONE_COURSE = [
    f"interventions:{name}"
    for name in (
        "plan_meeting",
        "plan_series",
        "call",
        "gate",
        "observation",
        "conversation",
        "findings",
        "safety",
        "decide",
        "ask_for_more",
    )
]
ONE_MEETING = ["interventions:change_meeting", "interventions:hold", "interventions:miss"]
# Of a meeting that somebody comes to, and of a call that was written down.
AROUND_MEETINGS = ["interventions:interpret"]
ONE_CALL = ["interventions:strike_call"]
ONE_WORRY = ["interventions:report_worry", "interventions:explain_worry"]
OF_A_WORRY = {"coordinator": NOT_YOURS, "otherwise": NOT_THERE}
OF_NOBODY_ELSE = {"otherwise": NOT_THERE}
# What is planned of it, and what is reported: members may know that something is to be measured.
GIVEN = ["interventions:put_aside", "interventions:begin_report", "interventions:report"]
ONE_NOTE = [
    "interventions:note", "interventions:add_to_note", "interventions:write_for",
    "interventions:move_note",
]  # fmt: skip
# Of what was signed by somebody in training, in a unit that asks for two.
SECOND = ["interventions:ask_to_cosign"]
OF_GOALS = ["goals", "set_goal", "rate", "feedback"]
OF_GOALS = [f"interventions:{name}" for name in OF_GOALS]
ONE_GOAL = [
    f"interventions:{name}" for name in ("set_under", "change_goal", "evaluate_goal", "end_goal")
]

# What a GET gives each visitor. A page for everybody stands in PUBLIC instead.
PAGES = {
    "referrals:list": {
        "coordinator": OK,
        "leader": OK,
        "cleared": NOT_YOURS,
        "other unit's leader": OK,
        "other municipality's coordinator": OK,
        "otherwise": NOT_YOURS,
    },
    "referrals:detail": {
        "coordinator": OK,
        "member": OK,
        "leader": NOT_YOURS,
        "clerk": NOT_YOURS,
        "otherwise": NOT_THERE,
    },
    "referrals:confirm_contact": {
        "coordinator": OK,
        "member": NOT_YOURS,
        "leader": NOT_YOURS,
        "clerk": NOT_YOURS,
        "otherwise": NOT_THERE,
    },
    "referrals:attach": {
        "coordinator": OK,
        "member": OK,
        "leader": NOT_YOURS,
        "clerk": NOT_YOURS,
        "otherwise": NOT_THERE,
    },
    "referrals:attachment": {
        "coordinator": OK,
        "member": OK,
        "leader": NOT_YOURS,
        "clerk": NOT_YOURS,
        "otherwise": NOT_THERE,
    },
    "referrals:submission": {
        "coordinator": OK,
        "other municipality's coordinator": NOT_THERE,
        "otherwise": NOT_YOURS,
    },
    "deadlines:list": {
        "regional": NOT_YOURS,
        "no role": NOT_YOURS,
        "superuser": NOT_YOURS,
        "otherwise": OK,
    },
    "deadlines:detail": {
        "coordinator": OK,
        "leader": OK,
        "regional": NOT_YOURS,
        "no role": NOT_YOURS,
        "superuser": NOT_YOURS,
        "otherwise": NOT_THERE,
    },
    "deadlines:give": {"coordinator": OK, "leader": OK, "otherwise": NOT_THERE},
    "referrals:register": {
        "coordinator": OK,
        "clerk": OK,
        "other municipality's coordinator": OK,
        "otherwise": NOT_YOURS,
    },
    "referrals:registered": {
        "coordinator": OK,
        "clerk": OK,
        "other municipality's coordinator": NOT_THERE,
        "otherwise": NOT_YOURS,
    },
    "referrals:discuss": {
        "coordinator": OK,
        "leader": OK,
        "practitioner": OK,
        "member": OK,
        "other unit's leader": OK,
        "other municipality's coordinator": OK,
        "otherwise": NOT_YOURS,
    },
    "operations:health": {"superuser": OK, "otherwise": NOT_YOURS},
    "logged_in": {"otherwise": OK},
    # Everybody has a login of their own; no address says whose.
    "staff:own": {"otherwise": OK},
    "staff:proof": {"otherwise": OK},
    "staff:reviews": {"leader": OK, "other unit's leader": OK, "otherwise": NOT_YOURS},
    "staff:review": {"leader": OK, "otherwise": NOT_THERE},
    # Everybody who works here has an inbox; what is in it is tested with the page.
    "home:notifications": {"otherwise": OK},
    "documents:letters": LETTER_ROLES | {"otherwise": NOT_YOURS},
    "home:search": {
        "coordinator": OK,
        "leader": OK,
        "clerk": OK,
        "other unit's leader": OK,
        "other municipality's coordinator": OK,
        "otherwise": NOT_YOURS,
    },
    **dict.fromkeys(LOG, OF_THE_LOG),
    "family:emergency": {
        "coordinator": OK,
        "leader": OK,
        "practitioner": OK,
        "member": OK,
        "other unit's leader": OK,
        "other municipality's coordinator": OK,
        "otherwise": NOT_YOURS,
    },
    "family:shielded": {"cleared": OK, "otherwise": NOT_YOURS},
    "family:access": OF_A_CASE | {"coordinator": OK, "leader": OK, "member": OK},
    "family:open": OF_THE_LEADER,
    "family:review": OF_THE_LEADER,
    "family:disqualify": OF_THE_COORDINATOR | {"leader": OK},
    "family:recuse": {
        "coordinator": OK,
        "leader": OK,
        "member": OK,
        "clerk": OK,
        "otherwise": NOT_THERE,
    },
    "family:protection": OF_THE_COORDINATOR,
    # Nothing to loosen, and no group to name, where nobody is hidden.
    "family:loosen": OF_A_CASE | {"coordinator": NOT_YOURS},
    "family:controls": {"leader": OK, "other unit's leader": OK, "otherwise": NOT_YOURS},
    "family:control": {"leader": OK, "other unit's leader": NOT_THERE, "otherwise": NOT_YOURS},
    "family:group": OF_A_CASE | {"coordinator": NOT_YOURS},
    "family:words": OF_A_CASE | {"coordinator": NOT_YOURS},
    "family:siblings": OF_THE_COORDINATOR,
    "family:part": OF_THE_COORDINATOR,
    **dict.fromkeys(ASSESSMENT, COORDINATORS),
    **dict.fromkeys([*CONSENTS, *ASKED], OF_THE_FAMILY),
    **dict.fromkeys(DECIDED, OF_THE_FAMILY | {"member": NOT_YOURS}),
    **dict.fromkeys(DUTY, DUTY_OF_ANYBODY),
    **dict.fromkeys(ONE_REPORT, OF_A_REPORT),
    **dict.fromkeys(ONE_COMPLAINT, OF_A_COMPLAINT),
    **dict.fromkeys(COMPLAINTS, ANY_COMPLAINT),
    **dict.fromkeys(IN_THE_CASE, OF_A_COMPLAINT | {"clerk": NOT_YOURS, "member": NOT_YOURS}),
    # A member of the one case knows nothing of the other.
    "referrals:compare": COORDINATORS | {"member": NOT_THERE},
    **dict.fromkeys(ONE_LETTER, OF_A_LETTER),
    "interventions:plan_screening": COORDINATORS,
    # The practitioner here is trained for it; a member of a case who is not, is not let in.
    "interventions:direct": {"practitioner": OK, "otherwise": NOT_YOURS},
    "interventions:screenings": {
        "coordinator": OK,
        "leader": OK,
        "practitioner": OK,
        "member": OK,
        "other unit's leader": OK,
        "other municipality's coordinator": OK,
        "otherwise": NOT_YOURS,
    },
    "interventions:calendar": {
        "coordinator": OK,
        "leader": OK,
        "practitioner": OK,
        "member": OK,
        "other unit's leader": OK,
        "other municipality's coordinator": OK,
        "otherwise": NOT_YOURS,
    },
    "interventions:screening": OF_A_COURSE,
    "interventions:courses": {
        "coordinator": OK,
        "leader": OK,
        "practitioner": OK,
        "member": OK,
        "other unit's leader": OK,
        "other municipality's coordinator": OK,
        "otherwise": NOT_YOURS,
    },
    "interventions:course": OF_A_COURSE,
    "interventions:plan_course": OF_THE_COORDINATOR,
    "interventions:extension": {
        "coordinator": OK,
        "leader": OK,
        "member": NOT_YOURS,
        "otherwise": NOT_THERE,
    },
    "interventions:resume": OF_WHO_GIVES_IT | {"coordinator": OK},
    "interventions:reopen": OF_WHO_GIVES_IT | {"coordinator": OK},
    **dict.fromkeys(
        [*OF_ITS_COORDINATOR, *ALSO_BY_THE_COORDINATOR], OF_WHO_GIVES_IT | {"coordinator": OK}
    ),
    **dict.fromkeys([*ONE_COURSE, *ONE_MEETING, *AROUND_MEETINGS], OF_WHO_GIVES_IT),
    **dict.fromkeys(ONE_CALL, OF_NOBODY_ELSE),
    **dict.fromkeys(ONE_WORRY, OF_A_WORRY),
    **dict.fromkeys([*ONE_NOTE, *SECOND, *ONE_GOAL], OF_NOBODY_ELSE),
    **dict.fromkeys(OF_GOALS, OF_WHO_GIVES_IT),
    "interventions:progress": OF_THE_MEMBERS | {"clerk": NOT_THERE},
    "interventions:put_aside": {"member": NOT_YOURS, "otherwise": NOT_THERE},
    "interventions:begin_report": OF_WHO_GIVES_IT,
    "interventions:begin_case_report": OF_A_CASE | {"coordinator": NOT_YOURS},
    "interventions:report": OF_NOBODY_ELSE,
    "home:case": {
        "coordinator": OK,
        "leader": OK,
        "clerk": OK,
        "member": OK,
        "otherwise": NOT_THERE,
    },
    **dict.fromkeys(PEOPLE, OF_PEOPLE),
    **dict.fromkeys(["family:members", *STAFF_FORMS], OF_STAFF),
    **{f"instruments:{name}": OF_THE_MEMBERS for name in [*MEASURED, *MEASURING]},
    "referrals:rules": OF_RULES | {"other municipality's coordinator": OK, "otherwise": NOT_YOURS},
    **dict.fromkeys([*RULES, "referrals:try_out", "referrals:activate_rules"], OF_RULES),
}

# Only a button opens these; each visitor's own rows are tested with the page they stand on.
OWN_BUTTONS = {"home:read", "home:read_all", "staff:paper_anew", "staff:remove_passkey"} | {
    "staff:end_session"
}
# Pages of one's own login, which ask first who it is that sits there.
OWN_PAGES = {"staff:password", "staff:make", "staff:paper"}

# Buttons: addresses that only take a POST. What it gives to whom; OK is a page that follows.
BUTTONS = {
    "referrals:take": COORDINATORS,
    "referrals:reveal": COORDINATORS | {"member": OK},
    "family:reveal": OF_THE_COORDINATOR | {"member": OK},
    "family:let_in_again": OF_THE_COORDINATOR | {"leader": OK},
    "referrals:triage": COORDINATORS | {"member": NOT_THERE},
    "referrals:settle_correction": COORDINATORS,
    "deadlines:take": {"coordinator": OK, "leader": OK, "otherwise": NOT_THERE},
    "deadlines:finish": {"coordinator": OK, "leader": OK, "otherwise": NOT_THERE},
    "family:take_back": OF_PEOPLE,
    "interventions:save_note": OF_NOBODY_ELSE,
    "interventions:cosign": OF_NOBODY_ELSE,
    "interventions:begin_note": OF_WHO_GIVES_IT,
    "documents:print": LETTER_ROLES | {"otherwise": NOT_YOURS},
    "documents:posted": LETTER_ROLES | {"otherwise": NOT_YOURS},
    **dict.fromkeys(RULE_BUTTONS, OF_RULES),
}

# Open to all; what opens a draft, a receipt or a status is a secret, tested with those pages.
PUBLIC = {
    "home:start", "login", "logout", "set_language", "admin_door",
    "operations:live", "operations:ready", "operations:whole", "operations:policy_report",
    "referrals:start", "referrals:begin", "referrals:call_me", "referrals:resume",
    "referrals:later", "referrals:discard", "referrals:summary", "referrals:step",
    "referrals:enclose", "referrals:take_out",
    "portal:receipt", "portal:receipt_ready", "portal:receipt_pdf", "portal:forget",
    "portal:status", "interventions:calendar_feed",
    "staff:code", "staff:enrol", "staff:forgotten", "staff:link", "staff:password_by_link",
    "staff:oidc", "staff:oidc_answer",
}  # fmt: skip


def names(patterns=None, namespace=""):
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from names(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"


def test_every_address_is_in_the_table():
    ours = {name for name in names() if not name.startswith("admin:")}
    assert ours == PAGES.keys() | BUTTONS.keys() | OWN_BUTTONS | OWN_PAGES | PUBLIC


def make_scene():
    place = MunicipalityFactory()
    return place, everything(place)


@pytest.fixture
def place(scene):
    return scene[0]


@pytest.fixture
def addresses(scene):
    return scene[1]


def everything(place):
    referral = refer(place)
    person = referral.case.people.get()
    attachment = attach(referral)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr("tibir.family.actions.add", _breaks)
        stopped = submit(place)
    task = deadlines.begin(
        Kind.DOCUMENT_FAILED,
        referral,
        by=CLOCK,
        unit=referral.unit,
        case=referral.case,
        on=referral.received_on,
    )
    typed_in = register(place)
    coordinator = UserFactory(coordinates=place.intake_unit)
    inquiry, correction, letter = assessed(referral, by=coordinator)
    own = [name for name in ASSESSMENT if name != "referrals:told"]
    other = refer(place)
    member = CaseMember.objects.create(
        case=referral.case, user=coordinator, role="coordinator", started_on=referral.received_on
    )
    return {
        **of_the_case(referral.case, person, member),
        **{name: reverse(name, args=[referral.case_id]) for name in LOG},
        **trusted(referral.case, by=coordinator),
        **measured(person, by=coordinator),
        "referrals:reveal": reverse("referrals:reveal", args=[referral.pk]),
        **ruled(referral, by=coordinator),
        **given(referral, by=coordinator),
        **looked_after(referral.case, other.case, by=coordinator),
        **{name: reverse(name, args=[referral.pk]) for name in [*own, "referrals:take"]},
        "referrals:told": reverse("referrals:told", args=[referral.pk, inquiry.pk]),
        "referrals:compare": reverse("referrals:compare", args=[referral.pk, other.pk]),
        "referrals:triage": reverse("referrals:triage", args=[referral.pk, other.pk]),
        "referrals:settle_correction": reverse(
            "referrals:settle_correction", args=[referral.pk, correction.pk]
        ),
        **{name: reverse(name, args=[letter.pk]) for name in ONE_LETTER[1:]},
        "documents:document": reverse("documents:document", args=[letter.document_id]),
        **{name: reverse(name) for name in BUTTONS if name.startswith("documents:")},
        "documents:letters": reverse("documents:letters"),
        "home:search": reverse("home:search"),
        **{
            f"deadlines:{name}": reverse(f"deadlines:{name}", args=[task.pk])
            for name in ("detail", "give", "take", "finish")
        },
        "deadlines:list": reverse("deadlines:list"),
        "referrals:register": reverse("referrals:register"),
        "referrals:registered": reverse("referrals:registered", args=[typed_in.pk]),
        "referrals:discuss": reverse("referrals:discuss"),
        "home:notifications": reverse("home:notifications"),
        "referrals:list": reverse("referrals:list"),
        "referrals:detail": reverse("referrals:detail", args=[referral.pk]),
        "referrals:confirm_contact": reverse(
            "referrals:confirm_contact", args=[referral.pk, person.pk]
        ),
        "referrals:attach": reverse("referrals:attach", args=[referral.pk]),
        "referrals:attachment": reverse(
            "referrals:attachment", args=[referral.pk, attachment.public_id]
        ),
        "referrals:submission": reverse("referrals:submission", args=[stopped.pk]),
        "operations:health": reverse("operations:health"),
        "logged_in": reverse("logged_in"),
        **{name: reverse(name) for name in ("staff:own", "staff:proof", "staff:reviews")},
        "staff:review": reverse("staff:review", args=[referral.unit.pk]),
        "family:controls": reverse("family:controls"),
        "family:control": reverse(
            "family:control", args=[referral.unit.pk, *week_of(timezone.localdate()).previous]
        ),
        "referral": referral,
    }


def of_the_case(case, person, member):
    also = {
        "family:person": [person.pk],
        "family:correct_person": [person.pk, "kontakt"],
        "family:verify_responsibility": [person.pk],
        "family:end_person": [person.pk],
        "family:same": [person.pk],
        "family:take_back": [person.pk],
        "family:end_member": [member.pk],
    }
    names = ["home:case", "family:members", "family:take_back", *PEOPLE, *STAFF_FORMS]
    return {name: reverse(name, args=[case.pk, *also.get(name, [])]) for name in names}


def trusted(case, by):
    """The addresses of a case in which one parent says yes and another no."""
    mother = case.people.get()
    father = join(case, "father", "yes")
    consent = says(mother, YES, by=by)
    says(father, NO, by=by)
    teacher = join(case, "teacher", "no")
    takes_over(case, [teacher], by=by)
    report = family.report(
        case,
        by=by,
        grounds=["neglect"],
        concern="x",
        channel="phone",
        sent_to="Barneverntjenesten",
        reported_on=case.opened_on,
    )
    complaint = family.complain(
        case.unit,
        by=by,
        case=case,
        sort="service",
        channel="phone",
        received_on=case.opened_on,
        complainant="x",
        about="x",
    )
    ids = {
        "family:say": [case.pk, mother.pk],
        "family:inform": [case.pk, mother.pk],
        "family:paper": [case.pk, mother.pk],
        "family:withdraw": [case.pk, consent.pk],
        "family:decide": [case.pk, consent.pk],
        "family:end_stand_in": [case.pk, teacher.stand_ins.get().pk],
        **{name: [case.pk, report.pk] for name in ONE_REPORT},
        **{name: [complaint.pk] for name in ONE_COMPLAINT},
        **{name: [] for name in COMPLAINTS},
    }
    names = [*CONSENTS, *ASKED, *DECIDED, *DUTY, *ONE_REPORT]
    names += [*ONE_COMPLAINT, *COMPLAINTS, *IN_THE_CASE]
    return {name: reverse(name, args=ids.get(name, [case.pk])) for name in names}


def measured(informant, by):
    case = informant.case
    made = answered(informant, by=by)
    ids = {"items": ["ecbi"], "totals": ["ecbi"], "licence": ["pss"]}
    ids |= {name: [made.pk] for name in ("measurement", "second", "strike")}
    names = [f"instruments:{name}" for name in [*MEASURED, *MEASURING]]
    return {
        name: reverse(name, args=[case.pk, *ids.get(name.partition(":")[2], [])]) for name in names
    }


def ruled(referral, by):
    """A draft that says something else of a family, and rules that are approved."""
    shipped = RuleSet.objects.get(municipality=None)
    actions.recommend(referral.case, {"serious": True}, by=by)
    draft, approved = (
        actions.copy_rules(shipped, by=by, municipality=referral.municipality) for _one in range(2)
    )
    today = timezone.localdate()
    actions.change_rules(draft, by=by, table=remove(draft.table, "r3"), edition=1)
    tried = actions.try_rules(draft, by=by, today=today)
    actions.try_rules(approved, by=by, today=today)
    actions.approve_rules(approved, by=UserFactory(), edition=1)
    also = {
        "referrals:compare_rules": [shipped.pk],
        "referrals:add_rule": ["tillegg"],
        "referrals:edit_rule": ["r2"],
        "referrals:rename_tier": [1],
    }
    return {
        **{name: reverse(name, args=[draft.pk, *also.get(name, [])])
           for name in [*RULES, *RULE_BUTTONS]},
        "referrals:activate_rules": reverse("referrals:activate_rules", args=[approved.pk]),
        "referrals:try_out": tried.get_absolute_url(),
        "referrals:rules": reverse("referrals:rules"),
    }  # fmt: skip


def given(referral, by):
    """The pages of a screening that has a meeting to come, a note to write, and a worry."""
    practitioner = screener(referral.unit)
    course = interventions.plan_screening(referral, by=by, practitioner=practitioner)
    case, person = course.case, course.case.people.order_by("pk").first()
    _meeting, note = held(course)
    ahead = meet(course, days=3)
    call = interventions.write_call(
        course, by=practitioner, person=person, called_at=timezone.now(), minutes=5, text="x"
    )
    check = interventions.check_safety(course, by=practitioner, is_worried=True, words="x")
    therapy = course_of(case, practitioner=practitioner, begun=1)
    planned = therapy.planned_measures.waiting().order_by("pk").first()
    CasePerson.objects.filter(pk=person.pk).update(
        verified_at=timezone.now(), verified_by=by, verified_how="met", responsibility="yes"
    )
    person.refresh_from_db()
    report = interventions.begin_report(case, by=practitioner, recipient=person, course=therapy)
    of_therapy = {
        "progress": [therapy.pk],
        "begin_report": [therapy.pk],
        "put_aside": [planned.pk],
        "report": [report.pk],
        "begin_case_report": [],
    }
    of_course = [*ONE_COURSE, "interventions:screening"]
    more = {"interventions:gate": [person.pk]}
    courses, asked = services(case, by)
    return {
        "interventions:courses": reverse("interventions:courses"),
        "interventions:plan_course": reverse("interventions:plan_course", args=[case.pk]),
        "interventions:extension": reverse("interventions:extension", args=[asked.pk]),
        "interventions:plan_screening": reverse("interventions:plan_screening", args=[referral.pk]),
        "interventions:screenings": reverse("interventions:screenings"),
        "interventions:direct": reverse("interventions:direct"),
        **{
            name: reverse(name, args=[case.pk, course.pk, *more.get(name, [])])
            for name in of_course
        },
        **{
            f"interventions:{name}": reverse(f"interventions:{name}", args=[case.pk, each.pk])
            for name, each in courses.items()
        },
        **{
            f"interventions:{name}": reverse(f"interventions:{name}", args=[case.pk, *ids])
            for name, ids in of_therapy.items()
        },
        **{name: reverse(name, args=[case.pk, ahead.pk]) for name in ONE_MEETING},
        **{name: reverse(name, args=[case.pk, call.pk]) for name in ONE_CALL},
        "interventions:interpret": reverse(
            "interventions:interpret", args=[case.pk, ahead.pk, person.pk]
        ),
        "interventions:calendar": reverse("interventions:calendar"),
        **{name: reverse(name, args=[case.pk, check.pk]) for name in ONE_WORRY},
        **{
            name: reverse(name, args=[case.pk, note.pk])
            for name in [*ONE_NOTE, "interventions:save_note"]
        },
        **followed(case, referral.unit, practitioner, person),
    }


def followed(case, unit, practitioner, person):
    """The pages of a course with a goal, given by somebody in training whose note waits for a
    second signature."""
    qualify(practitioner, "counsellor", supervisor=counsellor(unit))
    unit.requires_cosigning = True
    unit.save()
    course = counselling_of(case, practitioner)
    aim = goal(course)
    note = sign(interventions.open_note(course, by=practitioner))
    more = {"interventions:feedback": [person.pk]}
    of_course = [*OF_GOALS, "interventions:begin_note"]
    return {
        **{
            name: reverse(name, args=[case.pk, course.pk, *more.get(name, [])])
            for name in of_course
        },
        **{name: reverse(name, args=[case.pk, aim.pk]) for name in ONE_GOAL},
        **{
            name: reverse(name, args=[case.pk, note.pk])
            for name in [*SECOND, "interventions:cosign"]
        },
    }


def services(case, by):
    """A course in each of the states that a page asks for, and a question about one of them."""
    practitioner = UserFactory(practises_in=case.unit)
    for kind in ("counsellor", "pmto_therapist"):
        qualify(practitioner, kind)
    kinds = {"ended": "counselling", "planned": "counselling", "running": "pmto_therapy",
             "paused": "parent_group"}  # fmt: skip
    about = {"case": case, "by": by, "practitioner": practitioner}
    ended, planned, running, paused = (
        in_state(plan_course(case.municipality, kind, **about), state)
        for state, kind in kinds.items()
    )
    asked = interventions.ask_for_more(running, by=practitioner, count=1, reason="x")
    names = {
        **dict.fromkeys(["accept", "start"], planned),
        **dict.fromkeys(["course", "pause", "complete", "end", "ask_for_more"], running),
        **dict.fromkeys(["assign", "transfer", "siblings"], running),
        "resume": paused,
        "reopen": ended,
    }
    return names, asked


def looked_after(case, sibling, by):
    """The pages of a case with a sibling, somebody kept out and somebody let in."""
    link = family.link(case, sibling, by=by, reason="samme mor")
    family.keep_out(case, by=by, user=UserFactory(), reason="close")
    used = family.open_in_emergency(case, by=UserFactory(), reason="danger", text="Det haster.")
    kept_out = case.disqualifications.get()
    numbers = {"review": used.pk, "part": link.pk, "let_in_again": kept_out.pk}
    pages = ["access", "open", "disqualify", "recuse", "protection", "loosen", "group", "words"]
    pages += ["siblings"]
    return {
        "family:emergency": reverse("family:emergency"),
        "family:shielded": reverse("family:shielded"),
        **{f"family:{n}": reverse(f"family:{n}", args=[case.pk]) for n in [*pages, "reveal"]},
        **{f"family:{n}": reverse(f"family:{n}", args=[case.pk, pk]) for n, pk in numbers.items()},
    }


def assessed(referral, by):
    """With something asked, a day of receipt to approve, and a letter on its way."""
    confirm(referral, by=by)
    actions.take(referral, by=by)
    people = list(referral.case.people.select_related("person"))
    inquiry = actions.ask(referral, by=by, how="letter", question="Hvor?", people=people)
    becomes = referral.received_on - timedelta(days=1)
    correction = actions.propose_correction(referral, by=by, becomes=becomes, reason="hylla")
    letter = Dispatch.objects.get()
    made = {"state": "ready", "blob": Blob.of(b"%PDF"), "ready_at": timezone.now()}
    Document.objects.filter(pk=letter.document_id).update(**made)
    return inquiry, correction, letter


def _breaks(*args, **kwargs):
    raise ValueError("cannot be read in")


def visitor(who, place, case):
    unit = place.intake_unit
    return {
        "coordinator": lambda: UserFactory(coordinates=unit),
        "leader": lambda: UserFactory(leads=unit),
        "clerk": lambda: UserFactory(clerks_in=unit),
        "practitioner": lambda: able(unit),
        "member": lambda: UserFactory(practises_in=unit, works_with=case),
        "cleared": lambda: UserFactory(cleared_in=place),
        "other unit's leader": lambda: UserFactory(leads=UnitFactory(municipality=place)),
        "other municipality's coordinator": lambda: UserFactory(coordinates=MunicipalityFactory()),
        "regional": lambda: UserFactory(coordinates_region=place.region),
        "no role": lambda: UserFactory(),
        "superuser": lambda: UserFactory(is_staff=True, is_superuser=True),
    }[who]()


def expected(table, who):
    return {name: row.get(who, row["otherwise"]) for name, row in table.items()}


def log_in(client, who, place, addresses):
    if who != "anonymous":
        client.force_login(visitor(who, place, addresses["referral"].case))


@pytest.mark.parametrize("who", first(FIRST))
def test_each_visitor_gets_what_the_table_says(client, place, addresses, who):
    log_in(client, who, place, addresses)
    answers = {name: client.get(addresses[name]) for name in PAGES}

    if who == "anonymous":
        assert {answer.url.partition("?")[0] for answer in answers.values()} == {LOGIN}
        return
    got = {name: answer.status_code for name, answer in answers.items()}
    assert got == expected(PAGES, who)
    refused = [name for name in PAGES if got[name] != OK]
    denied = Event.objects.filter(verb__in=["access.not_there", "access.not_yours"])
    assert denied.count() == len(refused)
    for name in refused:
        assert addresses["referral"].reference not in answers[name].content.decode()


WRITES = [
    "referrals:confirm_contact", "referrals:submission", "referrals:register", "referrals:discuss",
    "logged_in", "deadlines:give", "referrals:attach", "family:openings", "staff:proof",
]  # fmt: skip
WRITES += [*ASSESSMENT, *ONE_LETTER[1:], *PEOPLE_FORMS, *STAFF_FORMS]
WRITES += [*CONSENTS[2:], *ASKED, *DECIDED, *DUTY[1:], *ONE_REPORT]
WRITES += [*ONE_COMPLAINT[1:], *COMPLAINTS[1:], *IN_THE_CASE[1:]]
OF_ACCESS = ["emergency", "open", "review", "disqualify", "recuse", "protection", "loosen"]
OF_ACCESS += ["group", "words"]
WRITES += [*ONE_COURSE, *ONE_MEETING, *AROUND_MEETINGS, *ONE_CALL, *ONE_WORRY, *ONE_NOTE]
WRITES += [*SECOND, *ONE_GOAL, *OF_GOALS[1:]]
WRITES += ["interventions:calendar", "interventions:direct"]
WRITES += ["interventions:plan_screening", "interventions:plan_course", "interventions:extension"]
WRITES += [*OF_ITS_COORDINATOR, *ALSO_BY_THE_COORDINATOR]
WRITES += ["interventions:resume", "interventions:reopen"]
WRITES += [f"family:{name}" for name in [*OF_ACCESS, "siblings", "part"]]
WRITES += [f"instruments:{name}" for name in MEASURING]


@pytest.mark.parametrize("who", first(FIRST_TO_WRITE))
def test_a_post_is_held_to_the_same_table(client, place, addresses, who):
    log_in(client, who, place, addresses)
    answers = {name: client.post(addresses[name], {}) for name in [*WRITES, *BUTTONS]}

    if who == "anonymous":
        assert {answer.url.partition("?")[0] for answer in answers.values()} == {LOGIN}
        return
    table = {name: PAGES[name] for name in WRITES} | BUTTONS
    got = {name: _is_let_in(answer.status_code) for name, answer in answers.items()}
    assert got == expected(table, who)


@pytest.mark.parametrize("address", ["/varsler/lest/", "/varsler/1/lest/"])
def test_a_button_is_for_those_who_have_logged_in(client, db, address):
    assert client.post(address).url.startswith(reverse("login"))


def _is_let_in(status):
    """With nothing typed it is the form again, a page that follows, or a reason why not now."""
    return OK if status in (200, 302, 409) else status


def test_a_case_under_strict_protection_is_there_for_its_cleared_members_alone(client, place):
    referral = refer(place)
    case = referral.case
    case.grade = Grade.STRICT
    case.save(update_fields=["grade"])
    address = referral.get_absolute_url()
    cleared = UserFactory(practises_in=place.intake_unit, works_with=case, cleared_in=place)
    cases = {
        UserFactory(coordinates=place.intake_unit): NOT_THERE,
        UserFactory(practises_in=place.intake_unit, works_with=case): NOT_THERE,
        UserFactory(cleared_in=place): NOT_THERE,
        UserFactory(is_superuser=True, is_staff=True): NOT_THERE,
        cleared: OK,
    }
    for user, expected in cases.items():
        client.force_login(user)
        assert client.get(address).status_code == expected
        listed = client.get(reverse("referrals:list"))
        assert referral.reference not in listed.content.decode()


def test_a_person_of_another_case_is_not_found_through_mine(client, place):
    mine, other = refer(place), refer(MunicipalityFactory())
    client.force_login(UserFactory(coordinates=place.intake_unit))
    stranger = other.case.people.get()
    for pk, person in [(mine.pk, stranger.pk), (other.pk, stranger.pk)]:
        address = reverse("referrals:confirm_contact", args=[pk, person])
        assert client.get(address).status_code == NOT_THERE
        assert client.post(address, {"how": "met"}).status_code == NOT_THERE
    stranger.refresh_from_db()
    assert not stranger.is_verified


def test_a_right_that_ends_ends_at_the_next_request(client, place, addresses):
    coordinator = UserFactory(coordinates=place.intake_unit)
    client.force_login(coordinator)
    assert client.get(addresses["referrals:detail"]).status_code == OK

    coordinator.memberships.update(ended_on="2021-01-01")
    assert client.get(addresses["referrals:detail"]).status_code == NOT_THERE

    coordinator.is_active = False
    coordinator.save(update_fields=["is_active"])
    assert client.get(addresses["referrals:detail"]).url.startswith(reverse("login"))


def test_an_outsiders_not_found_is_the_same_as_for_what_never_was(client, place, addresses):
    client.force_login(UserFactory(coordinates=MunicipalityFactory()))
    there = client.get(addresses["referrals:detail"])
    nowhere = client.get(reverse("referrals:detail", args=[999_999]))
    assert there.status_code == nowhere.status_code == NOT_THERE
    assert bare(there) == bare(nowhere)


def bare(response):
    """The page without what differs by chance: its forms' token, its address, what time it is."""
    chance = r'(csrfmiddlewaretoken" value=|data-left=|data-longest=)"\w+"'
    text = re.sub(chance, r"\1", response.content.decode())
    return text.replace(response.request["PATH_INFO"], "")


def test_a_superuser_finds_nothing_of_a_case_in_admin(client, place, addresses):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    reference = addresses["referral"].reference
    for model in admin_site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist"
        page = client.get(reverse(name))
        assert page.status_code == OK
        assert reference not in page.content.decode()
        assert "Ødegård" not in page.content.decode()


def test_staff_without_the_right_do_not_enter_admin(client, place):
    client.force_login(UserFactory(coordinates=place.intake_unit))
    assert client.get("/admin/", follow=True).status_code == NOT_YOURS


@pytest.mark.parametrize("name", sorted(OWN_PAGES))
def test_pages_of_ones_own_login_are_for_the_logged_in(client, name):
    assert client.get(reverse(name)).url == f"{LOGIN}?next={reverse(name)}"


def test_administrators_log_in_at_the_one_door_with_its_limits(client):
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("login"))
    assert "next=/admin/" in response.redirect_chain[-1][0]
