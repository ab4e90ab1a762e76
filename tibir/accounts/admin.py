"""Configuration only: people and places. Nothing of a case is ever registered here."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models import (
    Absence,
    Membership,
    Municipality,
    Qualification,
    Region,
    SchoolBreak,
    Unit,
)
from tibir.audit.record import record

admin.site.unregister(Group)
admin.site.site_header = admin.site.site_title = _("TIBIR – oppsett")
admin.site.index_title = _("Oppsett")


class Logged(admin.ModelAdmin):
    """Every change of configuration is in the log beside everything else that happened."""

    def log_addition(self, request, obj, message):
        record("configuration.added", obj, by=request.user)
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        record("configuration.changed", obj, by=request.user, fields=_changed(message))
        return super().log_change(request, obj, message)

    def log_deletions(self, request, queryset):
        for obj in queryset:
            record("configuration.removed", obj, by=request.user)
        return super().log_deletions(request, queryset)


def _changed(message):
    entries = message if isinstance(message, list) else []
    return sorted({name for e in entries for name in e.get("changed", {}).get("fields", [])})


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["unit", "municipality", "region"]

    # Nobody gives themselves a role.

    def has_add_permission(self, request, user):
        return user is None or user != request.user

    def has_change_permission(self, request, user=None):
        return user is None or user != request.user

    def has_delete_permission(self, request, user=None):
        return user is None or user != request.user


@admin.register(Region)
class RegionAdmin(Logged):
    search_fields = ["name"]


@admin.register(Municipality)
class MunicipalityAdmin(Logged):
    list_display = [
        "name",
        "slug",
        "region",
        "intake_unit",
        "accepts_referrals",
        "answer_days",
        "screening_days",
    ]
    list_select_related = ["region", "intake_unit__municipality"]
    search_fields = ["name"]
    autocomplete_fields = ["intake_unit"]


@admin.register(Unit)
class UnitAdmin(Logged):
    list_display = ["name", "municipality", "law_profile"]
    list_select_related = ["municipality"]
    list_filter = ["municipality"]
    search_fields = ["name", "municipality__name"]

    def get_readonly_fields(self, request, unit=None):
        """Its cases stay in the municipality that opened them, and so does the unit."""
        return ["municipality"] if unit else []


@admin.register(Qualification)
class QualificationAdmin(Logged):
    list_display = ["user", "kind", "status", "supervisor", "started_on", "ended_on"]
    list_select_related = ["user", "supervisor"]
    list_filter = ["kind", "status"]
    search_fields = ["user__name", "user__email"]
    autocomplete_fields = ["user", "supervisor"]


@admin.register(Absence)
class AbsenceAdmin(Logged):
    list_display = ["user", "kind", "first_on", "last_on"]
    list_select_related = ["user"]
    list_filter = ["kind"]
    search_fields = ["user__name", "user__email"]
    autocomplete_fields = ["user"]


@admin.register(SchoolBreak)
class SchoolBreakAdmin(Logged):
    list_display = ["name", "municipality", "first_on", "last_on"]
    list_select_related = ["municipality"]
    list_filter = ["municipality"]
    autocomplete_fields = ["municipality"]


@admin.register(LogEntry)
class LogEntryAdmin(admin.ModelAdmin):
    """What administrators did, to be read only."""

    list_display = ["action_time", "user", "content_type", "object_repr", "action_flag"]
    list_select_related = ["user", "content_type"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
