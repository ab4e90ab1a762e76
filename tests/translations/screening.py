"""A walk over the pages of a screening."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from interventions.models import Call, Course, Meeting, Note, SafetyCheck
from referrals import routing
from tests.factories import LONG_AGO, UserFactory
from tests.interventions.at_once import typed
from tests.interventions.screenings import meet, qualify, referred, requalify
from tests.translations.typed import SERVICE, TOLD, WHY
from tibir.accounts.models import Absence, Membership, Qualification, Role, SchoolBreak

PHONE = {"interpreting": "phone", "interpreter": "registered"}
WEEK = timedelta(days=7)


def walk_screening(client, place, user, language, got):
    """Each page empty, with mistakes and as it should be, by a coordinator who also screens."""
    client.force_login(user)
    today = timezone.localdate()
    referral = referred(place, language=language)
    plan = reverse("interventions:plan_screening", args=[referral.pk])
    yield got(client.get(plan))
    yield got(client.get(reverse("interventions:screenings")))
    trainee = UserFactory(practises_in=place.intake_unit)
    qualify(trainee, supervisor=user)
    qualify(user)
    yield got(client.get(plan))
    yield got(client.post(plan, {"practitioner": trainee.pk}, follow=True))
    course = Course.objects.latest("pk")
    case, person = course.case, course.case.people.get()

    def at(name, *more):
        return reverse(f"interventions:{name}", args=[case.pk, *more])

    def form(address, **typed):
        yield got(client.get(address))
        yield got(client.post(address, {}, follow=True))
        yield got(client.post(address, typed, follow=True))

    yield from form(at("assign", course.pk), practitioner=user.pk)
    yield got(client.get(reverse("interventions:screenings")))
    day = f"{today:%d.%m.%Y}"
    right = {"day": day, "starts": "0", "ends": "0.01", "place": SERVICE, "people": [person.pk]}
    right |= {"kind": "meeting", "mode": "in_person", "despite": "on"}
    planning = at("plan_meeting", course.pk)
    wrong = [{"day": "1.1.2001"}, {"day": "1.1.2099"}, {"starts": "x"}]
    wrong += [{"starts": "2", "ends": "1"}, {"starts": "2", "ends": "23"}]
    for mistake in wrong:
        yield got(client.post(planning, right | mistake))
    yield from form(planning, **right)
    meeting = Meeting.objects.latest("pk")
    yield got(client.post(planning, right | {"starts": "0"}))
    yield from form(at("change_meeting", meeting.pk), **right)
    yield from _series(client, at, course, right, got)
    yield from form(at("interpret", meeting.pk, person.pk), language=SERVICE, **PHONE)
    other = {"language": SERVICE, "interpreter": "other"}
    yield got(client.post(at("interpret", meeting.pk, person.pk), other))
    called = {"person": person.pk, "day": day, "at": "0", "minutes": 5, "text": TOLD}
    for wrong in ({"day": "1.1.2001"}, {"at": "23.59"}, {"minutes": 0}):
        yield got(client.post(at("call", course.pk), called | wrong))
    yield from form(at("call", course.pk), **called)
    yield from form(at("strike_call", Call.objects.latest("pk").pk), reason=WHY)
    moved = {"state": "no_show", "day": day}
    yield got(client.post(at("miss", meeting.pk), moved))
    yield from form(at("hold", meeting.pk), **{f"person-{person.pk}": "attended"})
    later = meet(course, days=5, place=SERVICE)
    yield from form(at("miss", later.pk), state="excused", reason=WHY)
    note = Note.objects.latest("pk")
    yield from form(at("note", note.pk), internal=TOLD, version=0, action="save")
    yield refused(client.post(at("note", note.pk), {"internal": WHY, "version": 0}))
    signing = {"internal": TOLD, "version": 1, "action": "sign"}
    yield got(client.post(at("note", note.pk), signing, follow=True))
    yield got(client.post(at("note", note.pk), {"internal": WHY, "version": 0}))
    yield from form(at("add_to_note", note.pk), text=TOLD, reason=WHY)
    asked = {"asked_on": day, "thrives": "mixed", "worries": "yes", "worries_words": TOLD}
    yield from form(at("gate", course.pk, person.pk), **asked)
    seen = {"version": 0, "observed_on": day, "observed_where": "home", "observed_task": TOLD}
    yield from form(at("observation", course.pk), **seen)
    yield refused(client.post(at("observation", course.pk), seen))
    talked = {"version": 1, "conversation": TOLD, "wish": "group"}
    yield from form(at("conversation", course.pk), **talked)
    found = {"version": 2, "negativity_months": 8, "arenas": ["home"], "burdens": ["none", "loss"]}
    yield got(client.post(at("findings", course.pk), found))
    found |= {"burdens": ["none"], "earlier": ["counselling"], "is_serious": "yes"}
    yield from form(at("findings", course.pk), **found)
    yield got(client.post(at("safety", course.pk), {"is_worried": "yes"}))
    yield from form(at("safety", course.pk), is_worried="yes", words=TOLD)
    check = SafetyCheck.objects.latest("pk")
    yield got(client.get(course.get_absolute_url()))
    yield from form(at("report_worry", check.pk))
    yield from form(at("explain_worry", check.pk), why_not=WHY)
    yield refused(client.get(at("explain_worry", check.pk)))
    yield got(client.get(course.get_absolute_url()))
    decide = at("decide", course.pk)
    yield got(client.get(decide))
    yield got(client.post(decide, {}))
    chosen = {f"way-{person.pk}": "read_out", "words": WHY, "reason": TOLD}
    for services in (["nothing", "counselling"], ["consultation"]):
        yield got(client.post(decide, chosen | {"services": services}))
    everything = [each for each in routing.SERVICES if each != "screening"]
    yield got(client.post(decide, chosen | {"services": everything, "action": "preview"}))
    yield got(client.post(decide, chosen | {"services": ["nothing"], "action": "preview"}))
    yield refused(client.post(decide, chosen | {"services": everything, "action": "send"}))
    soon = meet(course, days=0, hour=5, place=SERVICE)
    meet(course, days=1, hour=5, place=SERVICE)
    Absence.objects.create(user=user, kind="other", first_on=today, last_on=today + WEEK)
    yield got(client.get("/"))
    away = f"{today + timedelta(days=1):%d.%m.%Y}"
    free = right | {"day": away, "despite": "", "starts": "7", "ends": "8"}
    yield got(client.post(at("change_meeting", soon.pk), free))
    calendar = reverse("interventions:calendar")
    yield got(client.get(calendar))
    yield got(client.post(calendar, {"action": "open"}, follow=True))
    yield got(client.get(calendar))
    yield got(client.post(calendar, {"action": "close"}, follow=True))
    yield got(client.get(reverse("home:case", args=[case.pk])))
    # Whether it has begun by now or not.
    yield from form(at("miss", soon.pk), state="excused", reason=WHY)
    yield from form(at("end", course.pk), ending="no_contact", reason=WHY)
    yield from walk_direct(client, place, user, got)


def walk_direct(client, place, user, got):
    """A family that was met: empty, with mistakes, looked over, and kept."""
    Membership.objects.create(
        user=user, unit=place.intake_unit, role=Role.PRACTITIONER, started_on=LONG_AGO
    )
    requalify(user, Qualification.Kind.COUNSELLOR)
    direct = reverse("interventions:direct")
    yield got(client.get(direct))
    said = typed() | {"avtalen-words": TOLD, "avtalen-reason": WHY, "action": "look"}
    said |= {"motet-starts": "12", "motet-ends": "13"}  # at nine somebody else was met
    said |= {"svar-0-worries_words": TOLD, "samtalen-conversation": TOLD, "motet-place": SERVICE}
    said |= {"henviser-name": SERVICE, "barnet-first_name": SERVICE, "barnet-last_name": SERVICE}
    for wrong in ({"motet-day": ""}, {"motet-ends": "8"}, {"avtalen-starts_on": "1.1.2001"}):
        yield got(client.post(direct, said | wrong))
    father = {"person-0-relation": "father", "svar-1-agrees": "no", "people": "2"}
    yield got(client.post(direct, said | father))
    said |= {"barnet-birth_date_2": "2025", "person-0-name": SERVICE}
    said |= father | {"person-0-responsibility": "yes", "svar-1-attended": "no"}
    # Without a day there is no letter, which is in the language of the family.
    said |= {"trygghet-is_worried": "yes", "trygghet-words": TOLD, "avtalen-starts_on": ""}
    yield got(client.post(direct, said))
    yield refused(client.post(direct, said | {"action": "start"}))
    kept = client.post(direct, said | {"action": "keep"})
    yield got(client.get(kept.url))


def _series(client, at, course, right, got):
    """Shown, with too many and with a day off, and never agreed."""
    first = course.planned_on + timedelta(days=1)
    place = course.unit.municipality
    SchoolBreak.objects.create(municipality=place, name=SERVICE, first_on=first, last_on=first)
    address = at("plan_series", course.pk)
    yield got(client.get(address))
    shown = right | {"day": f"{first:%d.%m.%Y}", "action": "show", "skips_breaks": "on"}
    for more in ({"count": 20}, {"count": "x"}, {"count": 2}, {"count": 2, "action": "agree"}):
        response = client.post(address, shown | more)
        yield response.wsgi_request.path, response.content.decode()


def refused(response):
    assert response.status_code == 409, response
    return response.wsgi_request.path, response.content.decode()
