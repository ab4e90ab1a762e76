"""What a family may read of a meeting, and who of them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from interventions.models.note import Note
from tibir.cases.models import CasePerson


def is_of_its_case(person="person", note="note"):
    """Whether a row still belongs: a note that was moved from the wrong family left behind what
    was for somebody there. A condition for `filter`."""
    return Q(**{f"{person}__case": F(f"{note}__course__case")})


class SummaryQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(note__in=Note.objects.visible_to(user))

    def for_person(self, person):
        """What one person of a case may read: of their own case, and named among its readers.
        Nothing, once it is known that they have no right to information of the child."""
        if person.has_ended or person.right_to_information == CasePerson.YesNo.NO:
            return self.none()
        readers = SummaryReader.objects.filter(person=person).standing()
        return self.filter(pk__in=readers.values("summary"))


class Summary(models.Model):
    """Of one signed note, for those of the family who are named and nobody else."""

    APPEND_ONLY = True

    note = models.OneToOneField(Note, on_delete=models.PROTECT, related_name="summary")
    text = models.TextField(_("oppsummering til familien"))

    objects = SummaryQuerySet.as_manager()

    class Meta:
        verbose_name = _("oppsummering til familien")
        verbose_name_plural = _("oppsummeringer til familien")
        constraints = [
            models.CheckConstraint(name="summary_says_something", condition=Q(text__regex=r"\S"))
        ]

    def __str__(self):
        return f"{_('oppsummering')} {self.pk}"


class SummaryReaderQuerySet(models.QuerySet):
    def standing(self):
        return self.filter(is_of_its_case(note="summary__note"))


class SummaryReader(models.Model):
    """One of those who may read it: one person, a household or all are as many rows."""

    APPEND_ONLY = True

    summary = models.ForeignKey(Summary, on_delete=models.PROTECT, related_name="readers")
    person = models.ForeignKey(CasePerson, on_delete=models.PROTECT, related_name="+")

    objects = SummaryReaderQuerySet.as_manager()

    class Meta:
        verbose_name = _("leser av en oppsummering")
        verbose_name_plural = _("lesere av oppsummeringer")
        constraints = [
            models.UniqueConstraint(fields=["summary", "person"], name="summaryreader_once")
        ]

    def __str__(self):
        return f"{self.person}: {self.summary}"
