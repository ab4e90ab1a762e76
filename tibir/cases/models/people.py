"""Who belongs to a case, and how."""

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models import User
from tibir.cases.models.case import Case
from tibir.cases.models.member import known_to
from tibir.cases.models.person import HIDDEN, Person
from tibir.core import phones
from tibir.core.encryption import EncryptedTextField


class CasePersonQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(known_to(user, "case"))

    def current(self):
        """Those who belong to the case now; nobody ends on a day to come."""
        return self.filter(ended_on=None)

    def for_list(self):
        shown = self.select_related("case", "person", "verified_by", "responsibility_by")
        shown = shown.annotate(in_place_since=Subquery(_decides_since()))
        return shown.order_by(F("ended_on").asc(nulls_first=True), "pk")

    def for_page(self):
        """What the page of the case shows of each: how they are reached, and nothing else that is
        sealed."""
        shown = self.select_related("person").only(
            "case", "relation", "is_sender", "responsibility", "responsibility_on", "safe_phone",
            "safe_email", "preferred", "verified_at", "ended_on", "person__first_name",
            "person__last_name", "person__phone", "person__email", "person__language",
            "person__interpreter",
        )  # fmt: skip
        return shown.annotate(in_place_since=Subquery(_decides_since())).order_by("pk")


def _decides_since():
    """The first day from which this person decides in the place of the guardians, today."""
    stands_in = CasePerson._meta.get_field("stands_in").related_model.objects
    return stands_in.today().filter(decider=OuterRef("pk")).values("started_on")[:1]


class Relation(models.TextChoices):
    MOTHER = "mother", _("mor")
    FATHER = "father", _("far")
    CO_MOTHER = "co_mother", _("medmor")
    STEP_PARENT = "step_parent", _("steforelder")
    FOSTER_PARENT = "foster_parent", _("fosterforelder")
    GRANDPARENT = "grandparent", _("besteforelder")
    SIBLING = "sibling", _("søsken")
    GUARDIAN = "guardian", _("verge")
    CHILD_WELFARE = "child_welfare", _("barneverntjenesten")
    TEACHER = "teacher", _("ansatt i barnehage eller skole")
    PROFESSIONAL = "professional", _("annen fagperson")
    OTHER = "other", _("en annen")


# Those of whom it can be decided that they decide in the place of the guardians.
IN_PLACE = [Relation.CHILD_WELFARE, Relation.GUARDIAN]


class CasePerson(models.Model):
    """How one person belongs to one case. What a form said is unverified until staff says so."""

    Relation = Relation

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

    class Source(models.TextChoices):
        """Where it is known from, the surest first."""

        REGISTER = "register", _("Folkeregisteret")
        DECISION = "decision", _("vedtak eller dom som vi har sett")
        AGREEMENT = "agreement", _("skriftlig avtale som vi har sett")
        OWN_WORD = "own_word", _("personen selv har sagt det")
        OTHERS = "others", _("noen andre har sagt det")

    class Way(models.TextChoices):
        PHONE = "phone", _("telefon")
        SMS = "sms", _("SMS")
        EMAIL = "email", _("e-post")
        POST = "post", _("brev i posten")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="people")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="roles")
    relation = models.CharField(_("relasjon"), max_length=20, choices=Relation)
    is_sender = models.BooleanField(_("sendte henvisningen"), default=False)

    responsibility = models.CharField(
        _("foreldreansvar"), max_length=10, choices=YesNo, default=YesNo.UNKNOWN
    )
    responsibility_source = models.CharField(
        _("hvor vi vet det fra"), max_length=10, choices=Source, blank=True
    )
    responsibility_on = models.DateField(_("kontrollert"), null=True)
    responsibility_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+"
    )
    right_to_information = models.CharField(
        _("rett til opplysninger om barnet"), max_length=10, choices=YesNo, default=YesNo.UNKNOWN
    )
    information_source = models.CharField(
        _("hvor vi vet det fra"), max_length=10, choices=Source, blank=True
    )

    lives_with = models.CharField(
        _("bor med barnet"), max_length=10, choices=LivesWith, default=LivesWith.UNKNOWN
    )
    contact_arrangement = EncryptedTextField(_("samværsordning"), default="")
    contact_since = models.DateField(_("samværsordning fra"), null=True)

    safe_phone = models.CharField(
        _("trygt å ringe"), max_length=10, choices=YesNo, default=YesNo.UNKNOWN
    )
    safe_sms = models.CharField(
        _("trygt å sende SMS"), max_length=10, choices=YesNo, default=YesNo.UNKNOWN
    )
    safe_email = models.CharField(
        _("trygt å sende e-post"), max_length=10, choices=YesNo, default=YesNo.UNKNOWN
    )
    safe_post = models.CharField(
        _("trygt å sende brev i posten"), max_length=10, choices=YesNo, default=YesNo.UNKNOWN
    )
    preferred = models.CharField(_("vil helst bli nådd på"), max_length=10, choices=Way, blank=True)
    verified_at = models.DateTimeField(_("bekreftet"), null=True)
    verified_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    verified_how = models.CharField(
        _("hvordan bekreftet"), max_length=10, choices=Verification, blank=True
    )

    started_on = models.DateField(_("hører til saken fra"), null=True)
    ended_on = models.DateField(_("hørte til saken til"), null=True)
    end_reason = models.CharField(_("hvorfor ikke lenger"), max_length=300, blank=True)

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
            models.CheckConstraint(
                name="caseperson_responsibility_is_known_from_somewhere",
                condition=Q(
                    responsibility_source="", responsibility_on=None, responsibility_by=None
                )
                | Q(
                    responsibility__in=["yes", "no"],
                    responsibility_on__isnull=False,
                    responsibility_by__isnull=False,
                )
                & ~Q(responsibility_source=""),
            ),
            models.CheckConstraint(
                name="caseperson_right_to_information_has_a_source",
                condition=Q(right_to_information="unknown", information_source="")
                | Q(right_to_information__in=["yes", "no"]) & ~Q(information_source=""),
            ),
            models.CheckConstraint(
                name="caseperson_arrangement_has_words",
                condition=Q(contact_since=None) | ~Q(contact_arrangement=""),
            ),
            models.CheckConstraint(
                name="caseperson_preferred_way_is_not_unsafe",
                condition=~Q(preferred="phone", safe_phone="no")
                & ~(Q(preferred="sms") & (Q(safe_sms="no") | Q(safe_phone="no")))
                & ~Q(preferred="email", safe_email="no")
                & ~Q(preferred="post", safe_post="no"),
            ),
            models.CheckConstraint(
                name="caseperson_ends_after_it_starts",
                condition=Q(ended_on=None) | Q(started_on=None) | Q(ended_on__gte=F("started_on")),
            ),
            models.CheckConstraint(
                name="caseperson_end_has_a_reason",
                condition=Q(ended_on=None, end_reason="")
                | Q(ended_on__isnull=False) & ~Q(end_reason=""),
            ),
        ]

    def __str__(self):
        return f"{self.person} ({self.get_relation_display()})"

    @property
    def is_verified(self):
        return self.verified_at is not None

    @property
    def confirmed_as(self):
        """Which confirmation it is, so that a page can tell whether there has been another."""
        return self.verified_at.isoformat() if self.verified_at else ""

    @property
    def has_ended(self):
        return self.ended_on is not None

    @property
    def is_responsibility_verified(self):
        return self.responsibility_on is not None

    @property
    def has_responsibility(self):
        """What is said, verified or not: who may be owed an answer is not left out."""
        return self.responsibility == self.YesNo.YES and not self.has_ended

    @cached_property
    def in_place_since(self):
        """Since when this person decides in the guardians' place; None who does not. A list has
        it with its rows."""
        return self.stands_in.today().values_list("started_on", flat=True).first()

    @property
    def is_in_the_guardians_place(self):
        return self.in_place_since is not None and not self.has_ended

    @property
    def may_be_reached(self):
        """Somebody that staff has spoken with, and who still belongs to the case."""
        return self.is_verified and not self.has_ended

    @property
    def shown_phone(self):
        """What a page may show; with the case protected only that there is one."""
        return self._shown(phones.readable(self.person.phone) if self.person.phone else "")

    @property
    def shown_email(self):
        return self._shown(self.person.email)

    @property
    def shown_address(self):
        return self._shown(self.person.address)

    def _shown(self, text):
        return HIDDEN if text and self.case.is_hidden else text

    @property
    def may_be_emailed(self):
        """Confirmed by staff, with an address, and never said to be unsafe."""
        has_address = self.may_be_reached and bool(self.person.email)
        return has_address and self.safe_email == self.YesNo.YES

    @property
    def may_be_texted(self):
        """Confirmed by staff, with a mobile telephone, and never said to be unsafe."""
        is_safe = self.safe_phone == self.YesNo.YES and self.safe_sms != self.YesNo.NO
        return self.may_be_reached and is_safe and phones.is_mobile(self.person.phone)

    @property
    def may_be_posted_to(self):
        """Nobody has said that a letter in the post is unsafe, and the person still belongs."""
        return not self.has_ended and self.safe_post != self.YesNo.NO
