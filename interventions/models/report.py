"""What is written to one person of a course, or of a whole case: a draft until it is issued."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from interventions.kinds import ReportPart
from interventions.models.course import Course
from interventions.states import NoteState
from tibir.accounts.models import User
from tibir.cases.models import Case, CasePerson, known_to
from tibir.core.encryption import EncryptedTextField
from tibir.documents.models import Document


class ReportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever writes it, and those who give the course it is of. Issued, it is a letter, and
        the letter is for those who may read letters."""
        gives = Q(course__practitioner=user) | Q(course__supervisor=user)
        return self.filter(known_to(user, "case"), Q(author=user) | gives)

    def drafts(self):
        return self.filter(document=None)

    def issued(self):
        return self.filter(document__isnull=False)

    def for_list(self):
        return self.select_related("recipient__person", "author", "document", "course__service")


class Report(models.Model):
    """One report to one recipient. The words of it are typed; the figures are never."""

    Part, State = ReportPart, NoteState

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reports")
    # None is a report of everything in the case that its author may read.
    course = models.ForeignKey(Course, on_delete=models.PROTECT, null=True, related_name="reports")
    recipient = models.ForeignKey(CasePerson, on_delete=models.PROTECT, related_name="+")
    parts = models.JSONField(_("hva rapporten har med"), default=list)
    assessment = models.TextField(_("vurdering"), blank=True)
    next_steps = models.TextField(_("veien videre"), blank=True)
    way = models.CharField(_("slik kommer den fram"), max_length=20, blank=True)
    address = EncryptedTextField(_("postadresse"), default="")  # cut under strict protection
    version = models.PositiveIntegerField(default=0)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(_("lagret"), db_default=Now())
    document = models.OneToOneField(
        Document, on_delete=models.PROTECT, null=True, related_name="report"
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("rapport")
        verbose_name_plural = _("rapporter")
        constraints = [
            models.CheckConstraint(
                name="report_issued_says_something",
                condition=Q(document=None) | Q(assessment__regex=r"\S"),
                violation_error_message=_("Skriv vurderingen før du sender rapporten."),
            ),
            models.UniqueConstraint(
                fields=["case", "course", "recipient", "author"],
                condition=Q(document=None),
                nulls_distinct=False,
                name="report_one_draft_each",
            ),
        ]

    def __str__(self):
        return f"{_('rapport')} {self.pk}"

    @property
    def municipality_id(self):
        return self.case.municipality_id

    @property
    def is_issued(self):
        return self.document_id is not None
