"""Complaints: of how somebody was met, or of what was decided."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tibir.access.roles import Kind, units_where
from tibir.accounts.models import Municipality, Unit, User
from tibir.calendar import terms
from tibir.cases.models.case import Case
from tibir.cases.models.member import known_to
from tibir.cases.models.person import STRICT
from tibir.core.encryption import EncryptedTextField
from tibir.core.transitions import Stateful


class ComplaintQuerySet(models.QuerySet):
    def visible_to(self, user):
        """By a role in the unit that it came to, and never more than one may know of the case."""
        known = Q(case=None) | known_to(user, "case")
        by_role = Q(unit__in=units_where(user, Kind.COMPLAINT))
        # Of a case under strict protection only the cleared members are left to see it.
        return self.filter(known, by_role | Q(case__grade__in=STRICT))

    def open(self):
        return self.filter(state=Complaint.State.RECEIVED)

    def for_list(self):
        return self.select_related("unit", "case__child").order_by("-received_on", "-pk")

    def before(self, received_on, pk):
        """The rows that follow this one in the list."""
        return self.filter(Q(received_on__lt=received_on) | Q(received_on=received_on, pk__lt=pk))


class Complaint(Stateful):
    """Somebody says that something is wrong. It is answered, or sent on with the whole file."""

    class Sort(models.TextChoices):
        SERVICE = "service", _("serviceklage")
        ADMINISTRATIVE = "administrative", _("forvaltningsklage")
        HEALTH = "health", _("helseklage")

    class Channel(models.TextChoices):
        LETTER = "letter", _("brev")
        EMAIL = "email", _("e-post eller skjema")
        PHONE = "phone", _("telefon")
        IN_PERSON = "in_person", _("oppmøte")

    class State(models.TextChoices):
        RECEIVED = "received", _("mottatt")
        ANSWERED = "answered", _("besvart")
        FORWARDED = "forwarded", _("sendt videre")
        WITHDRAWN = "withdrawn", _("trukket")

    class Outcome(models.TextChoices):
        UPHELD = "upheld", _("medhold")
        PARTLY = "partly", _("delvis medhold")
        NOT_UPHELD = "not_upheld", _("ikke medhold")

    TRANSITIONS = {
        State.RECEIVED: {State.ANSWERED, State.FORWARDED, State.WITHDRAWN},
        State.ANSWERED: set(),
        State.FORWARDED: set(),
        State.WITHDRAWN: set(),
    }

    # How many weeks somebody has to complain after they were told (forvaltningsloven; pasient- og
    # brukerrettighetsloven § 7-5). A complaint of the service has no last day.
    WEEKS = {Sort.ADMINISTRATIVE: 3, Sort.HEALTH: 4}
    # How many weeks we take ourselves at the most, by our own rule.
    OUR_WEEKS = {Sort.SERVICE: 3, Sort.ADMINISTRATIVE: 3, Sort.HEALTH: 4}

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("enhet")
    )
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="complaints")
    sort = models.CharField(_("slag"), max_length=20, choices=Sort)
    channel = models.CharField(_("hvordan den kom"), max_length=10, choices=Channel)
    received_on = models.DateField(_("mottatt"))
    complainant = EncryptedTextField(_("hvem som klager"))
    about = EncryptedTextField(_("hva det gjelder"))
    told_on = models.DateField(_("fikk vite om avgjørelsen"), null=True)
    due_on = models.DateField(_("frist"))
    state = models.CharField(_("status"), max_length=10, choices=State, default=State.RECEIVED)
    outcome = models.CharField(_("utfall"), max_length=10, choices=Outcome, blank=True)
    forwarded_to = models.CharField(_("sendt til"), max_length=200, blank=True)
    explanation = EncryptedTextField(_("svaret i korte trekk"), default="")
    ended_on = models.DateField(_("avsluttet"), null=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = _("klage")
        verbose_name_plural = _("klager")
        indexes = [
            models.Index(fields=["unit", "-received_on", "-id"], name="complaint_of_unit"),
        ]
        constraints = [
            models.CheckConstraint(
                name="complaint_ended_has_a_day",
                condition=Q(state="received") ^ Q(ended_on__isnull=False),
            ),
            models.CheckConstraint(
                name="complaint_answered_has_an_outcome",
                condition=Q(state="answered") ^ Q(outcome=""),
                violation_error_message=_("Velg om klageren fikk medhold."),
            ),
            models.CheckConstraint(
                name="complaint_forwarded_has_a_receiver",
                condition=Q(state="forwarded") ^ Q(forwarded_to=""),
                violation_error_message=_("Skriv hvem klagen er sendt til."),
            ),
            models.CheckConstraint(
                name="complaint_is_due_after_it_came",
                condition=Q(due_on__gt=F("received_on")),
            ),
        ]

    def __str__(self):
        return f"{self.get_sort_display()} {self.pk}"

    @classmethod
    def due_after(cls, sort, received_on: date) -> date:
        """Our own last day; weeks by domstolloven §§ 148–149, so always a working day."""
        return terms.weeks(received_on, cls.OUR_WEEKS[sort])

    @property
    def last_day(self):
        """The last day on which it could be sent; None where there is none, or nobody knows."""
        weeks = self.WEEKS.get(self.sort)
        return terms.weeks(self.told_on, weeks) if weeks and self.told_on else None

    @property
    def is_late(self):
        return self.last_day is not None and self.received_on > self.last_day
