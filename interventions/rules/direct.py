"""Who may register, screen and begin with a family at once, and where."""

from django.db.models import Q

from interventions.kinds import ServiceKind
from interventions.models import Service
from tibir.access.roles import held_by
from tibir.accounts.models import Membership, Qualification, Role

GIVEN = (ServiceKind.SCREENING, ServiceKind.COUNSELLING)


def may_start_at_once(user, today) -> bool:
    """Whoever has no such work or no training is told so by two look-ups at most."""
    return bool(places_to_start(user, today))


def places_to_start(user, today):
    """{municipality: the unit that the family is given to}: where the user works with families,
    and is trained or in training to screen and to give rådgivning on that day."""
    works = [m for m in held_by(user) if m.role == Role.PRACTITIONER]
    if not works:
        return {}
    known = Qualification.objects.on(today).filter(user=user)
    known = set(known.values_list("kind", flat=True))
    if not known:
        return {}
    found = {}
    for membership in works:
        unit = membership.unit or membership.municipality.intake_unit
        place = membership.municipality or unit.municipality
        if place.intake_unit_id is None or not _asked_for(place, today) <= known:
            continue
        is_intake = unit.pk == place.intake_unit_id
        if is_intake or (place not in found and _receives(unit)):
            found[place] = unit
    return found


def _asked_for(place, today):
    """What one must be trained in there; None among them where a service is not given."""
    rows = Service.objects.offered_by(place, today).filter(kind__in=GIVEN)
    asked = dict(rows.values_list("kind", "qualification"))
    return {asked.get(kind) for kind in GIVEN}


def _receives(unit):
    """Somebody there takes what comes."""
    here = Q(unit=unit) | Q(municipality=unit.municipality_id)
    return Membership.objects.current().filter(here, role=Role.COORDINATOR).exists()
