"""What a family wants to reach, in its own words, and how near each parent says they are."""

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from interventions.kinds import GoalEnding, Occasion, Reached, Suited
from interventions.models.course import Course, GoesOnWith, journal_of
from interventions.models.meeting import Meeting
from interventions.models.note import Note, NoteMove
from tibir.accounts.models import User
from tibir.cases.models import CasePerson

MOST = 10


class GoalQuerySet(models.QuerySet):
    def visible_to(self, user):
        """As what is written of the course; and to whoever it was transferred to, who goes on."""
        known, reads = journal_of(user)
        return self.filter(known, reads | Q(GoesOnWith(F("course"), Value(user.pk))))

    def of(self, course):
        """Those of the course, and those it had before it was transferred here."""
        return self.filter(course__in=course.line)

    def for_person(self, person):
        """A person's own, and what a guardian shares with the family; never the other parent's."""
        if person.has_ended:
            return self.none()
        own = Q(person=person)
        if person.has_responsibility or person.is_in_the_guardians_place:
            own |= Q(person=None)
        return self.filter(own, course__case=person.case_id)

    def active(self):
        return self.filter(ended_on=None)

    def for_list(self):
        """Each goal with what is under it below; those that are over come last."""
        return self.select_related("person__person", "course").order_by(
            F("ended_on").asc(nulls_first=True),
            Coalesce("parent", "pk"),
            F("parent").asc(nulls_first=True),
            "pk",
        )


class Goal(models.Model):
    """One thing to reach, with words for what 0 and 10 are. Whose it is never changes, and nor do
    its words: what is put differently is another goal, so that each number keeps its meaning."""

    Ending = GoalEnding

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="goals")
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="under",
        verbose_name=_("delmål av"),
    )  # fmt: skip
    # Nobody: the family's together.
    person = models.ForeignKey(
        CasePerson, on_delete=models.PROTECT, null=True, related_name="goals",
        verbose_name=_("hvem målet er for"),
    )  # fmt: skip
    words = models.CharField(_("mål"), max_length=500)
    low = models.CharField(_("slik er det på 0"), max_length=200)
    high = models.CharField(_("slik er det på 10"), max_length=200)
    set_on = models.DateField(_("satt"))
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    follows = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="followed_by",
        verbose_name=_("skrevet om fra"),
    )  # fmt: skip
    ended_on = models.DateField(_("slutt"), null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ending = models.CharField(_("hvorfor slutt"), max_length=10, choices=GoalEnding, blank=True)
    end_reason = models.CharField(_("begrunnelse"), max_length=500, blank=True)

    objects = GoalQuerySet.as_manager()

    class Meta:
        verbose_name = _("mål")
        verbose_name_plural = _("mål")
        constraints = [
            models.CheckConstraint(
                name="goal_has_words",
                condition=Q(words__regex=r"\S") & Q(low__regex=r"\S") & Q(high__regex=r"\S"),
            ),
            models.CheckConstraint(
                name="goal_ended_for_a_reason",
                condition=Q(ended_on=None, ended_by=None, ending="", end_reason="")
                | Q(ended_on__isnull=False, ended_by__isnull=False, end_reason__regex=r"\S")
                & ~Q(ending=""),
            ),
            models.CheckConstraint(
                name="goal_ends_after_it_is_set",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("set_on")),
            ),
        ]

    def __str__(self):
        return f"{_('mål')} {self.pk}"

    @property
    def case_id(self):
        return self.course.case_id

    @property
    def municipality_id(self):
        return self.course.municipality_id

    @property
    def is_active(self):
        return self.ended_on is None


class RatingQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(goal__in=Goal.objects.visible_to(user)).standing()

    def standing(self):
        """Not what came with a note that was moved to another course. What is said since the
        course was transferred stands in a note of where it goes on."""
        here = Q(note=None) | Q(note__course=F("goal__course"))
        moved = NoteMove.objects.filter(note=OuterRef("note"), at__gte=OuterRef("note__signed_at"))
        return self.filter(here | ~Exists(moved))

    def for_person(self, person):
        """What that person has said, of goals that are theirs to see."""
        return self.standing().filter(goal__in=Goal.objects.for_person(person), person=person)

    def for_list(self):
        return self.select_related("person__person", "meeting").order_by("on", "pk")


class Rating(models.Model):
    """How near a goal one parent says they are, from 0 to 10. It belongs to that parent."""

    APPEND_ONLY = True

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="ratings")
    person = models.ForeignKey(CasePerson, on_delete=models.PROTECT, related_name="ratings")
    meeting = models.ForeignKey(
        Meeting, on_delete=models.PROTECT, null=True, related_name="ratings"
    )
    note = models.ForeignKey(Note, on_delete=models.PROTECT, null=True, related_name="ratings")
    value = models.PositiveSmallIntegerField(_("0 til 10"))
    on = models.DateField(_("dag"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = RatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("vurdering av et mål")
        verbose_name_plural = _("vurderinger av mål")
        constraints = [
            models.CheckConstraint(
                name="rating_is_from_0_to_10",
                condition=Q(value__gte=0, value__lte=MOST),
                violation_error_message=_("Skriv et tall fra 0 til 10."),
            ),
            models.UniqueConstraint(
                fields=["goal", "person", "note"], name="rating_once_in_a_note"
            ),
        ]

    def __str__(self):
        return f"{_('vurdering')} {self.pk}"


class EvaluationQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(goal__in=Goal.objects.visible_to(user))

    def for_list(self):
        return self.select_related("by").order_by("pk")


class Evaluation(models.Model):
    """What is said of a goal half-way and at the end. The last that was said stands."""

    APPEND_ONLY = True

    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, related_name="evaluations")
    occasion = models.CharField(_("når"), max_length=10, choices=Occasion)
    reached = models.CharField(_("hvor langt"), max_length=10, choices=Reached)
    words = models.TextField(_("med ord"))
    on = models.DateField(_("dag"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = _("evaluering av et mål")
        verbose_name_plural = _("evalueringer av mål")
        constraints = [
            models.CheckConstraint(
                name="evaluation_says_something", condition=Q(words__regex=r"\S")
            )
        ]

    def __str__(self):
        return f"{_('evaluering')} {self.pk}"


class FeedbackQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(*journal_of(user))

    def for_person(self, person):
        if person.has_ended:
            return self.none()
        return self.filter(person=person, course__case=person.case_id)

    def for_list(self):
        return self.select_related("person__person", "by").order_by("pk")


class Feedback(models.Model):
    """What one parent says of the course when it ends. The last that was said stands."""

    APPEND_ONLY = True

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="feedback")
    person = models.ForeignKey(CasePerson, on_delete=models.PROTECT, related_name="feedback")
    suited = models.CharField(_("passet dette for dere"), max_length=10, choices=Suited)
    useful = models.TextField(_("nyttig"), blank=True)
    helped = models.TextField(_("det som hjalp"), blank=True)
    better = models.TextField(_("det som kunne vært bedre"), blank=True)
    on = models.DateField(_("dag"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("tilbakemelding fra en forelder")
        verbose_name_plural = _("tilbakemeldinger fra foreldre")
        constraints = [
            models.CheckConstraint(
                name="feedback_not_given_is_empty",
                condition=~Q(suited="no_answer") | Q(useful="", helped="", better=""),
            )
        ]

    def __str__(self):
        return f"{_('tilbakemelding')} {self.pk}"

    @property
    def case_id(self):
        return self.course.case_id

    @property
    def municipality_id(self):
        return self.course.municipality_id
