"""When a family meets those who help it, who came, and that nobody is in two places at once."""

from contextlib import contextmanager

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interventions.models.course import Course, seen_of
from interventions.states import MEETING_TRANSITIONS, MeetingState
from tibir.accounts.models import User
from tibir.cases.models import CasePerson
from tibir.core.errors import DomainError
from tibir.core.ranges import moments, same_number
from tibir.core.transitions import Stateful

WITH_OTHERS = ["school_meeting", "team"]  # these never count, whoever is there
MOST_MINUTES = 480
TIME_OF_ONE = int.from_bytes(b"time")  # the first half of a lock; the second is who it is


class MeetingQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(*seen_of(user, "course"))

    def led_by(self, user):
        return self.filter(staff__user=user)

    def planned(self):
        return self.filter(state=MeetingState.PLANNED)

    def ahead(self, moment):
        return self.planned().filter(starts_at__gt=moment)

    def forgotten(self, moment):
        """They have begun, and nobody has said whether they were held."""
        return self.planned().filter(starts_at__lte=moment)

    def counted(self):
        """What the number of meetings is held against: agreed, or held with somebody who counts."""
        agreed = Q(state=MeetingState.PLANNED) & ~Q(kind__in=WITH_OTHERS)
        return self.filter(agreed | Q(number__isnull=False))

    def following(self, meeting):
        """This one and those that are agreed after it in the same series."""
        rest = Q(series=meeting.series, starts_at__gte=meeting.starts_at)
        return self.planned().filter(Q(pk=meeting.pk) | rest & Q(series__isnull=False))

    def for_list(self):
        return self.order_by("starts_at", "pk")

    def with_people(self):
        """With who was expected, came, and needs an interpreter, in one query more."""
        people = Attendance.objects.select_related("person__person").order_by("pk")
        return self.prefetch_related(models.Prefetch("attendances", queryset=people))


class Came(models.TextChoices):
    """Whether somebody was expected at a meeting, and came."""

    EXPECTED = "expected", _("ventet")
    ATTENDED = "attended", _("var med")
    ABSENT = "absent", _("kom ikke")
    EXCUSED = "excused", _("meldte forfall")


class Meeting(Stateful):
    """One appointment. Held with somebody whom the service is for, it has a number."""

    class Kind(models.TextChoices):
        MEETING = "meeting", _("møte")
        HOME_VISIT = "home_visit", _("hjemmebesøk")
        SCHOOL_MEETING = "school_meeting", _("møte i barnehage eller skole")
        TEAM = "team", _("ansvarsgruppe")

    Came = Came

    class Mode(models.TextChoices):
        IN_PERSON = "in_person", _("ansikt til ansikt")
        VIDEO = "video", _("på video")

    State = MeetingState
    TRANSITIONS = MEETING_TRANSITIONS

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="meetings")
    kind = models.CharField(_("slag"), max_length=20, choices=Kind, default=Kind.MEETING)
    state = models.CharField(
        _("status"), max_length=20, choices=MeetingState, default=MeetingState.PLANNED
    )
    starts_at = models.DateTimeField(_("begynner"))
    ends_at = models.DateTimeField(_("slutter"))
    mode = models.CharField(_("hvordan"), max_length=20, choices=Mode, default=Mode.IN_PERSON)
    place = models.CharField(_("sted"), max_length=200, blank=True)
    # A room of ours says nothing of a family; a home or a kindergarten does.
    is_at_ours = models.BooleanField(_("hos oss"), default=False, db_default=False)
    series = models.UUIDField(_("rekke"), null=True, editable=False)
    # The child is nobody of the case's people; whether it was asked to come stands here.
    child = models.CharField(_("barnet"), max_length=10, choices=Came, blank=True, db_default="")
    minutes_used = models.PositiveSmallIntegerField(_("minutter brukt"), null=True)
    number = models.PositiveSmallIntegerField(_("nummer"), null=True)
    reason = models.CharField(_("hvorfor ikke holdt"), max_length=300, blank=True)
    moved_to = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="moved_from"
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("møte")
        verbose_name_plural = _("møter")
        indexes = [
            models.Index(fields=["course", "starts_at"], name="meeting_of_course"),
            models.Index(
                fields=["series"], name="meeting_of_series", condition=Q(series__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="meeting_ends_after_it_starts", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="meeting_with_a_number_is_held", condition=Q(number=None) | Q(state="held")
            ),
            models.CheckConstraint(
                name="meeting_with_others_has_no_number",
                condition=Q(number=None) | ~Q(kind__in=WITH_OTHERS),
            ),
            models.CheckConstraint(
                name="meeting_took_its_minutes",
                condition=Q(minutes_used=None)
                | Q(state="held", minutes_used__gte=1, minutes_used__lte=MOST_MINUTES),
            ),
            models.CheckConstraint(
                name="meeting_moved_was_not_held",
                condition=Q(moved_to=None) | Q(state__startswith="moved"),
            ),
            models.UniqueConstraint(fields=["course", "number"], name="meeting_numbered_once"),
        ]

    def __str__(self):
        return f"{_('møte')} {self.pk}"

    @property
    def case_id(self):
        return self.course.case_id

    @property
    def municipality_id(self):
        return self.course.municipality_id

    @property
    def day(self):
        return timezone.localdate(self.starts_at)

    @property
    def is_planned(self):
        return self.state == MeetingState.PLANNED

    @property
    def is_with_others(self):
        return self.kind in WITH_OTHERS

    @property
    def is_held(self):
        return self.state == MeetingState.HELD

    @property
    def has_begun(self):
        return self.starts_at <= timezone.now()

    @property
    def minutes(self):
        """What it took; until that is said, what was set aside for it."""
        return self.minutes_used or int((self.ends_at - self.starts_at).total_seconds() // 60)


class MeetingStaffQuerySet(models.QuerySet):
    def taken(self, user, start, end):
        """What takes somebody's time between two moments; where, and with whom, is not said."""
        return self.filter(user=user, takes_time=True, starts_at__lt=end, ends_at__gt=start)


class MeetingStaff(models.Model):
    """Whose time a meeting takes. The database copies when from the meeting, and allows nobody to
    be in two meetings at once, in whichever unit or municipality they are."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="staff")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="meetings")
    starts_at = models.DateTimeField(editable=False)
    ends_at = models.DateTimeField(editable=False)
    takes_time = models.BooleanField(default=True, editable=False)

    objects = MeetingStaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("ansatt i et møte")
        verbose_name_plural = _("ansatte i møter")
        indexes = [models.Index(fields=["user", "starts_at"], name="meetingstaff_of_user")]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "user"], name="meetingstaff_once"),
            ExclusionConstraint(
                name="meetingstaff_is_in_one_place",
                expressions=[
                    (same_number("user"), RangeOperators.OVERLAPS),
                    (moments("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(takes_time=True),
            ),
        ]

    def __str__(self):
        return f"{self.user}, {self.meeting}"


class Busy(DomainError):
    """Somebody is in another meeting then. Where, and with whom, is said to nobody."""


@contextmanager
def free(user):
    """Inside, somebody's time is taken; the database says no when it is taken already.

    One at a time of each person: two who write at once would else wait for each other for ever.
    It is no lock of the person's row, so that nobody who logs in meanwhile waits for it.
    """
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [TIME_OF_ONE, user.pk])
            yield
    except IntegrityError as error:
        if "meetingstaff_is_in_one_place" not in str(error):
            raise
        busy = _("%(name)s er opptatt da. Velg et annet tidspunkt.")
        raise Busy(busy % {"name": user}) from None


class Interpreting(models.TextChoices):
    IN_PERSON = "in_person", _("til stede")
    VIDEO = "video", _("på skjerm")
    PHONE = "phone", _("på telefon")


class Interpreter(models.TextChoices):
    """Who interprets. A child never does, so that there is no word for it here."""

    REGISTERED = "registered", _("tolk i Nasjonalt tolkeregister")
    OTHER = "other", _("en annen voksen")


class Attendance(models.Model):
    """Whether one person was expected at a meeting, and came; and through whom they spoke."""

    State, Mode, Interpreter = Came, Interpreting, Interpreter

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    person = models.ForeignKey(CasePerson, on_delete=models.PROTECT, related_name="attendances")
    state = models.CharField(_("oppmøte"), max_length=10, choices=Came, default=Came.EXPECTED)

    # No language, no interpreter.
    language = models.CharField(_("tolkespråk"), max_length=50, blank=True, db_default="")
    interpreting = models.CharField(
        _("hvordan"), max_length=10, choices=Interpreting, blank=True, db_default=""
    )
    ordered_on = models.DateField(_("tolk bestilt"), null=True)
    interpreter = models.CharField(
        _("hvem tolker"), max_length=10, choices=Interpreter, blank=True, db_default=""
    )
    is_adult = models.BooleanField(_("tolken er over 18 år"), default=False, db_default=False)
    why_other = models.CharField(
        _("hvorfor ikke en tolk i registeret"), max_length=300, blank=True, db_default=""
    )

    class Meta:
        verbose_name = _("oppmøte")
        verbose_name_plural = _("oppmøter")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "person"], name="attendance_once"),
            models.CheckConstraint(
                name="attendance_interpreter_has_a_language",
                condition=~Q(language="") & ~Q(interpreting="")
                | Q(language="", interpreting="", ordered_on=None, interpreter=""),
            ),
            models.CheckConstraint(
                name="attendance_interpreter_is_registered_or_explained",
                condition=Q(interpreter="other", why_other__regex=r"\S")
                | ~Q(interpreter="other") & Q(why_other=""),
                violation_error_message=_("Skriv hvorfor det ikke er en tolk i registeret."),
            ),
            models.CheckConstraint(
                name="attendance_interpreter_is_no_child",
                condition=~Q(interpreter="other") | Q(is_adult=True),
                violation_error_message=_("Et barn tolker aldri. Finn en voksen tolk."),
            ),
        ]

    def __str__(self):
        return f"{self.person}: {self.get_state_display()}"

    @property
    def has_interpreter(self):
        return self.language != ""

    @property
    def needs_interpreter(self):
        return self.has_interpreter or bool(self.person.person.interpreter)
