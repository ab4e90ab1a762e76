"""What some families of Fjordvik have agreed to, disagreed on, taken back and complained of."""

from datetime import timedelta

from django.utils import timezone

from tibir.cases.models import CasePerson, Consent, Purpose
from tibir.family import actions

GIVEN, REFUSED = Consent.State.GIVEN, Consent.State.REFUSED


def trust(municipality, *, by):
    people = {
        each.person.name: each
        for each in CasePerson.objects.filter(case__municipality=municipality).select_related(
            "person", "case__unit"
        )
    }
    mother, father = people["Ingvild Sørbråten"], people["Terje Sørbråten"]
    _disagree(mother, father, by=by)
    _take_back(people["Åge Tverrelv"], people["Siv Tverrelv"], by=by)
    _hear(people["Čáhppe Ánde Somby"].case, by=by)
    _complain(mother.case, by=by)


def _say(person, *, by, days_ago, **answers):
    actions.say(
        person,
        by=by,
        answers={Purpose(purpose): state for purpose, state in answers.items()},
        channel=Consent.Channel.MEETING,
        said_on=timezone.localdate() - timedelta(days=days_ago),
        language="nb",
    )


def _disagree(mother, father, *, by):
    """She wants help and he does not: somebody must decide."""
    for person in (mother, father):
        person.responsibility = CasePerson.YesNo.YES
        person.save(update_fields=["responsibility"])
    _say(mother, by=by, days_ago=6, take_part=GIVEN, social_skills=GIVEN)
    _say(father, by=by, days_ago=4, take_part=REFUSED, social_skills=REFUSED)


def _take_back(father, mother, *, by):
    """Both said yes to the school, and one of them does not any more."""
    for person in (father, mother):
        person.responsibility = CasePerson.YesNo.YES
        person.save(update_fields=["responsibility"])
        _say(person, by=by, days_ago=7, take_part=GIVEN, place_contact=GIVEN)
    asked = [Purpose.PLACE_CONTACT, Purpose.TEAM]
    actions.ask_on_paper(mother, by=by, purposes=asked, language="nb")
    given = Consent.objects.get(person=mother, purpose=Purpose.PLACE_CONTACT)
    actions.withdraw(
        given,
        by=by,
        channel=Consent.Channel.PHONE,
        said_on=timezone.localdate() - timedelta(days=1),
    )


def _hear(case, *, by):
    actions.hear(
        case,
        by=by,
        how="play",
        talked_on=timezone.localdate() - timedelta(days=2),
        talked_with=by.name,
        said="«Mamma blir så streng når maten er ferdig. Jeg vil at hun skal le.»",
    )


def _complain(case, *, by):
    actions.complain(
        case.unit,
        by=by,
        case=case,
        sort="service",
        channel="phone",
        received_on=timezone.localdate() - timedelta(days=3),
        complainant="Terje Sørbråten",
        about="Han ringte to ganger uten at noen ringte tilbake.",
    )
