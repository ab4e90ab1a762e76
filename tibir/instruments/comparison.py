"""Measurements beside each other: what it was before, and what others who know the child say."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from tibir.core.dates import short_date
from tibir.instruments import rules
from tibir.instruments.kinds import Band, Way, color_of, levels_of
from tibir.instruments.models import Measurement
from tibir.instruments.scoring import are_opposite, is_reliable, norm_for, reliable_change


@dataclass(frozen=True)
class Line:
    """One scale of one measurement, as the page says it."""

    name: str
    value: int | None
    least: int
    most: int
    band: str
    color: str
    missing: str
    before: str
    change: str


@dataclass(frozen=True)
class Reading:
    """One measurement as the page shows it."""

    measurement: Measurement
    lines: tuple[Line, ...]
    said: tuple[str, ...]  # what one must know of it


def readings(measurements, child) -> list[Reading]:
    """All of a case, in the order they are given: those struck out are compared with nothing."""
    standing = [each for each in measurements if not each.is_struck]
    found = []
    for each in measurements:
        before = None if each.is_struck else _before(each, standing)
        found.append(Reading(each, tuple(_lines(each, before)), tuple(_said(each, child))))
    return found


def _before(measurement, others):
    """The last one before this, of the same instrument from the same person."""
    earlier = [
        other
        for other in others
        if other.instrument.code == measurement.instrument.code
        and other.informant_id == measurement.informant_id
        and (other.taken_on, other.pk) < (measurement.taken_on, measurement.pk)
    ]
    return max(earlier, key=lambda other: (other.taken_on, other.pk), default=None)


def _lines(measurement, before):
    definition = measurement.instrument.parsed
    for scale in definition.scales:
        stored = measurement.scores.get(scale.key)
        if stored is None:
            continue
        least, most = definition.range_of(scale.key)
        then = before.scores.get(scale.key) if before else None
        known = then is not None and then["value"] is not None
        yield Line(
            name=_(scale.name),
            value=stored["value"],
            least=least,
            most=most,
            band=str(Band(stored["band"]).label) if stored["band"] else "",
            color=color_of(stored["band"]),
            missing=_missing(stored),
            before=f"{then['value']} ({short_date(before.taken_on)})" if known else "",
            change=_change(measurement, scale, stored, then) if known else "",
        )


def _missing(stored):
    if stored["answered"] is None:
        return ""
    gone = stored["asked"] - stored["answered"]
    about = {"gone": gone, "asked": stored["asked"]}
    if not gone:
        return "" if stored["value"] is not None else _("Kan ikke regnes ut.")
    if stored["value"] is None:
        return _("Kan ikke regnes ut: %(gone)d av %(asked)d ledd mangler.") % about
    return _("%(gone)d av %(asked)d ledd mangler.") % about


def _change(measurement, scale, stored, then):
    """In points; that it is more than chance only where the norms have what that takes."""
    if stored["value"] is None:
        return ""
    points = stored["value"] - then["value"]
    said = "±0" if not points else f"{points:+d}".replace("-", "−")
    norms = measurement.norm_set.norms if measurement.norm_set else []
    norm = norm_for(norms, scale.key, measurement.age, measurement.sex)
    if norm is None or norm.sd is None or norm.reliability is None:
        return said
    rci = reliable_change(then["value"], stored["value"], norm.sd, norm.reliability)
    if is_reliable(rci):
        return _("%(points)s, mer enn tilfeldigheter kan forklare") % {"points": said}
    return _("%(points)s, kan være tilfeldig") % {"points": said}


def _said(measurement, child):
    if measurement.norm_set is None:
        yield _("Ingen grenseverdier er fylt inn for dette. Skårene står uten nivå.")
    now = child.age(measurement.taken_on)
    if now == measurement.age:
        return
    if now is None:
        yield _("Fødselsdatoen er fjernet siden. Skårene står som de ble regnet ut.")
    elif measurement.age is None:
        yield _("Fødselsdatoen er skrevet inn siden: barnet var %(now)d år.") % {"now": now}
        yield _after_correction(measurement, now)
    else:
        ages = {"now": now, "then": measurement.age}
        yield _("Fødselsdatoen er rettet siden: barnet var %(now)d år, ikke %(then)d.") % ages
        yield _after_correction(measurement, now)


def _after_correction(measurement, now):
    """What the norms would be now; what was counted stays."""
    definition = measurement.instrument.parsed
    if not definition.fits_age(now):
        return _("Instrumentet er ikke for den alderen. Skårene står som de ble regnet ut.")
    after = rules.norm_set_for(
        measurement.instrument,
        measurement.municipality_id,
        measurement.taken_on,
        now,
        measurement.sex,
    )
    if _rows(measurement, measurement.norm_set, measurement.age) == _rows(measurement, after, now):
        return _("Normgruppen er den samme.")
    return _("Normgruppen er en annen nå. Skårene står som de ble regnet ut.")


def _rows(measurement, norm_set, age):
    norms = norm_set.norms if norm_set else []
    scales = measurement.instrument.parsed.scales
    return [norm_for(norms, scale.key, age, measurement.sex) for scale in scales]


def answers(measurement):
    """Each column with its answers as they were typed; nothing where only totals were."""
    if measurement.way != Way.ITEMS:
        return []
    found = []
    for column in measurement.instrument.parsed.columns:
        given = measurement.values.get(column.key)
        if given:
            cells = list(zip(column.numbers, given, strict=True))
            found.append({"name": _(column.name), "cells": cells})
    return found


@dataclass(frozen=True)
class Picture:
    """What one person's answers say of one scale."""

    informant: str
    value: int
    band: str
    color: str


@dataclass(frozen=True)
class Side:
    """One scale, as several people see it at about the same time."""

    name: str
    pictures: tuple[Picture, ...]
    is_opposite: bool


@dataclass(frozen=True)
class Beside:
    """The same questions, answered by several people at one occasion."""

    name: str
    sides: tuple[Side, ...]

    @property
    def said(self):
        """When they see opposite things, in what."""
        names = [side.name for side in self.sides if side.is_opposite]
        return names and _(
            "De ser dette ulikt: %(names)s. Begge kan ha rett. Spør når og hvor det skjer, før du "
            "legger vekt på det ene."
        ) % {"names": ", ".join(names)}

    @property
    def informants(self):
        return [picture.informant for picture in self.sides[0].pictures]


def beside(measurements) -> list[Beside]:
    """Where two or more have answered the same questions at the same occasion: the newest of each
    of them, the newest occasion first. Versions for parents and for teachers ask the same."""
    groups = {}
    for each in sorted(measurements, key=lambda each: (each.taken_on, each.pk), reverse=True):
        if not each.is_struck:
            of_all = groups.setdefault((each.instrument.licence, each.occasion), {})
            of_all.setdefault(each.informant_id, each)
    found = [_beside(list(of_all.values())) for of_all in groups.values() if len(of_all) > 1]
    return [each for each in found if each.sides]


def _beside(answers):
    """Only the scales that all of them have."""
    answers.sort(key=lambda each: each.informant_id)
    shared = [
        scale
        for scale in answers[0].instrument.parsed.scales
        if all((each.scores.get(scale.key) or {}).get("value") is not None for each in answers)
    ]
    names = dict.fromkeys(each.instrument.label for each in answers)
    occasion = answers[0].get_occasion_display()
    sides = tuple(_side(scale, answers) for scale in shared)
    return Beside(f"{', '.join(names)} – {occasion}", sides)


def _side(scale, answers):
    codes = [each.scores[scale.key]["band"] for each in answers]
    pictures = tuple(
        Picture(
            str(each.informant.person),
            each.scores[scale.key]["value"],
            str(Band(code).label) if code else "",
            color_of(code),
        )
        for each, code in zip(answers, codes, strict=True)
    )
    return Side(_(scale.name), pictures, are_opposite(levels_of(codes)))
