"""When a family meets those who help it, who came, and that nobody is in two places at once."""

from contextlib import contextmanager

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interventions.models.course import Course
from interventions.states import MEETING_TRANSITIONS, TAKES_TIME, MeetingState
from tibir.accounts.models import User
from tibir.calendar.oslo import end_of, start_of
from tibir.cases.models import STRICT, CasePerson
from tibir.core.errors import DomainError
from tibir.core.ranges import moments, same_number
from tibir.core.transitions import Stateful


class MeetingQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(course__in=Course.objects.visible_to(user))

    def led_by(self, user):
        return self.filter(staff__user=user)

    def on(self, day):
        return self.filter(starts_at__gte=start_of(day), starts_at__lt=end_of(day))

    def planned(self):
        return self.filter(state=MeetingState.PLANNED)

    def counted(self):
        """What the number of meetings is held against: agreed, or held with somebody who counts."""
        return self.filter(Q(state=MeetingState.PLANNED) | Q(number__isnull=False))

    def of_a_day(self, user, day):
        """What «Min dag» shows: the user's meetings, and nothing of who is strictly protected."""
        mine = self.led_by(user).on(day)
        shown = mine.exclude(course__case__grade__in=STRICT).filter(state__in=TAKES_TIME)
        return shown.select_related("course__case__child", "course__service").order_by(
            "starts_at", "pk"
        )

    def for_list(self):
        return self.order_by("starts_at", "pk")


class Meeting(Stateful):
    """One appointment. Held with somebody whom the service is for, it has a number."""

    class Kind(models.TextChoices):
        MEETING = "meeting", _("møte")
        HOME_VISIT = "home_visit", _("hjemmebesøk")
        SCHOOL_MEETING = "school_meeting", _("møte i barnehage eller skole")
        TEAM = "team", _("ansvarsgruppe")

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
    number = models.PositiveSmallIntegerField(_("nummer"), null=True)
    reason = models.CharField(_("hvorfor ikke holdt"), max_length=300, blank=True)
    moved_to = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="moved_from"
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("møte")
        verbose_name_plural = _("møter")
        indexes = [models.Index(fields=["course", "starts_at"], name="meeting_of_course")]
        constraints = [
            models.CheckConstraint(
                name="meeting_ends_after_it_starts", condition=Q(ends_at__gt=F("starts_at"))
            ),
            models.CheckConstraint(
                name="meeting_with_a_number_is_held", condition=Q(number=None) | Q(state="held")
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
    def is_held(self):
        return self.state == MeetingState.HELD

    @property
    def minutes(self):
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


class MeetingStaff(models.Model):
    """Whose time a meeting takes. The database copies when from the meeting, and allows nobody to
    be in two meetings at once, in whichever unit or municipality they are."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="staff")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="meetings")
    starts_at = models.DateTimeField(editable=False)
    ends_at = models.DateTimeField(editable=False)
    takes_time = models.BooleanField(default=True, editable=False)

    class Meta:
        verbose_name = _("ansatt i et møte")
        verbose_name_plural = _("ansatte i møter")
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
    """Inside, somebody's time is taken; the database says no when it is taken already."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "meetingstaff_is_in_one_place" not in str(error):
            raise
        busy = _("%(name)s er opptatt da. Velg et annet tidspunkt.")
        raise Busy(busy % {"name": user}) from None


class Attendance(models.Model):
    """Whether one person of the family was expected at a meeting, and came."""

    class State(models.TextChoices):
        EXPECTED = "expected", _("ventet")
        ATTENDED = "attended", _("var med")
        ABSENT = "absent", _("kom ikke")
        EXCUSED = "excused", _("meldte forfall")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="attendances")
    person = models.ForeignKey(CasePerson, on_delete=models.PROTECT, related_name="attendances")
    state = models.CharField(_("oppmøte"), max_length=10, choices=State, default=State.EXPECTED)

    class Meta:
        verbose_name = _("oppmøte")
        verbose_name_plural = _("oppmøter")
        constraints = [
            models.UniqueConstraint(fields=["meeting", "person"], name="attendance_once")
        ]

    def __str__(self):
        return f"{self.person}: {self.get_state_display()}"
