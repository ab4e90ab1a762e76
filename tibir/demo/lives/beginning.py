"""How each of them came to us: referred, answered within two weeks, and screened."""

from datetime import timedelta

from django.utils import timezone

from interventions import actions, rules
from referrals import actions as referrals
from referrals.models import Referral
from referrals.questions import door_of
from referrals.routing import canonical, evaluate
from tibir.audit.record import SENDER
from tibir.calendar.holidays import working_days_after
from tibir.cases.models import CasePerson, Consent, Purpose
from tibir.core.codes import TOKEN_BITS, new_secret
from tibir.demo.clock import at
from tibir.demo.families import full
from tibir.demo.lives.asked import ask_all
from tibir.demo.lives.hours import agree
from tibir.documents import actions as documents
from tibir.documents import tasks
from tibir.documents.models import Dispatch
from tibir.family import actions as family

YES, NO, _UNKNOWN = CasePerson.YesNo


def refer(about, municipality, number, today):
    """What the mother wrote one evening, on the telephone. Returns the referral."""
    day = today - timedelta(days=about.days_ago)
    first, last, years = about.child
    born = day - timedelta(days=365 * years + 40 + 7 * number)
    father = [(about.father, "father", "no" if about.apart else "yes", "yes")]
    answers = full(
        0,
        0,
        ("mother", about.mother, f"+47990{10000 + 2 * number:05}", "", "no"),
        (first, last, born.isoformat(), about.place),
        ([about.hard], about.examples, "over_6_months", about.good),
        people=father if about.father else [],
        hopes=about.goal,
    )["answers"]
    with at(day, 21, number):
        submission = referrals.receive(
            municipality,
            by=SENDER,
            token=new_secret(TOKEN_BITS),
            channel=door_of(answers).channel,
            language="nb",
            answers=answers,
            received_at=timezone.now(),
        )
    return Referral.objects.select_related("case__child", "unit", "municipality").get(
        submission=submission
    )


def know(referral, *, by):
    """The coordinator rings, hears who they are, and takes it."""
    with at(working_days_after(referral.received_on, 1), 10):
        guardians = people_of(referral.case)
        for each in guardians:
            referrals.confirm_contact(
                referral, each, by=by, how=CasePerson.Verification.CALLED, responsibility=YES,
                phone=each.person.phone or "+4799090000", safe_phone=YES, email="", safe_email=NO,
            )  # fmt: skip
            family.verify_responsibility(
                each, by=by, responsibility=YES, source=CasePerson.Source.REGISTER,
                on=timezone.localdate(),
            )  # fmt: skip
        referrals.opened(referral, by=by)
        referrals.take(referral, by=by)
        for each in guardians:
            family.say(
                each, by=by, answers={Purpose.TAKE_PART: Consent.State.GIVEN},
                channel=Consent.Channel.PHONE, said_on=timezone.localdate(), language="nb",
            )  # fmt: skip
    return guardians


def answer(referral, guardians, *, by, days=5, **said):
    """Well within two weeks, and read out to each of them the same day."""
    with at(working_days_after(referral.received_on, days), 13) as now:
        actions.answer(
            referral,
            by=by,
            recipients=[(each, Dispatch.Channel.READ_OUT, "") for each in guardians],
            **said,
        )
        read_out(referral.case, by=by, on=now.date())


def read_out(case, *, by, on):
    """What waits for somebody to read it on the telephone is read."""
    waiting = Dispatch.objects.waiting().filter(document__case=case).select_related("document")
    for dispatch in waiting:
        tasks.render(dispatch.document_id)
        documents.done(dispatch, by=by, on=on)


def screen(referral, guardians, *, by, practitioner, slot, about, services):
    """Two talks a week apart, and then a decision. Returns the screening and its last day."""
    planned = working_days_after(referral.received_on, 7)
    with at(planned, 11):
        course = actions.plan_screening(referral, by=by, practitioner=practitioner)
        family.entrust(referral.case, by=by, to=practitioner)
    with at(planned, 12):
        first = agree(course, planned + timedelta(days=3), by=practitioner, slot=slot,
                      people=guardians)  # fmt: skip
        second = agree(course, first.day + timedelta(days=6), by=practitioner, slot=slot,
                       people=guardians)  # fmt: skip
    for meeting, words in zip((first, second), _talks(about), strict=True):
        with at(meeting.day, 16):
            note = actions.hold(meeting, by=practitioner, attended=guardians)
            actions.sign(note, by=practitioner, version=0, internal=words)
    day = second.day
    with at(day, 16, 30):
        _find_out(course, guardians, by=practitioner, about=about, day=first.day)
        ask_all(guardians, by=practitioner, about=about, level=1.0)
    with at(working_days_after(day, 2), 14) as now:
        _conclude(course, guardians, by=practitioner, about=about, services=services)
        read_out(referral.case, by=practitioner, on=now.date())
    return course, now.date()


def _talks(about):
    return (
        f"Familien fortalte hvordan de har det. «{about.examples}» Om det som er bra: "
        f"«{about.good}» Vi så på hva de har prøvd, og hva som har virket litt.",
        f"Vi observerte lek og rydding i ti minutter. Tydelig varme. Det de ønsker seg mest: "
        f"«{about.goal}» Snakket om hva vi kan tilby, og hvordan en vanlig uke ser ut hos dem.",
    )


def _find_out(course, guardians, *, by, about, day):
    for each in guardians:
        actions.answer_gate(
            course.screening, by=by, person=each, asked_on=day, thrives="mixed",
            thrives_words="Glad i å være forelder, men sliten.", worries=True,
            worries_words=about.examples,
        )  # fmt: skip
    serious = "therapy" in about.life.name.lower()
    actions.find_out(
        course.screening, by=by, version=0, observed_on=day, observed_where="here",
        observed_task="Lekte med klosser og ryddet sammen.", observed_strengths=about.good,
        observed_difficulties="Mange beskjeder på en gang når det haster.",
        conversation=about.examples, wish="either", negativity_months=8 if serious else 3,
        is_serious=serious, arenas=["home", "school"] if serious else ["home"], burdens=[],
        has_behaviour_problems=serious,
    )  # fmt: skip
    actions.check_safety(course, by=by, is_worried=False)


def _conclude(course, guardians, *, by, about, services):
    course.screening.refresh_from_db()
    today = timezone.localdate()
    facts = rules.facts_of(course.screening, today)
    table = rules.rule_set_for(course.case, today)
    known = {name: value for name, value in facts.items() if value is not None}
    said = evaluate(table.table, known) if table else {"services": [], "path": ""}
    same = sorted(said["services"] or []) == sorted(services)
    actions.conclude(
        course,
        by=by,
        seen=canonical(facts),
        services=services,
        path=said["path"] if same else "",
        reason="" if same else "Foreldrene og vi er enige om at dette passer best for dem nå.",
        words=f"Dere har sagt hva dere ønsker dere mest: «{about.goal}» Det vil vi gjerne hjelpe "
        "dere med.",
        recipients=[(each, Dispatch.Channel.READ_OUT, "") for each in guardians],
    )


def people_of(case):
    """The guardians, the one who wrote first."""
    people = CasePerson.objects.filter(case=case).current().select_related("person", "case__child")
    return sorted(
        (each for each in people if each.relation in ("mother", "father")),
        key=lambda each: not each.is_sender,
    )
