"""What was measured in some families of Fjordvik: two parents who do not see the same child."""

from datetime import timedelta

from django.utils import timezone

from tibir.cases.models import CasePerson
from tibir.instruments import actions
from tibir.instruments.models import Instrument

# Answers as somebody circled them, item by item; the parents of one child see opposite things.
FATHERS = {
    "intensity": [int(each) for each in "535464535645546353645546354554635456"],
    "problem": [int(each) for each in "101111011101110100110111011011010111"],
}
MOTHERS = {
    "intensity": [int(each) for each in "323232131232323223132232312232232132"],
    "problem": [int(each) for each in "000100001000000010000000100000000010"],
}
STRESS = [int(each) for each in "332334434322433233"]


def measure(municipality, *, by):
    """`by` works with the families, and has confirmed that the municipality may use the forms."""
    instruments = {each.code: each for each in Instrument.objects.newest()}
    for code in ("ecbi", "pss"):
        actions.confirm_licence(instruments[code], by=by, municipality=municipality)
    people = {
        each.person.name: each
        for each in CasePerson.objects.filter(case__municipality=municipality).select_related(
            "person", "case__child"
        )
    }

    def write(name, code, days_ago, occasion, **answers):
        day = timezone.localdate() - timedelta(days=days_ago)
        return actions.measure(
            people[name],
            by=by,
            instrument=instruments[code],
            occasion=occasion,
            taken_on=day,
            **answers,
        )

    father = write("Åge Tverrelv", "ecbi", 3, "before", answers=FATHERS)
    actions.check(father, by=by)
    write("Siv Tverrelv", "ecbi", 2, "before", answers=MOTHERS)
    write("Åge Tverrelv", "pss", 3, "before", answers={"items": STRESS})
    write("Siv Tverrelv", "pss", 2, "before", totals={"stress": 38})
    # From a course that she has had before, on paper that the service had kept.
    write("Grete Myhrvold", "ecbi", 240, "other", totals={"intensity": 171, "problem": 21})
    write("Grete Myhrvold", "ecbi", 1, "before", totals={"intensity": 148, "problem": 17})
