"""On which days a practitioner meets no family, and why."""

from datetime import timedelta

from django.utils.translation import gettext as _

from interventions.models import MeetingStaff
from tibir.accounts.models import Absence, SchoolBreak
from tibir.calendar.oslo import end_of, start_of
from tibir.calendar.series import hours_of, is_public_holiday, lasts


def days_off(user, first, last, breaks_of=None):
    """A function that says why nobody meets on a day, or nothing: public holidays, the user's
    absences, and the school breaks of a municipality where they are asked for."""
    away = list(Absence.objects.filter(user=user).between(first, last))
    breaks = SchoolBreak.objects.filter(municipality=breaks_of).between(first, last)
    breaks = list(breaks) if breaks_of else []

    def why(day):
        if is_public_holiday(day):
            return _("offentlig fridag")
        if any(each.first_on <= day <= each.last_on for each in away):
            return _("fravær")
        return next((b.name for b in breaks if b.first_on <= day <= b.last_on), "")

    return why


def taken_times(user, first, last):
    """A function that says whether somebody is in another meeting in some hours of a day."""
    taken = MeetingStaff.objects.taken(user, start_of(first), end_of(last))
    taken = list(taken.values_list("starts_at", "ends_at"))

    def is_taken(day, starts, ends):
        start, end = hours_of(day, starts, ends)
        return any(begun < end and over > start for begun, over in taken)

    return is_taken


def clocks_change(day, starts, ends):
    """Why nobody meets in hours that are no time at all that night; else nothing."""
    is_none = lasts(*hours_of(day, starts, ends)) <= timedelta(0)
    return _("klokken stilles om") if is_none else ""
