"""What the rules of routing speak of, in plain words: services, facts, operators and findings."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Service(models.TextChoices):
    SCREENING = "screening", _("kartlegging")
    COUNSELLING = "counselling", _("rådgivning")
    PMTO_THERAPY = "pmto_therapy", _("PMTO-terapi")
    PARENT_GROUP = "parent_group", _("PMTO-gruppe (foreldrekurs)")
    SOCIAL_SKILLS = "social_skills", _("sosial ferdighetstrening")
    CONSULTATION = "consultation", _("konsultasjon i barnehage eller skole")


class Path(models.TextChoices):
    CHILD_WELFARE = "child_welfare", _("sporet til barnevernet")


class Risk(models.TextChoices):
    UNIVERSAL = "universal", _("universelt")
    SELECTIVE = "selective", _("selektivt")
    INDICATED = "indicated", _("indikert")


class Priority(models.TextChoices):
    NORMAL = "normal", _("vanlig")
    HIGH = "high", _("høy")
    URGENT = "urgent", _("haster")


FACTS = {
    "age": _("barnets alder i år"),
    "thrives": _("hvordan foreldrene trives i rollen"),
    "worries": _("foreldrene har bekymringer eller utfordringer"),
    "ecbi_intensity_first": _("ECBI intensitet (første foresatte)"),
    "ecbi_intensity_second": _("ECBI intensitet (andre foresatte)"),
    "ecbi_problem_first": _("ECBI problem (første foresatte)"),
    "ecbi_problem_second": _("ECBI problem (andre foresatte)"),
    "pss_first": _("PSS (første foresatte)"),
    "pss_second": _("PSS (andre foresatte)"),
    "sdq_parent": _("SDQ (foreldre)"),
    "sdq_teacher": _("SDQ (barnehage eller skole)"),
    "negativity_months": _("måneder med gjensidig negativitet"),
    "serious": _("vanskene er alvorlige"),
    "burdens": _("belastninger i familien"),
    "behaviour_problems": _("kartlagte atferdsvansker hos barnet"),
    "arenas": _("hvor vanskene viser seg"),
    "earlier": _("tiltak familien har hatt før"),
    "preference": _("hva foreldrene ønsker"),
    "suits_group": _("familien passer i gruppe"),
    "agrees_to_contact": _("foreldrene sier ja til kontakt med barnehage eller skole"),
    "violence_or_neglect": _("bekymring for vold eller omsorgssvikt"),
}

_BAND = {
    "below": _("under grensen"),
    "borderline": _("i grenseområdet"),
    "above": _("over grensen"),
}
# What each value of a fact is called; a number and a yes or no say themselves.
VALUES = {
    "age": {
        "under_3": _("under 3 år"),
        "target": _("3–12 år"),
        "over_12": _("over 12 år"),
    },
    "thrives": {"well": _("godt"), "mixed": _("delvis"), "badly": _("dårlig")},
    "ecbi_intensity_first": _BAND,
    "ecbi_intensity_second": _BAND,
    "ecbi_problem_first": _BAND,
    "ecbi_problem_second": _BAND,
    "pss_first": _BAND,
    "pss_second": _BAND,
    "sdq_parent": _BAND,
    "sdq_teacher": _BAND,
    "negativity_months": {
        "none": _("ingen"),
        "short": _("under seks måneder"),
        "long": _("seks måneder eller mer"),
    },
    "burdens": {
        "health": _("sykdom"),
        "mental_health": _("psykiske vansker hos en voksen"),
        "substance": _("rus"),
        "economy": _("økonomi eller bolig"),
        "conflict": _("konflikt mellom foreldrene"),
        "loss": _("tap eller brudd"),
        "other": _("annet"),
    },
    "arenas": {
        "home": _("hjemme"),
        "kindergarten": _("i barnehagen"),
        "school": _("på skolen"),
        "leisure": _("i fritiden"),
    },
    "earlier": dict(Service.choices),
    "preference": {
        "group": _("gruppe"),
        "individual": _("hjelp alene"),
        "either": _("begge deler er greit"),
        "nothing": _("ikke noe tiltak nå"),
    },
}

# How one condition is asked for in a form, by the type of its fact. Of a number it is told by
# which fields are filled in.
OPERATORS = {
    "choice": {"one_of": _("er en av"), "none_of": _("er ingen av")},
    "set": {
        "any_of": _("har minst én av"),
        "all_of": _("har alle av"),
        "none_of": _("har ingen av"),
        "count_at_least": _("har minst så mange"),
    },
}

FINDINGS = {
    "unknown_fact": _("Vilkåret spør om noe TIBIR ikke vet om."),
    "wrong_operator": _("Vilkåret kan ikke brukes på dette."),
    "wrong_type": _("Verdien i vilkåret passer ikke til det den gjelder."),
    "no_such_choice": _("Vilkåret spør om et svar som ikke finnes."),
    "out_of_range": _("Tallet i vilkåret er utenfor det som er mulig."),
    "backwards": _("Vilkåret har en øvre grense som er lavere enn den nedre."),
    "no_band": _("Vilkåret spør om et trinn som ikke finnes."),
    "nothing": _("Vilkåret har ingen verdi. Velg minst én."),
    "always": _("Vilkåret holder for alle verdier, og skiller ikke mellom noen."),
    "no_rules": _("Det er ingen regler på noe trinn."),
    "no_sentence": _("Regelen mangler forklaring. Skriv én setning som kan leses høyt."),
    "nothing_recommended": _("Regelen anbefaler ingenting. Velg et tiltak, eller sporet til "
                             "barnevernet."),
    "unknown_outcome": _("Regelen anbefaler noe TIBIR ikke kjenner."),
    "alone": _("Sosial ferdighetstrening og konsultasjon gis bare sammen med et tiltak for "
               "foreldrene. Flytt regelen til tilleggene, eller velg et foreldretiltak også."),
    "contradictory": _("Vilkårene motsier hverandre, så regelen kan aldri slå til."),
    "unreachable": _("Regelen slår aldri til: et tidligere trinn svarer alltid før den."),
    "only_when_unknown": _("Regelen slår bare til når noe er ukjent. Er alt kjent, svarer et "
                           "tidligere trinn."),
    "not_checked": _("Regelen er for sammensatt til å etterprøve om den kan slå til."),
    "gap": _("Ingen regel svarer for familier der"),
    "more_gaps": _("Det er flere slike familier enn de som står her."),
    "gaps_not_checked": _("Reglene er for sammensatte til å finne hvem ingen regel svarer for."),
}  # fmt: skip
