"""A walk over the pages of a case, of its people, and of what they agree to."""

from datetime import timedelta

import time_machine
from django.urls import reverse
from django.utils import timezone

from tests.browser.pages import disagreeing
from tests.factories import CALL, UnitFactory, UserFactory, refer
from tests.family.families import join, service_of
from tests.translations.typed import SERVICE, TOLD, WHY
from tibir.accounts.models import Unit, User
from tibir.calendar.oslo import week_of
from tibir.cases.models import Grade, LegalBasis
from tibir.deadlines.models import Deadline
from tibir.family import actions


def walk_case(client, place, language, got):
    """The case, its people and those who work with it: each form empty, wrong and right."""
    user = User.objects.get(pk=client.session["_auth_user_id"])
    client.force_login(user)
    case = refer(place, language=language).case
    mother = case.people.get()
    UserFactory(coordinates=UnitFactory(municipality=place, name=SERVICE))

    def at(name, *more):
        return reverse(f"family:{name}", args=[case.pk, *more])

    def form(address, **typed):
        yield got(client.get(address))
        yield got(client.post(address, {}))
        yield got(client.post(address, typed, follow=True))

    day, digits = f"{timezone.localdate():%d.%m.%Y}", ["15831999990", "15831999729"]
    yield got(client.get(reverse("home:case", args=[case.pk])))
    safe = {f"safe_{way}": "yes" for way in ("phone", "sms", "email", "post")}
    said = {"first_name": WHY, "relation": "child_welfare", "responsibility": "no"}
    yield from form(at("add_person"), **said, lives_with="no", **safe)
    service = case.people.order_by("pk").last()
    yield from form(
        at("verify_responsibility", mother.pk), responsibility="yes", source="register", on=day
    )
    part = at("correct_person", mother.pk, "hvem")
    about = {"first_name": WHY, "relation": "mother", "reason": WHY, "no_number": "withheld"}
    yield from form(part, **about, interpreter="yes")
    yield got(client.post(part, about | {"interpreter": "yes"}))
    part = at("correct_person", mother.pk, "kontakt")
    yield from form(part, **safe, preferred="phone", reason=WHY)
    yield got(client.post(part, safe | {"preferred": "sms", "safe_sms": "no", "reason": WHY}))
    part = at("correct_person", service.pk, "forhold")
    known = {"lives_with": "no", "right_to_information": "yes", "information_source": "decision"}
    yield got(client.post(part, {"contact_since": day, "right_to_information": "yes"}))
    arranged = {"contact_arrangement": TOLD, "contact_since": day}
    yield from form(part, **known, **arranged, reason=WHY)
    decided = {"decider": service.pk, "reference": "1", "legal_basis": "§", "started_on": day}
    yield got(client.post(at("stand_in"), decided, follow=True))
    yield got(client.get(at("person", service.pk)))
    about = {"first_name": WHY, "relation": "other", "reason": WHY}
    yield got(client.post(at("correct_person", service.pk, "hvem"), about))
    yield got(client.post(at("end_stand_in", service.stands_in.get().pk), {"on": day}, follow=True))
    child = {"first_name": WHY, "reason": WHY}
    yield from form(at("correct_child"), **child, national_id=digits[0], no_number="")
    for typed in (digits[1], "1", "x", "99999999999", "15831999991", "30108299920", digits[0]):
        typed = {"national_id": typed, "no_number": "unknown"}
        yield got(client.post(at("correct_child"), child | typed))
    also = {"national_id": digits[1], "former": "also"}
    yield got(client.post(at("correct_child"), child | also, follow=True))
    yield got(client.get(reverse("home:case", args=[case.pk])))
    yield got(client.post(at("end_person", mother.pk), {"on": "1.1.2050"}))
    yield from form(at("same", service.pk), other=mother.pk)
    actions.take_back(service, by=user)
    yield from form(at("end_person", mother.pk), on=day, reason=WHY)
    yield got(client.get(at("people")))
    yield got(client.post(at("take_back", mother.pk), follow=True))
    yield from walk_members(client, case, user, at, form, got)


def walk_members(client, case, user, at, form, got):
    yield from form(at("add_member"), user=user.pk, role="coordinator", reason=WHY)
    yield from form(at("responsible"), to=user.pk)
    member = case.members.get()
    yield got(client.post(at("end_member", member.pk), {"last_day": "1.1.2020"}))
    yield got(client.get(reverse("home:give_unit", args=[case.pk])))
    yield from form(at("end_member", member.pk), reason=WHY)
    Deadline.objects.filter(case=case).open().update(met_on=timezone.localdate())
    yield from form(at("close"), reason=WHY)
    yield from form(at("reopen"), reason=WHY)
    unit = Unit.objects.exclude(pk=case.unit_id).get(municipality=case.municipality_id)
    give = reverse("home:give_unit", args=[case.pk])
    yield got(client.post(give, {"unit": unit.pk, "reason": WHY}, follow=True))


def walk_checks(client, place, got):
    """Who has read in a unit: a week that is over, and the one that is over in a week."""
    week = week_of(timezone.localdate())
    for each, later in ((week.previous, 0), (week, 7)):
        page = reverse("family:control", args=[place.intake_unit.pk, *each])
        with time_machine.travel(timezone.now() + timedelta(days=later)):
            client.force_login(UserFactory(leads=place.intake_unit))
            yield got(client.get(page))
            yield got(client.post(page, {"result": "followed_up"}))
            yield got(client.post(page, {"result": "followed_up", "note": WHY}, follow=True))
            yield got(client.get(page))


def walk_hidden(client, place, user, got):
    case = refer(place, answers=CALL).case
    cleared = UserFactory(cleared_in=place)
    actions.protect(case.child, case, by=user, grade=Grade.STRICT, group=[cleared])
    client.force_login(cleared)
    page = reverse("family:words", args=[case.pk])
    for typed in ({}, {"words": "x"}, {"words": WHY}):
        yield got(client.post(page, typed))
    yield got(client.get(reverse("family:protection", args=[case.pk])))


def walk_trust(client, place, user, got):
    """Every way that parents can agree and disagree, a report, and complaints."""
    given = disagreeing(place, by=user, words=TOLD)
    mother, father = given.case.people.order_by("pk")[:2]
    join(given.case, "grandparent", "unknown")
    for name in ("consents", "consent_history", "duty_reports", "case_complaints"):
        yield got(client.get(reverse(f"family:{name}", args=[given.case.pk])))
    for name, ids in given.acts.items():
        page = reverse(f"family:{name}", args=ids)
        yield got(client.get(page))
        yield got(client.post(page, {"on": "x", "said_on": "1.1.2020", "receipt_on": "x"}))
    half = [
        ("say", {"purpose-cooperation": "given", "said_on": "1.1.2021", "expires_on": "1.1.2020"}),
        ("child_view", {"how": "talk"}),
        ("child_view", {"how": "not_asked"}),
        ("end_complaint", {"way": "forward"}),
        ("complain", {"received_on": "1.1.2020", "told_on": "2.1.2020"}),
        ("heard_from", {"receipt_on": "1.1.2020"}),
    ]
    for name, typed_in in half:
        yield got(client.post(reverse(f"family:{name}", args=given.acts[name]), typed_in))
    day = f"{timezone.localdate():%d.%m.%Y}"
    done = {
        "say": {"purpose-take_part": "given", "channel": "paper", "language": "nn"},
        "inform": {"how": "letter", "given_on": day, "language": "en"},
        "decide": {"outcome": "guide", "legal_basis": "§ 1", "reason": WHY},
        "child_view": {"how": "not_asked", "talked_on": day, "why_not": WHY},
        "end_stand_in": {"on": day},
        "stand_in": {
            "decider": service_of(given.case).pk,
            "people": [father.pk],
            "reference": "1",
            "legal_basis": "§",
            "started_on": day,
        },
        "paper": {"purposes": ["team"], "language": "en"},
        "withdraw": {"channel": "phone"},
        "release": {"reason": WHY},
        "heard_from": {"feedback_on": day, "feedback": TOLD},
        "end_complaint": {"way": "forward", "to": SERVICE, "has_file": "on", "explanation": WHY},
        "case_complain": {"sort": "health", "told_on": "1.1.2020"},
        "complain": {"sort": "service", "unit": place.intake_unit.pk},
        "report": {"grounds": ["trafficking"], "concern": TOLD, "sent_to": SERVICE},
    }
    also = {"on": day, "said_on": day, "received_on": day, "reported_on": day}
    also |= {"channel": "phone", "complainant": SERVICE, "about": TOLD}
    LegalBasis.objects.create(municipality=place, text="§ 2")
    yield got(client.get(reverse("family:decide", args=given.acts["decide"])))
    for name, typed_in in done.items():
        page = reverse(f"family:{name}", args=given.acts[name])
        if name == "withdraw":
            given_now = mother.consents.about("take_part").newest_first().first()
            page = reverse("family:withdraw", args=[given.case.pk, given_now.pk])
        yield got(client.post(page, also | typed_in, follow=True))
    empty = refer(place, answers=CALL).case
    names = ("consents", "duty_reports", "case_complaints", "consent_history", "child_view")
    for name in names:
        yield got(client.get(reverse(f"family:{name}", args=[empty.pk])))
    yield got(client.get(reverse("family:complaints")))
    yield got(client.get(reverse("family:complaints"), {"vis": "alle"}))
