"""A walk over a course that is given: its measures, its reports and the story it is part of."""

from django.urls import reverse
from django.utils import timezone

from interventions import actions
from tests.instruments.paper import answered
from tests.interventions.courses import apart, course_of
from tests.interventions.screenings import held, meet, signed
from tests.translations.typed import SERVICE, TOLD, WHY
from tibir.cases.models import CasePerson
from tibir.family.actions import verify_responsibility
from tibir.instruments.models import NormRow

SURE = {"responsibility": "yes", "source": "register", "on": "2026-11-01"}


def walk_given(client, place, user, got):
    case, mother, father = apart(place)
    case.members.create(user=user, role="coordinator", started_on=case.opened_on)
    client.force_login(user)
    course = course_of(case, practitioner=user, begun=200)
    address = reverse("interventions:progress", args=[case.pk, course.pk])
    yield got(client.get(address))
    NormRow.objects.filter(norm_set__code="ecbi", scale="intensity").update(sd=35, reliability=0.9)
    for days, people, excused in (
        (-90, [mother], [father]),
        (-80, [father], []),
        (-70, [father], []),
    ):
        meeting = meet(course, days=days, place=SERVICE)
        signed(actions.hold(meeting, by=user, attended=people, excused=excused))
    held(course, days=-3, people=[father], place=SERVICE)
    meet(course, days=5, hour=14, place=SERVICE)
    for days, one, other in ((195, 171, 128), (4, 100, 200)):
        for person, value in ((mother, one), (father, other)):
            answered(person, by=user, days_ago=days, occasion="other",
                     totals={"intensity": value, "problem": 20})  # fmt: skip
    answered(mother, by=user, code="pss", days_ago=195, totals={"stress": 44})
    actions.settle_measures(course, by=user)
    yield got(client.get(address))
    first, second = course.planned_measures.waiting().order_by("due_on", "pk")[:2]
    aside = reverse("interventions:put_aside", args=[case.pk, first.pk])
    yield got(client.get(aside))
    yield got(client.post(aside, {}))
    yield got(client.post(aside, {"reason": WHY}, follow=True))
    yield refused(client.get(aside))
    begin = reverse("interventions:begin_report", args=[case.pk, course.pk])
    yield got(client.get(begin))
    confirmed = {"verified_at": timezone.now(), "verified_by": user, "verified_how": "met"}
    CasePerson.objects.filter(pk=mother.pk).update(**confirmed)
    verify_responsibility(mother, by=user, **SURE)
    yield got(client.get(begin))
    yield got(client.post(begin, {}))
    yield got(client.get(reverse("interventions:begin_case_report", args=[case.pk])))
    made = client.post(begin, {"recipient": mother.pk})
    yield got(client.get(made.url))
    typed = {"version": 0, "parts": ["referral", "services", "meetings", "measures"]}
    yield got(client.post(made.url, typed | {"action": "issue", "way": "post", "address": ""}))
    yield refused(
        client.post(made.url, typed | {"version": 9, "assessment": TOLD, "action": "save"})
    )
    typed |= {"assessment": TOLD, "next_steps": WHY, "way": "read_out"}
    shown = client.post(made.url, typed | {"action": "preview"})
    yield got(shown)
    typed |= {"version": shown.context["report"].version}
    yield refused(client.post(made.url, typed | {"action": "issue", "seen": "x"}))
    yield got(client.get(reverse("home:case", args=[case.pk])))
    typed |= {"version": typed["version"] + 1, "seen": shown.context["figures"]}
    yield got(client.post(made.url, typed | {"action": "issue"}, follow=True))
    assert second.is_waiting


def refused(response):
    assert response.status_code == 409, response
    return response.wsgi_request.path, response.content.decode()
