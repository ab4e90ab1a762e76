"""Who may read and write what was measured, and what an instrument needs before it is used."""

from tibir.access.roles import Kind, sees
from tibir.cases.models import CasePerson, works_inside
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.instruments.kinds import ANSWERED_BY, Occasion
from tibir.instruments.models import Licence, NormSet
from tibir.instruments.scoring import norm_for


def basis(user, case) -> str:
    """On what ground the user reads it: as a member, or as a leader who may; "" is neither."""
    if works_inside(user, case):
        return "member"
    return "role" if sees(user, Kind.MEASURE, case.unit_id) else ""


def may_read(user, case) -> bool:
    return bool(basis(user, case))


def may_measure(user, case) -> bool:
    """Write it down, check it and strike it out: those who work with the family."""
    return works_inside(user, case)


def takes(case, occasion=Occasion.SIX_MONTHS) -> bool:
    """Whether anything can be written down of that occasion now: in an open case; and when it is
    closed, what comes six months after, once it is asked for."""
    if case.is_open:
        return True
    asked = Deadline.objects.filter(kind=Due.MEASURE, case=case, begun_on__gte=case.closed_on)
    return occasion == Occasion.SIX_MONTHS and asked.filter(closed_reason="").exists()


def possible_informants(case, instrument):
    """Those of the case who can have answered this instrument."""
    relations = ANSWERED_BY[instrument.parsed.informant]
    people = CasePerson.objects.filter(case=case, relation__in=relations).current()
    return people.select_related("person").order_by("pk")


def is_licensed(municipality_id, instrument) -> bool:
    """Somebody has said that the municipality may type the answers of this instrument."""
    confirmed = Licence.objects.filter(municipality=municipality_id, licence=instrument.licence)
    return confirmed.exists()


def norm_set_for(instrument, municipality_id, day, age, sex=""):
    """The norms that hold for such a child on that day; None when none is filled in."""
    for norm_set in NormSet.objects.valid_for(instrument.code, municipality_id, day):
        found = (norm_for(norm_set.norms, s.key, age, sex) for s in instrument.parsed.scales)
        if any(norm and norm.bands for norm in found):
            return norm_set
    return None


def asks_for_sex(instrument, municipality_id, day) -> bool:
    """Only where some norm is different for girls and boys."""
    sets = NormSet.objects.valid_for(instrument.code, municipality_id, day)
    return any(norm.sex for norm_set in sets for norm in norm_set.norms)
