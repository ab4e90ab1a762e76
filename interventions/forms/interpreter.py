from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.forms.meeting import sentences
from interventions.models import Attendance
from tibir.core import fields


class InterpreterForm(forms.Form):
    language = fields.TextField(
        label=gettext_lazy("Språk"),
        help_text=gettext_lazy("Tegnspråk også. Tømmer du feltet, er det ingen tolk."),
        max_length=50,
    )
    interpreting = fields.ChoiceField(
        label=gettext_lazy("Hvordan tolkes det?"), choices=sentences(Attendance.Mode)
    )
    ordered_on = fields.DayField(
        label=gettext_lazy("Bestilt"),
        help_text=gettext_lazy("Tomt til tolken er bestilt."),
        latest=timezone.localdate,
    )
    interpreter = fields.ChoiceField(
        label=gettext_lazy("Hvem tolker?"),
        choices=[*sentences(Attendance.Interpreter), ("", gettext_lazy("Vet ikke ennå"))],
    )
    why_other = fields.TextField(
        label=gettext_lazy("Hvorfor ikke en tolk i registeret?"), max_length=300
    )
    is_adult = fields.TickField(
        label=gettext_lazy("Tolken er over 18 år"),
        help_text=gettext_lazy("Et barn tolker aldri, heller ikke for foreldrene sine."),
    )

    def clean(self):
        said = self.cleaned_data
        if not said.get("language"):
            return said
        if not said.get("interpreting") and "interpreting" not in self.errors:
            self.add_error("interpreting", _("Velg hvordan det tolkes."))
        if said.get("interpreter") == Attendance.Interpreter.OTHER:
            if not said.get("why_other") and "why_other" not in self.errors:
                self.add_error("why_other", _("Skriv hvorfor det ikke er en tolk i registeret."))
            if not said.get("is_adult"):
                self.add_error("is_adult", _("Et barn tolker aldri. Finn en voksen tolk."))
        else:
            said |= {"why_other": "", "is_adult": False}
        return said


def known_interpreter(attendance):
    """What stands there; else the language that the family has told of."""
    person = attendance.person.person
    day = attendance.ordered_on
    return {
        "language": attendance.language or (person.language if person.interpreter else ""),
        "interpreting": attendance.interpreting,
        "ordered_on": day.strftime("%d.%m.%Y") if day else "",
        "interpreter": attendance.interpreter,
        "why_other": attendance.why_other,
        "is_adult": attendance.is_adult,
    }
