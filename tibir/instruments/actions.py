"""What somebody does with a measurement: write it down, check it, strike it out."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tibir.audit.record import record
from tibir.cases.models import Case
from tibir.core.errors import DomainError, StaleState
from tibir.instruments import rules
from tibir.instruments.kinds import ANSWERED_BY
from tibir.instruments.models import Licence, Measurement
from tibir.instruments.scoring import band, norm_for, score, score_totals


@transaction.atomic
def confirm_licence(instrument, *, by, municipality):
    """Said once: from then on the answers to each item may be typed."""
    made, is_new = Licence.objects.get_or_create(
        municipality=municipality, licence=instrument.licence, defaults={"confirmed_by": by}
    )
    if is_new:
        record("licence.confirmed", made, by=by, licence=made.licence)
    return made


@transaction.atomic
def measure(
    informant,
    *,
    by,
    instrument,
    occasion,
    taken_on,
    answers=None,
    totals=None,
    sex="",
):
    """What one person answered on one day: `answers` by column, or `totals` by scale."""
    case = _locked(informant.case_id)
    return _write(case, informant, by, instrument, occasion, taken_on, answers, totals, sex)


def _write(case, informant, by, instrument, occasion, taken_on, answers, totals, sex, **more):
    age = case.child.age(taken_on)
    _expect_open(case, occasion)
    _expect_possible(case, informant, instrument, taken_on, age, is_items=answers is not None)
    definition = instrument.parsed
    is_items = answers is not None
    found = score(definition, answers) if is_items else score_totals(definition, totals)
    norm_set = rules.norm_set_for(instrument, case.municipality_id, taken_on, age, sex)
    norms = norm_set.norms if norm_set else []
    measurement = Measurement.objects.create(
        municipality_id=case.municipality_id,
        informant=informant,
        instrument=instrument,
        occasion=occasion,
        taken_on=taken_on,
        way=Measurement.Way.ITEMS if is_items else Measurement.Way.TOTALS,
        values=answers if is_items else totals,
        scores={
            key: _stored(each, norm_for(norms, key, age, sex))
            for key, each in found.items()
            if not each.is_blank
        },
        norm_set=norm_set,
        age=age,
        sex=sex,
        entered_by=by,
        **more,
    )
    codes = {"instrument": instrument.code, "way": measurement.way, "occasion": occasion}
    record("measurement.entered", measurement, by=by, **codes)
    return measurement


def _stored(found, norm):
    """With the band it was in by the norms of the day: it stays when the norms change."""
    code = band(norm, found.value) if norm and found.value is not None else ""
    return {
        "value": found.value,
        "answered": found.answered,
        "asked": found.asked,
        "band": code,
    }


def _expect_open(case, occasion):
    if rules.takes(case, occasion):
        return
    if rules.takes(case):
        raise DomainError(_("Saken er avsluttet. Nå kan du bare skrive inn målingen etter et halvt "
                            "år."))  # fmt: skip
    raise DomainError(_("Saken er avsluttet. Åpne den igjen før du skriver inn en måling."))


def _expect_possible(case, informant, instrument, taken_on, age, *, is_items):
    definition = instrument.parsed
    if informant.relation not in ANSWERED_BY[definition.informant]:
        raise DomainError(_("Dette instrumentet er for andre. Velg et annet instrument."))
    if age is not None and not definition.fits_age(age):
        raise DomainError(_("Barnet hadde ikke riktig alder for dette instrumentet den dagen."))
    if is_items and not rules.is_licensed(case.municipality_id, instrument):
        raise DomainError(_("Bekreft først at kommunen kan bruke instrumentet."))
    same = Measurement.objects.filter(informant=informant, instrument__code=instrument.code)
    if same.standing().filter(taken_on=taken_on).exists():
        raise DomainError(
            _("Svarene til %(name)s fra denne dagen er alt skrevet inn. Se i listen over målinger.")
            % {"name": informant.person}
        )


@transaction.atomic
def check(measurement, *, by):
    """Somebody has typed the same once more."""
    rows = Measurement.objects.standing().filter(pk=measurement.pk, checked_at=None)
    if not rows.update(checked_by=by, checked_at=timezone.now()):
        raise StaleState(_("Noen andre har alt kontrollert eller strøket målingen."))
    record("measurement.checked", measurement, by=by)


@transaction.atomic
def correct(measurement, *, by, answers):
    """What was typed the second time is what stands on the paper: it replaces the first."""
    case = _locked(measurement.informant.case_id)
    _strike(measurement, by, _("Skrevet inn på nytt. Det første stemte ikke med papiret."))
    made = _write(
        case,
        measurement.informant,
        by,
        measurement.instrument,
        measurement.occasion,
        measurement.taken_on,
        answers,
        None,
        measurement.sex,
        replaces=measurement,
    )
    check(made, by=by)
    return made


@transaction.atomic
def strike(measurement, *, by, reason):
    """It was a mistake: it stays, with the reason, and counts no more."""
    _locked(measurement.informant.case_id)
    _strike(measurement, by, reason)


def _strike(measurement, by, reason):
    rows = Measurement.objects.standing().filter(pk=measurement.pk)
    if not rows.update(struck_by=by, struck_at=timezone.now(), struck_reason=reason):
        raise StaleState(_("Noen andre har alt strøket målingen."))
    record("measurement.struck", measurement, by=by)


def _locked(case_id):
    """One at a time, so that the same answers are not written down twice."""
    cases = Case.objects.select_related("child", "municipality").select_for_update(of=["self"])
    return cases.get(pk=case_id)
