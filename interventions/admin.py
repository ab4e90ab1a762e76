"""The catalogue of services: configuration. Nothing of a family is registered here."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from interventions.models import Service
from tibir.accounts.admin import Logged


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
