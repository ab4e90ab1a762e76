"""A walk over the pages of a course."""

from django.urls import reverse
from django.utils import timezone

from interventions import actions
from interventions.models import Course
from tests.factories import UnitFactory, UserFactory
from tests.interventions.courses import (
    COUNSELLING,
    SKILLS,
    THERAPY,
    agree,
    in_state,
    planned,
    trained,
)
from tests.interventions.screenings import (
    days_ago,
    held,
    meet,
    qualify,
    referred,
    requalify,
    signed,
)
from tests.translations.typed import SERVICE, TOLD, WHY
from tibir.family import actions as family


def walk_courses(client, place, user, language, got):
    """Each page empty, with mistakes and as it should be, by a coordinator who gives them too."""
    client.force_login(user)
    yield got(client.get(reverse("interventions:courses")))
    case = referred(place, language=language).case
    plan = reverse("interventions:plan_course", args=[case.pk])
    yield got(client.get(plan))
    skills = f"{plan}?tiltak={SKILLS}"
    yield got(client.get(skills))
    trained(place.intake_unit)
    away = trained(UnitFactory(municipality=place, name=place.name), COUNSELLING)
    for kind in ("counsellor", "pmto_therapist", "social_skills_trainer"):
        requalify(user, kind)
    trainee = UserFactory(practises_in=place.intake_unit)
    qualify(trainee, "pmto_therapist", supervisor=user)
    sibling = referred(place).case
    family.link(case, sibling, by=user, reason=WHY)
    yield got(client.get(f"{plan}?tiltak={THERAPY}"))
    here = {"practitioner": f"{place.intake_unit.pk}-{user.pk}"}
    therapy = f"{plan}?tiltak={COUNSELLING}"
    yield got(client.post(therapy, {}))
    yield got(client.post(therapy, here | {"wider_basis": WHY}))
    yield got(client.post(therapy, here | {"siblings": [sibling.pk]}, follow=True))
    yield refused(client.post(therapy, here))
    course = Course.objects.latest("pk")

    def at(name, of=course):
        return reverse(f"interventions:{name}", args=[of.case_id, of.pk])

    def form(address, **typed):
        yield got(client.get(address))
        yield got(client.post(address, {}))
        yield got(client.post(address, typed, follow=True))

    day, wrong = f"{timezone.localdate():%d.%m.%Y}", {"on": "1.1.2001"}
    yield got(client.post(skills, here | {"beside": course.pk}, follow=True))
    beside = Course.objects.latest("pk")
    yield got(client.get(at("start", beside)))
    yield refused(client.post(at("start", beside), {"on": day}))
    for name in ("accept", "start"):
        yield got(client.post(at(name), wrong))
    yield from form(at("accept"), on=day)
    yield refused(client.post(at("start"), {"on": day}))
    agree(case)
    agree(sibling)
    yield from form(at("start"), on=day)
    yield from form(at("start", beside), on=day)
    yield got(client.get(at("siblings")))
    yield got(client.post(at("siblings"), {"siblings": [sibling.pk]}, follow=True))
    for name in ("assign", "transfer"):
        yield got(client.get(at(name)))
        yield got(client.post(at(name), {}))
    yield from form(at("ask_for_more"), count=2, reason=WHY)
    yield refused(client.post(at("ask_for_more"), {"count": 2, "reason": WHY}))
    yield got(client.post(at("pause"), wrong))
    yield from form(at("pause"), on=day, reason=WHY)
    yield got(client.get(course.get_absolute_url()))
    yield got(client.get(beside.get_absolute_url()))
    yield got(client.post(at("resume"), wrong))
    yield from form(at("resume"), on=day)
    _meeting, note = held(course, hour=15, place=SERVICE)
    yield got(client.get(course.get_absolute_url()))
    yield got(client.get(at("complete")))
    yield refused(client.post(at("complete"), {"next_step": WHY, "left_out": WHY}))
    signed(note, TOLD)
    meet(course, days=2, place=SERVICE)
    yield got(client.get(reverse("interventions:courses")))
    yield from form(at("complete"), next_step=WHY, left_out=WHY)
    yield got(client.get(course.get_absolute_url()))
    yield from form(at("reopen"), reason=WHY)
    unit = away.memberships.get().unit
    moved = {"practitioner": f"{unit.pk}-{away.pk}", "reason": WHY}
    yield got(client.post(at("transfer"), moved, follow=True))
    yield got(client.get(course.get_absolute_url()))
    yield refused(client.post(at("pause"), {"on": day, "reason": WHY}))
    other = in_state(planned(place), "running")
    asked = actions.ask_for_more(other, by=other.practitioner, count=1, reason=WHY)
    answer = reverse("interventions:extension", args=[asked.pk])
    yield got(client.post(answer, {"is_approved": "no"}))
    yield from form(answer, is_approved="yes", answer=WHY)
    yield from form(at("end", beside), ending="moved", reason=WHY)
    assert Course.objects.filter(ended_on=days_ago(0)).exists()


def refused(response):
    assert response.status_code == 409, response
    return response.wsgi_request.path, response.content.decode()
