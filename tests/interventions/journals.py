"""A family that is counselled, and what is written of it, said in a word."""

from datetime import timedelta

from django.utils import timezone

from interventions import actions
from interventions.models import Course, Service
from tests.factories import UserFactory
from tests.family.families import join
from tests.interventions.courses import agree
from tests.interventions.screenings import qualify, referred
from tibir.cases.models import CaseMember, CasePerson

COUNSELLING = {"kind": "counselling", "qualification": "counsellor"}


def counsellor(unit, *, supervisor=None):
    user = UserFactory(practises_in=unit)
    qualify(user, COUNSELLING["qualification"], supervisor=supervisor)
    return user


def counselling(place, *, practitioner=None, supervisor=None, father=True):
    """A course that is given to a new family with two parents who live apart."""
    case = referred(place).case
    if father:
        join(case, "father", "yes")
        CasePerson.objects.filter(case=case, relation="father").update(lives_with="no")
    practitioner = practitioner or counsellor(place.intake_unit, supervisor=supervisor)
    return counselling_of(case, practitioner, supervisor=supervisor)


def counselling_of(case, practitioner, *, supervisor=None):
    today = timezone.localdate()
    held = practitioner.qualifications.filter(kind=COUNSELLING["qualification"]).first()
    supervisor = supervisor or (held and held.supervisor)
    course = Course.objects.create(
        case=case,
        service=Service.objects.row_of(COUNSELLING["kind"], case.municipality, today),
        unit=case.unit,
        practitioner=practitioner,
        supervisor=supervisor,
        assigned_on=today,
        planned_on=today - timedelta(days=60),
    )
    for user in filter(None, (practitioner, supervisor)):
        joins(case, user)
    agree(case, COUNSELLING["kind"])
    return course


def joins(case, user):
    CaseMember.objects.get_or_create(
        case=case, user=user, ended_on=None,
        defaults={"role": "practitioner", "started_on": "2020-01-01"},
    )  # fmt: skip


def parents(course):
    """(mother, father), or the mother alone."""
    return tuple(course.case.people.select_related("person", "case").order_by("pk"))


def goal(course, *, person=None, parent=None, words="Rolige kvelder"):
    about = {"words": words, "low": "krangler hver kveld", "high": "sovner med en sang"}
    return actions.set_goal(course, by=course.practitioner, person=person, parent=parent, **about)


def sign(note, text="Vi øvde på gode beskjeder.", *, by=None, **written):
    note.refresh_from_db()
    by = by or note.signer
    actions.sign(note, by=by, version=note.version, internal=text, **written)
    note.refresh_from_db()
    return note
