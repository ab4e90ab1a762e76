from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from interventions import rules
from interventions.forms.meeting import A_YEAR, MEETING_FIELDS, MeetingForm
from interventions.models.meeting import WITH_OTHERS
from tibir.accounts.models import SchoolBreak
from tibir.calendar.series import Slot, hours_of, weekly
from tibir.core import fields

MOST = 60


class SeriesForm(MeetingForm):
    """The first of several, how many, and what they go around."""

    field_order = ["day", "starts", "ends", "count", "skips_breaks"]

    count = fields.NumberField(
        label=gettext_lazy("Hvor mange møter?"), least=2, most=MOST, required=True
    )
    skips_breaks = fields.TickField(label=gettext_lazy("Ingen møter i skoleferiene"))

    def __init__(self, *args, course, today, room, **kwargs):
        super().__init__(*args, course=course, today=today, **kwargs)
        self.room = room
        self.fields["day"].label = _("Første dag")
        self.fields["day"].help_text = _("Møtene er samme ukedag og klokkeslett hver uke.")
        place = course.unit.municipality_id
        ahead = SchoolBreak.objects.filter(municipality=place).between(today, today + A_YEAR)
        if not ahead.exists():
            del self.fields["skips_breaks"]
        self.slots = []

    def _ask_about(self, day):
        """Days off are gone around, and shown."""
        self.fields.pop("despite", None)

    def clean(self):
        said = super().clean()
        count = said.get("count")
        counts = said.get("kind") not in WITH_OTHERS
        if count and counts and count > self.room:
            self.add_error("count", self._too_many())
        elif count and not self.errors:
            self.slots = self._slots(count)
            found = len(self.times)
            if found < count:
                self.add_error("count", self._too_few(found))
        return said

    def _too_many(self):
        said = ngettext(
            "Det er plass til ett møte til i tiltaket.",
            "Det er plass til %(n)d møter til i tiltaket.",
            self.room,
        ) % {"n": self.room}
        return said + " " + _("Trengs det flere, kan du be om en forlengelse.")

    def _too_few(self, found):
        return ngettext(
            "Det blir bare ett møte innen et år. Velg færre.",
            "Det blir bare %(n)d møter innen et år. Velg færre.",
            found,
        ) % {"n": found}

    def _slots(self, count):
        said, user = self.cleaned_data, self.course.practitioner
        first, until = said["day"], self.today + A_YEAR
        breaks_of = self.course.unit.municipality_id if said.get("skips_breaks") else None
        off = rules.days_off(user, first, until, breaks_of)
        is_taken = rules.taken_times(user, first, until)

        def closed(day):
            if why := off(day) or rules.clocks_change(day, said["starts"], said["ends"]):
                return why
            return _("opptatt da") if is_taken(day, said["starts"], said["ends"]) else ""

        return weekly(first, count, closed, until)

    @property
    def times(self):
        """When they meet: (start, end) of each."""
        said = self.cleaned_data
        return [
            hours_of(slot.day, said["starts"], said["ends"]) for slot in self.slots if not slot.why
        ]

    @property
    def seen(self):
        """What was shown, so that nothing else is agreed."""
        return " ".join(start.strftime("%Y%m%dT%H%M") for start, _end in self.times)

    def said(self):
        rest = {name: self.cleaned_data[name] for name in MEETING_FIELDS}
        return {"times": self.times, **rest}


__all__ = ["SeriesForm", "Slot"]
