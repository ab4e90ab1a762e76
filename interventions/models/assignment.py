"""What somebody was to try at home, and how it went."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from interventions.kinds import Progress
from interventions.models.note import Note
from interventions.models.summary import is_of_its_case
from tibir.cases.models import CasePerson


class AssignmentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(note__in=Note.objects.visible_to(user))

    def standing(self):
        return self.filter(is_of_its_case())

    def for_person(self, person):
        """A person's own, and nobody else's."""
        if person.has_ended:
            return self.none()
        return self.standing().filter(person=person)

    def for_list(self):
        return self.select_related("person__person", "tried", "note__meeting").order_by("pk")


class Assignment(models.Model):
    """What one person was to try until the next meeting. It belongs to that person."""

    APPEND_ONLY = True

    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="assignments")
    person = models.ForeignKey(CasePerson, on_delete=models.PROTECT, related_name="assignments")
    text = models.TextField(_("hjemmeoppgave"))

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("hjemmeoppgave")
        verbose_name_plural = _("hjemmeoppgaver")
        constraints = [
            models.UniqueConstraint(fields=["note", "person"], name="assignment_once_in_a_note"),
            models.CheckConstraint(
                name="assignment_says_something", condition=Q(text__regex=r"\S")
            ),
        ]

    def __str__(self):
        return f"{_('hjemmeoppgave')} {self.pk}"


class TriedQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(note__in=Note.objects.visible_to(user))

    def for_list(self):
        return self.select_related("assignment__person__person").order_by("pk")


class Tried(models.Model):
    """How it went with an assignment, as it was told at a later meeting."""

    APPEND_ONLY = True

    assignment = models.OneToOneField(Assignment, on_delete=models.PROTECT, related_name="tried")
    note = models.ForeignKey(Note, on_delete=models.PROTECT, related_name="tried")
    progress = models.CharField(_("hvordan det gikk"), max_length=10, choices=Progress)
    words = models.TextField(_("med egne ord"), blank=True)

    objects = TriedQuerySet.as_manager()

    class Meta:
        verbose_name = _("forsøk på en hjemmeoppgave")
        verbose_name_plural = _("forsøk på hjemmeoppgaver")

    def __str__(self):
        return f"{_('forsøk')} {self.pk}"
