"""Families of Fjordvik that are being screened, each as far as another page shows."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from interventions import actions, rules
from interventions.models import Course, Meeting
from referrals.models import Referral
from referrals.routing import canonical, evaluate
from tibir.accounts.models import Qualification, SchoolBreak
from tibir.calendar.holidays import last_working_day_on_or_before, working_days_after
from tibir.cases.models import CasePerson
from tibir.core.codes import TOKEN_BITS, new_secret

Kind, Status = Qualification.Kind, Qualification.Status
SINCE = date(2022, 8, 1)
TRAINED = [
    ("behandler", Kind.SCREENER),
    ("behandler", Kind.COUNSELLOR),
    ("behandler", Kind.PMTO_THERAPIST),
    ("koordinator", Kind.SCREENER),
    ("veileder", Kind.PMTO_THERAPIST),
]


def screen(municipality, *, by, staff):
    """Planned, in the middle of it, concluded as recommended, and concluded otherwise."""
    for who, kind in TRAINED:
        Qualification.objects.create(
            user=staff[who], kind=kind, status=Status.QUALIFIED, started_on=SINCE,
            source="Kursbevis i personalmappen",
        )  # fmt: skip
    practitioner, year = staff["behandler"], timezone.localdate().year
    SchoolBreak.objects.create(
        municipality=municipality, name="juleferien",
        first_on=date(year, 12, 21), last_on=date(year + 1, 1, 2),
    )  # fmt: skip
    families = {
        each.person.name: each
        for each in CasePerson.objects.filter(
            case__municipality=municipality, is_sender=True
        ).select_related("person", "case")
    }
    referrals = {
        name: Referral.objects.filter(case=each.case).latest("pk")
        for name, each in families.items()
    }

    def plan(name):
        return actions.plan_screening(referrals[name], by=by, practitioner=practitioner)

    plan("Ingvild Sørbråten")
    _under_way(plan("Čáhppe Ánde Somby"), hour=9, next_on=timezone.localdate())
    followed = _under_way(plan("Åse-Lill Ødegård"), hour=10)
    _conclude(followed, families["Åse-Lill Ødegård"], services=None)
    otherwise = _under_way(plan("Grete Myhrvold"), hour=14)
    _conclude(otherwise, families["Grete Myhrvold"], services=["counselling"])
    _at_once(municipality, by=practitioner)


def _under_way(course, *, hour, next_on=None):
    """Two meetings: one that was held, and the next."""
    by, people = course.practitioner, list(course.case.people.current())
    today = timezone.localdate()
    day = last_working_day_on_or_before(today - timedelta(days=1))
    Course.objects.filter(pk=course.pk).update(planned_on=day)
    begun = timezone.make_aware(datetime.combine(day, time(hour)))
    about = {"kind": Meeting.Kind.MEETING, "mode": Meeting.Mode.IN_PERSON, "people": people}
    meeting = actions.plan_meeting(
        course, by=by, starts_at=begun, ends_at=begun + timedelta(hours=1), place="Rom 2", **about
    )
    came = [each for each in people if rules.is_carer(each)] or people
    note = actions.hold(meeting, by=by, attended=came)
    actions.sign(
        note, by=by, version=0,
        internal="Vi snakket om kveldene. Begge vil gjerne ha færre krangler ved leggetid, og de "
        "er gode til å dele på det. Vi ble enige om å se på det sammen neste gang.",
    )  # fmt: skip
    ahead = next_on or working_days_after(today, 5)
    ahead = timezone.make_aware(datetime.combine(ahead, time(15)))
    actions.plan_meeting(
        course, by=by, starts_at=ahead, ends_at=ahead + timedelta(hours=1), place="Rom 4", **about
    )
    for person in came[:1]:
        actions.answer_gate(
            course.screening, by=by, person=person, asked_on=day, thrives="mixed",
            thrives_words="Glad i å være forelder, men sliten på kvelden.", worries=True,
            worries_words="Leggingen tar to timer, og det ender ofte med gråt.",
        )  # fmt: skip
    actions.find_out(
        course.screening, by=by, version=0, observed_on=day, observed_where="here",
        observed_task="Bygde et tårn sammen.",
        observed_strengths="Tydelig varme. De ler sammen, og barnet søker hjelp.",
        observed_difficulties="Mange beskjeder på en gang når det haster.",
        conversation="Familien har det fint om dagen. Det er overgangene som er tunge.",
        wish="either", negativity_months=4, is_serious=False, arenas=["home"], burdens=[],
        has_behaviour_problems=False,
    )  # fmt: skip
    actions.check_safety(course, by=by, is_worried=False)
    return course


def _conclude(course, person, *, services):
    """As recommended, or otherwise and why."""
    today = timezone.localdate()
    course.screening.refresh_from_db()
    facts = rules.facts_of(course.screening, today)
    known = {name: value for name, value in facts.items() if value is not None}
    result = evaluate(rules.rule_set_for(course.case, today).table, known)
    chosen = result["services"] if services is None else services
    actions.conclude(
        course,
        by=course.practitioner,
        seen=canonical(facts),
        services=chosen,
        path=result["path"] if services is None else "",
        reason="Foreldrene vil begynne med noe lett, og vi ser på det igjen etter fem samtaler."
        if services is not None
        else "Ingen regel svarte, og foreldrene ønsket dette.",
        words="Dere har fortalt om kvelder som er tunge, og hva dere har lyst til å prøve.",
        recipients=[(person, "read_out", "")],
    )


def _at_once(municipality, *, by):
    """Met at the health station: registered, screened and agreed with on one page."""
    today = timezone.localdate()
    day = last_working_day_on_or_before(today - timedelta(days=1))
    begun = timezone.make_aware(datetime.combine(day, time(12)))
    told = actions.Told(
        answers={
            "registrert": {"channel": "in_person", "received_on": day.isoformat()},
            "henviser": {
                "name": "Synne Brekkhus", "who": "mother", "phone": "+4799000031",
                "safe_phone": "yes", "responsibility": "yes", "lives_with": "yes",
            },
            "skjerming": {"protection": "no"},
            "barnet": {
                "first_name": "Jakob", "last_name": "Brekkhus", "birth_date": "2021-05-06",
                "address": "Brekkebakken 3, 0000 Fjordvik",
            },
            "foreldrene": {"people": []},
            "bekymringen": {
                "situations": ["getting_up", "directions"], "arenas": ["home"],
                "examples": "Morgenene tar lang tid, og alle er slitne før klokken åtte.",
            },
        },
        parents=(
            {
                "attended": True, "agrees": "yes", "way": "handed_over", "address": "",
                "gate": {
                    "thrives": "well", "thrives_words": "Godt, for det meste.", "worries": True,
                    "worries_words": "At morgenene blir et mas.",
                },
            },
        ),
        met={
            "starts_at": begun, "ends_at": begun + timedelta(minutes=45), "place": "Helsestasjonen",
            "kind": Meeting.Kind.MEETING, "mode": Meeting.Mode.IN_PERSON,
        },
        found={
            "conversation": "En familie som har det fint. Mor vil ha hjelp til morgenene.",
            "wish": "individual", "negativity_months": 2, "is_serious": False, "burdens": [],
            "arenas": ["home"], "has_behaviour_problems": False,
        },
        safety={"is_worried": False, "words": ""},
        agreed={
            "starts_on": working_days_after(today, 4), "how": "meeting",
            "words": "Du vil ha roligere morgener, og vi begynner med noen få samtaler om det.",
            "reason": "Mor ønsker noen få samtaler hos en hun kjenner.",
        },
    )  # fmt: skip
    about = {"by": by, "token": new_secret(TOKEN_BITS), "told": told}
    seen = actions.foresee(municipality, **about)
    actions.start_at_once(municipality, seen=canonical(seen.facts), **about)
