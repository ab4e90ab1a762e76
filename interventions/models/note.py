"""What was written of a course: a draft until it is signed, and never changed after."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interventions.kinds import Component, Sheet
from interventions.models.course import Course, journal_of
from interventions.models.meeting import Meeting
from interventions.states import NoteState
from tibir.accounts.models import User


class NoteQuerySet(models.QuerySet):
    def visible_to(self, user):
        """As what else is written of the course; and to whoever wrote it, must sign it or is
        asked to sign it too. A coordinator sees that there is a course, and not what is written
        in it."""
        known, reads = journal_of(user)
        theirs = Q(author=user) | Q(on_behalf_of=user) | Q(cosigner=user)
        return self.filter(known, reads | theirs)

    def unsigned(self):
        """Drafts, and what waits for a second signature."""
        return self.filter(Q(state=NoteState.DRAFT) | Q(needs_cosigning=True, cosigned_at=None))

    def signed(self):
        return self.filter(state=NoteState.SIGNED)

    def empty(self):
        """Drafts of no meeting in which nothing is written: nobody would miss them."""
        drafts = self.filter(state=NoteState.DRAFT, meeting=None, typed={})
        return drafts.exclude(internal__regex=r"\S")

    def for_list(self):
        """Somebody's draft is theirs until it is signed; what was signed stands by the meeting."""
        people = ("author", "on_behalf_of", "signed_by", "cosigner", "cosigned_by")
        return self.select_related("meeting", *people).prefetch_related(
            models.Prefetch(
                "addenda", queryset=Addendum.objects.select_related("by").order_by("pk")
            )
        )


class Note(models.Model):
    """What was written of one meeting, or of the course. Signed, it stays as it is for ever.

    What belongs to one person (how it went with an assignment, a new one, what a goal is rated,
    who may read the summary) is rows of their own, made when it is signed.
    """

    State = NoteState

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="notes")
    meeting = models.OneToOneField(
        Meeting, on_delete=models.PROTECT, null=True, related_name="note"
    )
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(_("status"), max_length=10, choices=NoteState, default=NoteState.DRAFT)
    # Who must sign, when somebody else than the author.
    on_behalf_of = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("på vegne av")
    )
    internal = models.TextField(_("internt notat"), blank=True)
    # All else of a draft, as it was typed and however half: {field: text, or list of texts}.
    typed = models.JSONField(default=dict, db_default={})
    components = models.JSONField(_("det dere arbeidet med"), default=list, db_default=[])
    role_play = models.BooleanField(_("øvde med rollespill"), default=False, db_default=False)
    sheets = models.JSONField(_("ark som ble delt ut"), default=list, db_default=[])
    sheet_names = models.CharField(_("hvilke ark"), max_length=300, blank=True, db_default="")
    agreements = models.TextField(_("avtaler"), blank=True, db_default="")
    # Counted up with everything that reached us, so that an older tab overwrites nothing.
    version = models.PositiveIntegerField(default=0)
    saved_at = models.DateTimeField(_("lagret"), db_default=Now())
    signed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(_("signert"), null=True)
    needs_cosigning = models.BooleanField(_("skal medsigneres"), default=False, db_default=False)
    cosigner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    cosigned_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    cosigned_at = models.DateTimeField(_("medsignert"), null=True)

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
            models.CheckConstraint(
                name="note_signed_is_not_half_typed", condition=Q(state="draft") | Q(typed={})
            ),
            models.CheckConstraint(
                name="note_is_on_behalf_of_another",
                condition=Q(on_behalf_of=None) | ~Q(on_behalf_of=F("author")),
            ),
            models.CheckConstraint(
                name="note_is_signed_by_who_must",
                condition=Q(state="draft")
                | Q(on_behalf_of=None, signed_by=F("author"))
                | Q(signed_by=F("on_behalf_of")),
            ),
            models.CheckConstraint(
                name="note_is_cosigned_by_another_where_needed",
                condition=Q(cosigned_by=None, cosigned_at=None)
                | Q(needs_cosigning=True, cosigned_by__isnull=False, cosigned_at__isnull=False)
                & ~Q(cosigned_by=F("signed_by")),
            ),
            models.CheckConstraint(
                name="note_needs_cosigning_when_signed",
                condition=Q(needs_cosigning=False) | Q(state="signed"),
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

    @property
    def day(self):
        """The day that it tells of."""
        return self.meeting.day if self.meeting else timezone.localdate(self.saved_at)

    @property
    def is_empty(self):
        """As `empty` finds them. What was held needs its note, and keeps it."""
        written = self.is_signed or self.meeting_id or self.typed or self.internal.strip()
        return not written

    @property
    def awaits_cosigning(self):
        return self.needs_cosigning and self.cosigned_at is None

    @property
    def signer_id(self):
        """Who must sign."""
        return self.on_behalf_of_id or self.author_id

    @property
    def signer(self):
        return self.on_behalf_of or self.author

    @property
    def component_words(self):
        return [str(Component(each).label) for each in self.components]

    @property
    def sheet_words(self):
        named = [self.sheet_names] if self.sheet_names else []
        return [str(Sheet(each).label) for each in self.sheets] + named


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


class NoteMoveQuerySet(models.QuerySet):
    def visible_to(self, user):
        """As what is written of the course that it was moved from."""
        return self.filter(*journal_of(user))

    def for_list(self):
        return self.select_related("by").order_by("pk")


class NoteMove(models.Model):
    """That a note stood in the wrong course: who moved it, when and why. What it says is read
    where it belongs, and nowhere else; where that is, stands in no page of this course."""

    APPEND_ONLY = True

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="moves")
    course = models.ForeignKey(
        Course, on_delete=models.PROTECT, related_name="moved_notes", verbose_name=_("sto i")
    )
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, null=True, related_name="+")
    to = models.ForeignKey(
        Course, on_delete=models.PROTECT, related_name="+", verbose_name=_("flyttet til")
    )
    reason = models.CharField(_("begrunnelse"), max_length=500)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("tidspunkt"), db_default=Now())

    objects = NoteMoveQuerySet.as_manager()

    class Meta:
        verbose_name = _("flytting av notat")
        verbose_name_plural = _("flyttinger av notater")
        constraints = [
            models.CheckConstraint(name="notemove_has_a_reason", condition=Q(reason__regex=r"\S")),
            models.CheckConstraint(
                name="notemove_is_to_another_course", condition=~Q(course=F("to"))
            ),
        ]

    def __str__(self):
        return f"{_('flytting')} {self.pk}"
