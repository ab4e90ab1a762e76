"""Who belongs to a case, and how."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models import User
from tibir.cases.models.case import Case
from tibir.cases.models.member import known_to
from tibir.cases.models.person import Person
from tibir.core import phones


class CasePersonQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(known_to(user, "case"))

    def for_list(self):
        return self.select_related("person", "verified_by").order_by("pk")


class CasePerson(models.Model):
    """How one person belongs to one case. What a form said is unverified until staff says so."""

    class Relation(models.TextChoices):
        MOTHER = "mother", _("mor")
        FATHER = "father", _("far")
        CO_MOTHER = "co_mother", _("medmor")
        STEP_PARENT = "step_parent", _("steforelder")
        FOSTER_PARENT = "foster_parent", _("fosterforelder")
        GRANDPARENT = "grandparent", _("besteforelder")
        SIBLING = "sibling", _("søsken")
        GUARDIAN = "guardian", _("verge")
        TEACHER = "teacher", _("ansatt i barnehage eller skole")
        PROFESSIONAL = "professional", _("annen fagperson")
        OTHER = "other", _("en annen")

    class YesNo(models.TextChoices):
        YES = "yes", _("ja")
        NO = "no", _("nei")
        UNKNOWN = "unknown", _("vet ikke")

    class LivesWith(models.TextChoices):
        YES = "yes", _("ja, fast")
        PARTLY = "partly", _("ja, noe av tiden")
        NO = "no", _("nei")
        UNKNOWN = "unknown", _("vet ikke")

    class Verification(models.TextChoices):
        CALLED = "called", _("ringte og snakket med personen")
        MET = "met", _("møtte personen")
        REGISTER = "register", _("slo opp i Folkeregisteret")
        KNOWN = "known", _("kjenner familien fra før i tjenesten")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="people")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="roles")
    relation = models.CharField(_("relasjon"), max_length=20, choices=Relation)
    responsibility = models.CharField(
        _("foreldreansvar"), max_length=10, choices=YesNo, default=YesNo.UNKNOWN
    )
    lives_with = models.CharField(
        _("bor med barnet"), max_length=10, choices=LivesWith, default=LivesWith.UNKNOWN
    )
    is_sender = models.BooleanField(_("sendte henvisningen"), default=False)
    safe_phone = models.CharField(
        _("trygt å ringe"), max_length=10, choices=YesNo, default=YesNo.UNKNOWN
    )
    safe_email = models.CharField(
        _("trygt å sende e-post"), max_length=10, choices=YesNo, default=YesNo.UNKNOWN
    )
    verified_at = models.DateTimeField(_("bekreftet"), null=True)
    verified_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    verified_how = models.CharField(
        _("hvordan bekreftet"), max_length=10, choices=Verification, blank=True
    )

    objects = CasePersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person i saken")
        verbose_name_plural = _("personer i saken")
        constraints = [
            models.UniqueConstraint(fields=["case", "person"], name="caseperson_once_per_case"),
            models.CheckConstraint(
                name="caseperson_verification_is_whole",
                condition=Q(verified_at=None, verified_by=None, verified_how="")
                | Q(verified_at__isnull=False, verified_by__isnull=False) & ~Q(verified_how=""),
            ),
        ]

    def __str__(self):
        return f"{self.person} ({self.get_relation_display()})"

    @property
    def is_verified(self):
        return self.verified_at is not None

    @property
    def may_be_emailed(self):
        """Confirmed by staff, with an address, and never said to be unsafe."""
        return self.is_verified and bool(self.person.email) and self.safe_email == self.YesNo.YES

    @property
    def may_be_texted(self):
        """Confirmed by staff, with a mobile telephone, and never said to be unsafe."""
        is_safe = self.is_verified and self.safe_phone == self.YesNo.YES
        return is_safe and phones.is_mobile(self.person.phone)
