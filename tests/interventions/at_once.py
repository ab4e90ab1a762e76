"""A family that a practitioner met in ordinary service, and all that is typed of it."""

from datetime import datetime, time, timedelta

from django.utils import timezone

from interventions import actions
from interventions.actions import Told
from referrals.routing import canonical
from tests.factories import UserFactory
from tests.interventions.screenings import Kind, qualify
from tibir.core.codes import TOKEN_BITS, new_secret

WORDS = "Dere vil at kveldene skal bli roligere."
WHY = "Familien vil heller begynne med noe lite."
ANSWERS = {
    "henviser": {
        "name": "Turid Møtt", "who": "mother", "phone": "+4799000001", "safe_phone": "yes",
        "email": "", "safe_email": "", "language": "", "interpreter": "",
        "responsibility": "yes", "lives_with": "yes",
    },
    "skjerming": {"protection": "no"},
    "barnet": {
        "first_name": "Odin", "last_name": "Møtt", "birth_date": "2019-03-14", "national_id": "",
        "address": "Storgata 1, 0000 Fjordvik", "place": "Solkroken barnehage", "language": "",
    },
    "foreldrene": {"people": []},
    "bekymringen": {"situations": ["bedtime"], "examples": "Det tar to timer.", "arenas": []},
}  # fmt: skip
FATHER = {
    "name": "Terje Møtt", "relation": "father", "responsibility": "yes", "lives_with": "yes",
    "phone": "", "email": "", "safe": "yes", "language": "", "interpreter": "",
}  # fmt: skip
GATE = {"thrives": "mixed", "thrives_words": "", "worries": True, "worries_words": "Kveldene."}
MET = {"attended": True, "agrees": "yes", "gate": GATE, "way": "handed_over", "address": ""}
ABSENT = {"attended": False, "agrees": "", "gate": None, "way": "", "address": ""}


def able(unit, **about):
    """Somebody who works there, and is trained to screen and to give rådgivning."""
    user = UserFactory(practises_in=unit, **about)
    for kind in (Kind.SCREENER, Kind.COUNSELLOR):
        qualify(user, kind)
    return user


def yesterday(hour, minute=0):
    day = timezone.localdate() - timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def told(*, father=None, mother=MET, protection="no", child=None, **about):
    """What the page says, with `father` as what is said of him at the meeting."""
    day = timezone.localdate(yesterday(9)).isoformat()
    answers = ANSWERS | {"registrert": {"channel": "in_person", "received_on": day}}
    answers |= {"skjerming": {"protection": protection}}
    answers["barnet"] = ANSWERS["barnet"] | (child or {})
    if father:
        answers["foreldrene"] = {"people": [FATHER]}
    said = {
        "met": {
            "starts_at": yesterday(9), "ends_at": yesterday(10), "kind": "meeting",
            "mode": "in_person", "place": "Rom 2",
        },
        "found": {"conversation": "Vi snakket om kveldene.", "wish": "individual"},
        "safety": {"is_worried": False, "words": ""},
        "agreed": {
            "starts_on": timezone.localdate() + timedelta(days=7), "how": "meeting",
            "words": WORDS, "reason": WHY,
        },
    }  # fmt: skip
    parents = (mother, father) if father else (mother,)
    return Told(answers=answers, parents=parents, **said | about)


def token():
    return new_secret(TOKEN_BITS)


def start(place, user, said=None, *, once=None):
    """Looked over, and started."""
    said, once = said or told(), once or token()
    seen = actions.foresee(place, by=user, token=once, told=said)
    return actions.start_at_once(place, by=user, token=once, told=said, seen=canonical(seen.facts))


def dotted(day):
    return f"{day:%d.%m.%Y}"


def typed(**changed):
    today = timezone.localdate()
    said = {
        "motet-day": dotted(today - timedelta(days=1)), "motet-starts": "9", "motet-ends": "10",
        "motet-kind": "meeting", "motet-mode": "in_person", "motet-place": "Helsestasjonen",
        "skjerming-protection": "no",
        "henviser-name": "Turid Møtt", "henviser-who": "mother", "henviser-phone": "99 00 00 01",
        "henviser-safe_phone": "yes", "henviser-responsibility": "yes",
        "henviser-lives_with": "yes",
        "svar-0-agrees": "yes", "svar-0-thrives": "mixed", "svar-0-worries": "yes",
        "svar-0-worries_words": "Kanarikvelder", "svar-0-way": "handed_over",
        "barnet-first_name": "Odin", "barnet-last_name": "Møtt", "barnet-birth_date_0": "14",
        "barnet-birth_date_1": "3", "barnet-birth_date_2": "2019",
        "bekymringen-situations": ["bedtime"],
        "samtalen-conversation": "Kanarisamtale", "samtalen-wish": "individual",
        "trygghet-is_worried": "no",
        "avtalen-starts_on": dotted(today + timedelta(days=7)), "avtalen-how": "meeting",
        "avtalen-words": WORDS, "avtalen-reason": WHY,
    }  # fmt: skip
    return said | {name.replace("__", "-"): value for name, value in changed.items()}
