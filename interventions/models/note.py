"""What was written of a course: a draft until it is signed, and never changed after."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from interventions.models.course import Course, journal_of
from interventions.models.meeting import Meeting
from interventions.states import NoteState
from tibir.accounts.models import User


class NoteQuerySet(models.QuerySet):
    def visible_to(self, user):
        """As what else is written of the course; and to whoever wrote it. A coordinator sees
        that there is a course, and not what is written in it."""
        known, reads = journal_of(user)
        return self.filter(known, reads | Q(author=user))

    def unsigned(self):
        return self.filter(state=NoteState.DRAFT)

    def for_list(self):
        """Somebody's draft is theirs until it is signed; what was signed stands by the meeting."""
        return self.select_related("author", "signed_by", "meeting").prefetch_related(
            models.Prefetch(
                "addenda", queryset=Addendum.objects.select_related("by").order_by("pk")
            )
        )


class Note(models.Model):
    """Internal text of one meeting, or of the course. Signed, it stays as it is for ever."""

    State = NoteState

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="notes")
    meeting = models.OneToOneField(
        Meeting, on_delete=models.PROTECT, null=True, related_name="note"
    )
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("status"), max_length=10, choices=NoteState, default=NoteState.DRAFT)
    internal = models.TextField(_("internt notat"), blank=True)
    # Counted up with everything that reached us, so that an older tab overwrites nothing.
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(_("lagret"), db_default=Now())
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(_("signert"), null=True)

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("notat")
        verbose_name_plural = _("notater")
        constraints = [
            models.CheckConstraint(
                name="note_is_signed_by_somebody",
                condition=Q(state="draft", signed_by=None, signed_at=None)
                | Q(state="signed", signed_by__isnull=False, signed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="note_signed_says_something",
                condition=Q(state="draft") | Q(internal__regex=r"\S"),
                violation_error_message=_("Notatet er tomt. Skriv noe før du signerer."),
            ),
        ]

    def __str__(self):
        return f"{_('notat')} {self.pk}"

    @property
    def case_id(self):
        return self.course.case_id

    @property
    def municipality_id(self):
        return self.course.municipality_id

    @property
    def is_signed(self):
        return self.state == NoteState.SIGNED


class Addendum(models.Model):
    """What is added to a signed note, and why. The note itself stays as it was."""

    APPEND_ONLY = True

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="addenda")
    text = models.TextField(_("tillegg"))
    reason = models.CharField(_("begrunnelse"), max_length=500)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("tidspunkt"), db_default=Now())

    class Meta:
        verbose_name = _("tillegg til notat")
        verbose_name_plural = _("tillegg til notater")
        constraints = [
            models.CheckConstraint(
                name="addendum_has_text_and_reason",
                condition=Q(text__regex=r"\S") & Q(reason__regex=r"\S"),
            )
        ]

    def __str__(self):
        return f"{_('tillegg')} {self.pk}"
