from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tibir.core import fields


class PractitionerForm(forms.Form):
    practitioner = fields.SelectField(
        label=gettext_lazy("Hvem skal møte familien?"),
        help_text=gettext_lazy(
            "De som har opplæring i dette, arbeider i enheten og ikke er inhabile."
        ),
        choices=[],
        required=True,
    )

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.people = {str(user.pk): user for user in people}
        choices = [("", _("Velg")), *((pk, _named(user)) for pk, user in self.people.items())]
        self.fields["practitioner"].choices = choices
        self.fields["practitioner"].widget.choices = choices

    def clean_practitioner(self):
        return self.people[self.cleaned_data["practitioner"]]


def _named(user):
    """With who supervises, and how much somebody has from before."""
    name = user.name
    if user.trained_by:
        name = _("%(name)s (under opplæring, veiledes av %(supervisor)s)") % {
            "name": user.name,
            "supervisor": user.trained_by,
        }
    load = ngettext("%(n)d åpent tiltak", "%(n)d åpne tiltak", user.open_count)
    load = load % {"n": user.open_count} if user.open_count else _("ingen åpne tiltak")
    return f"{name}: {load}"


class SomewhereForm(forms.Form):
    """Somebody in one of several units. `people` are (unit, practitioner)."""

    practitioner = fields.SelectField(
        label=gettext_lazy("Hvem skal gi tiltaket?"),
        help_text=gettext_lazy(
            "De som har opplæring i dette og ikke er inhabile. Notatene følger loven i enheten."
        ),
        choices=[],
        required=True,
    )
    wider_basis = fields.TextField(
        label=gettext_lazy("Samtykke eller hjemmel for å se mer"),
        help_text=gettext_lazy(
            "Bare når tiltaket gis av en annen enhet enn sakens. Uten dette ser de tiltak, datoer "
            "og kontakt."
        ),
        max_length=200,
    )

    def __init__(self, *args, case, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.case = case
        self.people = {f"{unit.pk}-{user.pk}": (unit, user) for unit, user in people}
        choices = [("", _("Velg"))]
        choices += [(key, self._somewhere(*each)) for key, each in self.people.items()]
        self.fields["practitioner"].choices = choices
        self.fields["practitioner"].widget.choices = choices
        if all(unit.pk == case.unit_id for unit, _user in self.people.values()):
            del self.fields["wider_basis"]

    def _somewhere(self, unit, user):
        return _named(user) if unit.pk == self.case.unit_id else f"{_named(user)}, {unit.name}"

    def clean(self):
        said = self.cleaned_data
        if said.get("practitioner"):
            unit, _user = self.people[said["practitioner"]]
            if said.get("wider_basis") and unit.pk == self.case.unit_id:
                self.add_error(
                    "wider_basis", _("Bare når tiltaket gis av en annen enhet. La feltet stå tomt.")
                )
        return said

    def said(self):
        unit, user = self.people[self.cleaned_data["practitioner"]]
        basis = self.cleaned_data.get("wider_basis", "")
        return {"unit": unit, "practitioner": user, "wider_basis": basis}


class PlanForm(SomewhereForm):
    """`beside` are courses of the parents, `siblings` linked cases, as far as there are any."""

    beside = fields.SelectField(
        label=gettext_lazy("Ved siden av"),
        help_text=gettext_lazy(
            "Tiltaket for foreldrene. Det må være takket ja til, eller i gang, før dette begynner."
        ),
        choices=[],
    )
    siblings = fields.ChoicesField(
        label=gettext_lazy("Gjelder tiltaket også søsken?"),
        help_text=gettext_lazy("Det er fortsatt ett tiltak. Mål og målinger er for hvert barn."),
        choices=[],
    )

    def __init__(self, *args, beside, siblings, **kwargs):
        super().__init__(*args, **kwargs)
        self.beside = {str(course.pk): course for course in beside}
        self.siblings = {str(case.pk): case for case in siblings}
        if self.beside:
            choices = [("", _("Velg senere")), *described(self.beside)]
            self.fields["beside"].choices = self.fields["beside"].widget.choices = choices
        else:
            del self.fields["beside"]
        if self.siblings:
            self.fields["siblings"].choices = [
                (pk, case.child.name) for pk, case in self.siblings.items()
            ]
        else:
            del self.fields["siblings"]

    def said(self):
        return super().said() | {
            "beside": self.beside.get(self.cleaned_data.get("beside")),
            "siblings": [self.siblings[pk] for pk in self.cleaned_data.get("siblings", [])],
        }


def described(courses):
    said = _("%(what)s hos %(name)s, %(state)s")
    return [
        (
            pk,
            said
            % {
                "what": capfirst(str(course)),
                "name": course.practitioner,
                "state": course.get_state_display(),
            },
        )
        for pk, course in courses.items()
    ]


class TransferForm(SomewhereForm):
    reason = fields.TextField(
        label=gettext_lazy("Begrunnelse"), required=True, many_lines=True, max_length=1000
    )

    def said(self):
        return super().said() | {"reason": self.cleaned_data["reason"]}


class SiblingsForm(forms.Form):
    siblings = fields.ChoicesField(
        label=gettext_lazy("Hvilke søsken gjelder tiltaket også?"),
        help_text=gettext_lazy("Bare søsken som er knyttet sammen i TIBIR."),
        choices=[],
    )

    def __init__(self, *args, siblings, **kwargs):
        super().__init__(*args, **kwargs)
        self.siblings = {str(case.pk): case for case in siblings}
        self.fields["siblings"].choices = [
            (pk, case.child.name) for pk, case in self.siblings.items()
        ]

    def clean_siblings(self):
        chosen = self.cleaned_data["siblings"]
        if any(pk not in self.siblings for pk in chosen):
            raise ValidationError(
                _("Bare søsken som er knyttet sammen i TIBIR, kan dele et tiltak.")
            )
        return [self.siblings[pk] for pk in chosen]
