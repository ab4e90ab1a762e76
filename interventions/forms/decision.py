from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from interventions.forms.recipients import RecipientsForm
from interventions.forms.screening import sentences
from interventions.kinds import ServiceKind
from referrals.kinds import Path
from referrals.routing import FOR_PARENTS, differs
from tibir.core import fields

NOTHING = "nothing"
BESIDE = {ServiceKind.SOCIAL_SKILLS, ServiceKind.CONSULTATION}


class DecisionForm(RecipientsForm):
    """What a person decides, and what the family is told. What is recommended is ticked until
    somebody says otherwise."""

    services = fields.ChoicesField(
        label=gettext_lazy("Hva får familien tilbud om?"),
        choices=[
            *sentences([each for each in ServiceKind if each != ServiceKind.SCREENING]),
            (NOTHING, gettext_lazy("Ikke noe tiltak nå")),
        ],
        required=True,
    )
    is_child_welfare = fields.TickField(
        label=gettext_lazy("Saken går også i sporet til barnevernet"),
        help_text=gettext_lazy("Står ikke i brevet til familien."),
    )
    reason = fields.TextField(
        label=gettext_lazy("Hvorfor noe annet enn anbefalingen?"),
        help_text=gettext_lazy("Bare når dere velger noe annet. Står ikke i brevet."),
        many_lines=True,
        max_length=3000,
        attrs={"rows": 3},
    )
    words = fields.TextField(
        label=gettext_lazy("Hvorfor dette, med ord til familien"),
        help_text=gettext_lazy("Står i brevet til familien. Skriv til dem, kort og vennlig."),
        many_lines=True,
        max_length=3000,
        required=True,
    )

    def __init__(self, *args, result, **kwargs):
        super().__init__(*args, **kwargs)
        self.result = result

    def clean_services(self):
        chosen = self.cleaned_data["services"]
        if not chosen:
            raise ValidationError(_("Velg hva familien får, eller «Ikke noe tiltak nå»."))
        if NOTHING in chosen:
            if len(chosen) > 1:
                raise ValidationError(_("Velg enten «Ikke noe tiltak nå» eller et tiltak."))
            return []
        if set(chosen) & BESIDE and not set(chosen) & FOR_PARENTS:
            raise ValidationError(
                _(
                    "Sosial ferdighetstrening og konsultasjon gis bare sammen med et tiltak for "
                    "foreldrene. Velg et slikt også."
                )
            )
        return chosen

    def clean(self):
        said = self.cleaned_data
        if "services" in said and "reason" in said:
            deviates = differs(said["services"], self.path, self.result)
            if deviates and not said["reason"].strip():
                self.add_error("reason", _("Skriv hvorfor dere velger noe annet enn anbefalingen."))
        self._check_recipients(said)
        return said

    @property
    def path(self):
        return Path.CHILD_WELFARE.value if self.cleaned_data.get("is_child_welfare") else ""

    def said(self):
        names = ("services", "reason", "words")
        return {name: self.cleaned_data[name] for name in names} | {"path": self.path}
