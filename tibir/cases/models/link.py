"""Children of one family have a case each; what protects one of them protects them all."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models import User
from tibir.cases.models.case import Case
from tibir.cases.models.member import known_to


class CaseLinkQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Whoever may not know of both may not know that they belong together."""
        return self.filter(known_to(user, "case"), known_to(user, "other"))

    def current(self):
        return self.filter(ended_on=None)

    def of(self, case):
        return self.filter(Q(case=case) | Q(other=case))

    def for_list(self):
        return self.select_related("case__child", "other__child", "linked_by").order_by("pk")


class CaseLink(models.Model):
    """Two cases are of siblings. The one that was opened first stands first."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("hvordan vi vet det"), max_length=200)
    linked_on = models.DateField(_("knyttet sammen"))
    linked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    ended_on = models.DateField(_("skilt"), null=True)
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    end_reason = models.CharField(_("hvorfor skilt"), max_length=200, blank=True)

    objects = CaseLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("søskenkobling")
        verbose_name_plural = _("søskenkoblinger")
        indexes = [models.Index(fields=["other"], name="caselink_of_other")]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "other"], name="caselink_once", condition=Q(ended_on=None)
            ),
            models.CheckConstraint(
                name="caselink_first_case_first", condition=Q(case__lt=F("other"))
            ),
            models.CheckConstraint(
                name="caselink_ending_is_whole",
                condition=Q(ended_on=None, ended_by=None, end_reason="")
                | Q(ended_on__isnull=False, ended_by__isnull=False) & ~Q(end_reason=""),
            ),
        ]

    def __str__(self):
        return f"{self.case_id} – {self.other_id}"

    def away_from(self, case):
        """The case at the other end."""
        return self.other if self.case_id == case.pk else self.case


def family_of(case):
    """Ids of this case, its siblings', theirs in their turn, and of all that is merged with one.

    A sibling's sibling may live where this child does, so the way is followed to its end.
    """
    found, new = {case.pk}, {case.pk}
    while new:
        links = CaseLink.objects.current().filter(Q(case__in=new) | Q(other__in=new))
        merged = Case.objects.filter(merged_into__isnull=False)
        merged = merged.filter(Q(pk__in=new) | Q(merged_into__in=new))
        pairs = [*links.values_list("case", "other"), *merged.values_list("pk", "merged_into")]
        new = {pk for pair in pairs for pk in pair} - found
        found |= new
    return found
