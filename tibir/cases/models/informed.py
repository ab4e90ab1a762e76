"""Who was told what, and what the child says."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models import User
from tibir.cases.models.case import Case
from tibir.cases.models.member import known_to
from tibir.cases.models.people import CasePerson
from tibir.cases.models.wording import Wording


class NoticeQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(known_to(user, "person__case"))

    def for_list(self):
        shown = self.select_related("person__person", "wording", "recorded_by")
        return shown.order_by("-given_on", "-pk")


class Notice(models.Model):
    """Somebody was informed: of which text, when, and how."""

    APPEND_ONLY = True

    class How(models.TextChoices):
        FORM = "form", _("leste det i skjemaet")
        SPOKEN = "spoken", _("fikk det forklart")
        PAPER = "paper", _("fikk det på papir")
        LETTER = "letter", _("fikk det i et brev")
        REFERRER_SPOKEN = "referrer_spoken", _("den som henviste, sier at de har snakket sammen")
        REFERRER_WRITTEN = "referrer_written", _("den som henviste, sier at det er gjort skriftlig")

    BY_REFERRER = (How.REFERRER_SPOKEN, How.REFERRER_WRITTEN)

    person = models.ForeignKey(CasePerson, on_delete=models.PROTECT, related_name="notices")
    wording = models.ForeignKey(Wording, on_delete=models.PROTECT, null=True, related_name="+")
    how = models.CharField(_("hvordan"), max_length=20, choices=How)
    given_on = models.DateField(_("dag"))
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("informasjon som er gitt")
        verbose_name_plural = _("informasjon som er gitt")
        constraints = [
            models.CheckConstraint(
                # Which words somebody else used, we do not know.
                name="notice_says_which_text_unless_somebody_else_gave_it",
                condition=Q(wording=None) ^ Q(how__in=["form", "spoken", "paper", "letter"]),
            )
        ]

    def __str__(self):
        return self.get_how_display()

    @property
    def case_id(self):
        return self.person.case_id

    @property
    def municipality_id(self):
        return self.person.case.municipality_id


class ChildViewQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(known_to(user, "case"))

    def for_list(self):
        return self.select_related("recorded_by").order_by("-talked_on", "-pk")


class ChildView(models.Model):
    """What the child says, each time somebody has asked; or why nobody has."""

    class How(models.TextChoices):
        TALK = "talk", _("i en samtale")
        PLAY = "play", _("i lek eller med tegning")
        PARENT = "parent", _("en av foreldrene spurte")
        OTHER = "other", _("en annen voksen spurte")
        NOT_ASKED = "not_asked", _("barnet er ikke spurt")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="child_views")
    how = models.CharField(_("hvordan"), max_length=10, choices=How)
    talked_on = models.DateField(_("dag"))
    talked_with = models.CharField(_("hvem snakket med barnet"), max_length=200, blank=True)
    said = models.TextField(_("det barnet sa"), blank=True)
    why_not = models.TextField(_("hvorfor barnet ikke er spurt"), blank=True)
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    objects = ChildViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("barnets mening")
        verbose_name_plural = _("barnets mening")
        constraints = [
            models.CheckConstraint(
                name="childview_is_what_was_said_or_why_not",
                condition=(Q(how="not_asked", said="", talked_with="") & ~Q(why_not=""))
                | (~Q(how="not_asked") & ~Q(said="") & ~Q(talked_with="") & Q(why_not="")),
            )
        ]

    def __str__(self):
        return f"{self.get_how_display()} {self.talked_on}"

    @property
    def municipality_id(self):
        return self.case.municipality_id
