"""How each purpose of a case stands, and who may write down what was said of it."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from tibir.access.roles import Kind, sees
from tibir.cases.consensus import (
    Answer,
    Decided,
    Holds,
    Outcome,
    Standing,
    Voice,
    Word,
    standing,
)
from tibir.cases.models import (
    GUIDED,
    PERSONAL,
    STRICT,
    CasePerson,
    Consent,
    ConsentDecision,
    Purpose,
    StandIn,
    works_inside,
)

# They are in the case for what they do, or for what they are to it: none of them decides.
NEVER_HOLD = {
    CasePerson.Relation.TEACHER,
    CasePerson.Relation.PROFESSIONAL,
    CasePerson.Relation.SIBLING,
}


def may_consent(user, case) -> bool:
    """Read what each has agreed to, and what the child says, and write it down: those who work
    with all of the case, and coordinators."""
    return works_inside(user, case) or sees(user, Kind.CONSENT, case.unit_id)


def may_decide(user, case) -> bool:
    """Decide what happens while parents disagree: a coordinator, or whoever is responsible."""
    is_responsible = case.responsible_id == user.pk
    # Of a case under strict protection only the cleared members are left to decide it.
    return is_responsible or case.grade in STRICT or sees(user, Kind.CONSENT, case.unit_id)


@dataclass(frozen=True)
class Said:
    """What one person last said of one purpose, as it counts on the day."""

    person: CasePerson
    holds: Holds
    consent: Consent | None
    state: Consent.State | None
    stand_in: StandIn | None

    @property
    def voice(self):
        word = Word(self.state) if self.state else Word.NOTHING
        return Voice(self.person.pk, self.holds, word)


@dataclass(frozen=True)
class Agreement:
    """One purpose of one case: what each has said, and what may be done now."""

    purpose: Purpose
    service: str
    said: tuple[Said, ...]
    standing: Standing
    decision: ConsentDecision | None

    @property
    def what(self):
        return f"{self.purpose.label}: {self.service}" if self.service else self.purpose.label

    @property
    def is_personal(self):
        return self.purpose in PERSONAL

    @property
    def is_asked(self):
        """Has anybody been asked at all?"""
        return any(each.consent for each in self.said)

    @property
    def answer(self):
        return self.standing.answer

    @property
    def may_go_on(self):
        return self.standing.may_go_on

    @property
    def names(self):
        """Who stands where, by the names of the groups in `Standing`."""
        known = {each.person.pk: each.person.person.name for each in self.said}
        groups = ("agreed", "against", "silent", "unknown")
        return {group: [known[pk] for pk in getattr(self.standing, group)] for group in groups}

    @property
    def tag(self):
        return TAGS[self.answer][0]

    @property
    def color(self):
        return TAGS[self.answer][1]

    @property
    def sentences(self):
        """How it stands, and what to do about it."""
        if self.is_personal:
            return [_("Hver og en svarer for seg selv.")]
        names = {group: ", ".join(of) for group, of in self.names.items()}
        found = [SENTENCES[self.answer] % names] if SENTENCES[self.answer] else []
        if self.answer == Answer.WAITS:
            found += [sentence % names for group, sentence in WAITING.items() if names[group]]
            if not any(names.values()):
                found.append(_("Ingen i saken står med foreldreansvar ennå."))
        elif self.standing.unknown:
            found.append(WAITING["unknown"] % names)
        return found

    @property
    def can_be_decided(self):
        return (
            not self.is_personal and self.standing.may_be_decided and not self.standing.by_decision
        )

    @property
    def any_consent(self):
        return next(each.consent for each in self.said if each.consent)


# What each answer is called, and its colour: never by the colour alone.
TAGS = {
    Answer.PROCEEDS: (_("kan gjøres"), "success"),
    Answer.GUIDES: (_("bare noen veiledes"), "info"),
    Answer.WAITS: (_("venter"), "warning"),
    Answer.DISAGREE: (_("stanset: uenighet"), "danger"),
    Answer.REFUSED: (_("skal ikke gjøres"), "neutral"),
    Answer.STOPPED: (_("stanset: avgjort"), "neutral"),
}
SENTENCES = {
    Answer.PROCEEDS: _("Sagt ja: %(agreed)s."),
    Answer.GUIDES: _("Det er avgjort at bare %(agreed)s får veiledning."),
    Answer.WAITS: "",
    Answer.DISAGREE: _(
        "Ja fra %(agreed)s, nei fra %(against)s. Ikke gjør noe før en med ansvar har avgjort det."
    ),
    Answer.REFUSED: _("Nei fra %(against)s, og ingen har sagt ja."),
    Answer.STOPPED: _("Det er avgjort at dere ikke gjør det."),
}
WAITING = {
    "silent": _("Mangler svar fra %(silent)s."),
    "unknown": _("Finn ut om %(unknown)s har foreldreansvar."),
}


def agreements(case, today) -> list[Agreement]:
    """Every purpose, and each service that anybody was asked about. Four queries."""
    people = list(CasePerson.objects.filter(case=case).current().for_list())
    consents = list(Consent.objects.of_case(case).current().select_related("wording"))
    running = list(StandIn.objects.of_case(case).on(today).select_related("decider__person"))
    stand_ins = {each.person_id: each for each in running if each.person_id}
    alone = {each.decider_id for each in running if each.person_id is None}
    decisions = {
        (d.purpose, d.service): d
        for d in ConsentDecision.objects.filter(case=case).current().select_related("decided_by")
    }
    named = sorted({(Purpose(c.purpose), c.service) for c in consents if c.service})
    plain = [(purpose, "") for purpose in Purpose if purpose != Purpose.COOPERATION]
    ordered = sorted([*plain, *named], key=lambda it: (list(Purpose).index(it[0]), it[1]))
    return [
        _agreement(purpose, service, people, consents, stand_ins, alone, decisions, today)
        for purpose, service in ordered
    ]


def _agreement(purpose, service, people, consents, stand_ins, alone, decisions, today):
    # Who only stands in for somebody in what concerns the child has no telephone to be sent to.
    own = purpose in PERSONAL
    last = {
        (consent.person_id, consent.stand_in_id): consent
        for consent in consents
        if (consent.purpose, consent.service) == (purpose, service)
    }
    said = []
    for person in people:
        stand_in = None if own else stand_ins.get(person.pk)
        consent = last.get((person.pk, stand_in.pk if stand_in else None))
        state = consent.state_on(today) if consent else None
        counts = holds(person, stand_in or person.pk in alone)
        said.append(Said(person, counts, consent, state, stand_in))
    decision = decisions.get((purpose, service))
    voices = [each.voice for each in said]
    stands = _own(voices) if own else standing(voices, decision and _decided(decision))
    return Agreement(purpose, service, tuple(said), stands, decision)


def holds(person, decides):
    """Whether what is said by this person, or in their place, counts."""
    if decides:
        return Holds.YES
    if person.responsibility != CasePerson.YesNo.YES and person.relation in NEVER_HOLD:
        return Holds.NO
    return Holds(person.responsibility)


def _own(voices):
    """Nobody's yes waits for another's, and nobody disagrees."""
    agreed = tuple(v.who for v in voices if v.word == Word.GIVEN)
    against = tuple(v.who for v in voices if v.word in (Word.REFUSED, Word.WITHDRAWN))
    answer = Answer.PROCEEDS if agreed else Answer.REFUSED if against else Answer.WAITS
    return Standing(answer, agreed, against)


def _decided(decision):
    groups = (decision.agreed, decision.against, decision.unheard)
    return Decided(Outcome(decision.outcome), *map(frozenset, groups))


def possible_outcomes(purpose):
    """What may be decided when holders disagree: those who want to take part may be guided."""
    goes_on = Outcome.GUIDE if purpose in GUIDED else Outcome.PROCEED
    return [ConsentDecision.Result(goes_on), ConsentDecision.Result.STOP]


def recent_consents(case, today):
    """For the case page: what somebody was asked about, that which is stopped first."""
    asked = [each for each in agreements(case, today) if each.is_asked]
    return sorted(asked, key=lambda each: each.may_go_on)
