"""A walk over what was measured, in every state that says something else."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from tests.family.families import family
from tests.instruments.paper import answered, licensed, typed
from tests.translations.typed import WHY
from tibir.cases.models import Person
from tibir.instruments import actions
from tibir.instruments.models import Choice, Instrument, NormSet

SDQ = ["sdq-parent-2-4", "sdq-parent-4-17", "sdq-teacher-2-4", "sdq-teacher-4-17"]


def walk_measures(client, place, user, got):
    case, (mother, father, teacher) = family(place, father="yes", teacher="no")
    case.members.create(user=user, role="coordinator", started_on=case.opened_on)
    client.force_login(user)

    def at(name, *more):
        return reverse(f"instruments:{name}", args=[case.pk, *more])

    yield got(client.get(at("measurements")))
    yield got(client.get(at("choose")))
    for code in SDQ:
        Choice.objects.create(municipality=place, code=code, is_on=True)
    yield got(client.get(at("choose")))
    yield got(client.get(at("licence", "ecbi")))
    yield got(client.post(at("licence", "ecbi"), {}))
    for code in ("ecbi", "pss", *SDQ):
        licensed(case, user, code)
        yield got(client.get(at("items", code)))
        yield got(client.get(at("totals", code)))
        yield got(client.post(at("totals", code), {}))
    wrong = typed(mother, ["9", *["4"] * 35], taken_on="1.1.2050")
    yield got(client.post(at("items", "ecbi"), wrong))
    half = typed(mother, ["4"] * 30)
    yield got(client.post(at("items", "ecbi"), half))
    yield got(client.post(at("items", "ecbi"), half | {"blank": "on"}, follow=True))
    yield got(client.post(at("items", "ecbi"), typed(mother, ["4"] * 36)))
    yield got(client.post(at("totals", "sdq-parent-2-4"), typed(mother, [])))
    parts = {"total-conduct": "1", "total-hyperactivity": "1", "total-externalising": "3"}
    yield got(client.post(at("totals", "sdq-parent-4-17"), typed(mother, [], **parts)))

    row = NormSet.objects.get(code="sdq-parent-4-17", rank=10).rows.get(scale="total")
    row.sd, row.reliability = 5, 0.8
    row.save()
    for days_ago, total in ((30, 30), (20, 29), (10, 4)):
        answered(mother, by=user, code=SDQ[1], totals={"total": total}, days_ago=days_ago)
    answered(teacher, by=user, code=SDQ[3], totals={"total": 30, "prosocial": 0})
    answered(father, by=user, code="pss", totals={"stress": 50})
    made = answered(father, by=user, each=3, days_ago=1)
    occasions = ("screening", "half_way", "after", "six_months", "other")
    for days_ago, occasion in enumerate(occasions, 2):
        answered(father, by=user, occasion=occasion, days_ago=days_ago)
    small = {"taken_on": case.child.birth_date + timedelta(days=3 * 366)}
    answered(mother, by=user, code=SDQ[0], totals={"total": 14}, **small)
    answered(teacher, by=user, code=SDQ[2], totals={"total": 14}, **small)
    yield got(client.get(at("measurements")))
    yield got(client.get(at("measurement", made.pk)))
    second = {f"intensity-{item}": "3" for item in range(1, 36)}
    yield got(client.get(at("second", made.pk)))
    yield got(client.post(at("second", made.pk), second | {"blank": "on"}))
    yield got(client.post(at("second", made.pk), second | {"intensity-36": "3"}, follow=True))
    yield got(client.get(at("strike", made.pk)))
    yield got(client.post(at("strike", made.pk), {}))
    yield got(client.post(at("strike", made.pk), {"reason": WHY}, follow=True))
    wrong = case.people.first().measurements.standing().filter(instrument__code="ecbi").first()
    actions.correct(wrong, by=user, answers={"intensity": [2] * 36})
    born = case.child.birth_date
    for changed in (born.replace(year=born.year + 1), None, born.replace(year=1990)):
        Person.objects.filter(pk=case.child_id).update(birth_date=changed)
        yield got(client.get(at("measurements")))
        yield got(client.get(at("choose")))
    Person.objects.filter(pk=case.child_id).update(birth_date=None)
    answered(mother, by=user, days_ago=2, totals={"intensity": 100})
    Person.objects.filter(pk=case.child_id).update(birth_date=born)
    yield got(client.get(at("measurements")))
    case.people.filter(pk=teacher.pk).update(ended_on=timezone.localdate(), end_reason=WHY)
    yield got(client.get(at("totals", SDQ[3])))
    Choice.objects.all().delete()
    for code in Instrument.objects.values_list("code", flat=True):
        Choice.objects.create(municipality=place, code=code, is_on=False)
    yield got(client.get(at("choose")))
