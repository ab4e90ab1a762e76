"""The catalogue of services: configuration. Nothing of a family is registered here."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from interventions.kinds import ServiceKind
from interventions.measuring import OCCASIONS
from interventions.models import Battery, Service
from tibir.accounts.admin import Logged
from tibir.instruments.kinds import Occasion
from tibir.instruments.models import Instrument


@admin.register(Service)
class ServiceAdmin(Logged):
    """What changes is a new row from a day; the one before it gets its last day."""

    list_display = ["kind", "municipality", "started_on", "ended_on", "least_meetings",
                    "most_meetings", "usual_meetings"]  # fmt: skip
    list_select_related = ["municipality"]
    list_filter = ["kind", "municipality"]
    ordering = ["kind", "municipality", "-started_on"]
    autocomplete_fields = ["municipality"]
    fieldsets = [
        (None, {"fields": ["kind", "municipality", "started_on", "ended_on"]}),
        (None, {"fields": ["audience", "qualification", "leader_count", "risk", "also_risk"]}),
        (
            _("Møter"),
            {
                "fields": [
                    ("least_meetings", "usual_meetings", "most_meetings"),
                    ("warn_above", "reason_above", "milestone_above"),
                    ("least_minutes", "most_minutes", "is_weekly"),
                ]
            },
        ),
        (
            _("Familier"),
            {
                "fields": [
                    ("least_families", "most_families"),
                    ("least_families_a_year", "most_families_a_year"),
                    "needs_family_course",
                    "group_is_family_course",
                ]
            },
        ),
    ]

    def get_readonly_fields(self, request, service=None):
        """A course keeps the row that it began by; what is new is a row of its own."""
        if service is None or not service.is_used:
            return []
        return [field.name for field in Service._meta.fields if field.name != "ended_on"]

    def has_delete_permission(self, request, service=None):
        return super().has_delete_permission(request, service) and not (
            service is not None and service.is_used
        )


def _instruments():
    return [(each.code, each.label) for each in Instrument.objects.newest().order_by("code")]


class BatteryForm(forms.ModelForm):
    instruments = forms.MultipleChoiceField(
        label=_("instrumenter"),
        choices=_instruments,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Bare de som er på i kommunen og passer alderen til barnet, blir planlagt."),
    )
    occasions = forms.MultipleChoiceField(
        label=_("når"),
        choices=[(each, Occasion(each).label) for each in OCCASIONS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    kind = forms.ChoiceField(
        label=_("tiltak"),
        choices=[each for each in ServiceKind.choices if each[0] != ServiceKind.SCREENING],
    )

    class Meta:
        model = Battery
        fields = [
            "kind", "municipality", "started_on", "ended_on", "instruments", "occasions",
            "is_starting_point",
        ]  # fmt: skip


@admin.register(Battery)
class BatteryAdmin(Logged):
    """Which instruments a service is measured with. What began before keeps its own plan."""

    form = BatteryForm
    list_display = ["kind", "municipality", "started_on", "ended_on", "is_starting_point"]
    list_select_related = ["municipality"]
    list_filter = ["kind", "municipality"]
    ordering = ["kind", "municipality", "-started_on"]
    autocomplete_fields = ["municipality"]
