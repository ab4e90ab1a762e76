"""What is asked, seen and said when a family and we find out what can help."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from interventions.kinds import Thrives, Where, Wish
from interventions.models.course import Course, journal_of
from referrals.models import Choice
from tibir.access.roles import Kind, units_where
from tibir.accounts.models import User
from tibir.cases.models import STRICT, CasePerson, DutyReport, known_to
from tibir.core.encryption import EncryptedTextField


class ScreeningQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(*journal_of(user))


class Screening(models.Model):
    """What a screening has found out. Anything may be unknown; nothing is guessed."""

    course = models.OneToOneField(Course, on_delete=models.PROTECT, related_name="screening")
    # Counted up with each change, so that nobody writes over what another has just written.
    version = models.PositiveIntegerField(default=0)

    observed_on = models.DateField(_("observert"), null=True)
    observed_where = models.CharField(_("hvor"), max_length=20, choices=Where, blank=True)
    observed_task = models.TextField(_("situasjon"), blank=True)
    observed_strengths = models.TextField(_("samspill som fungerer"), blank=True)
    observed_difficulties = models.TextField(_("samspill som er vanskelig"), blank=True)

    conversation = models.TextField(_("oppsummering av samtalen"), blank=True)
    wish = models.CharField(_("foreldrenes ønske"), max_length=20, choices=Wish, blank=True)
    wish_words = models.TextField(_("med foreldrenes ord"), blank=True)

    negativity_months = models.PositiveSmallIntegerField(
        _("måneder med gjensidig negativitet"), null=True
    )
    is_serious = models.BooleanField(_("vanskene er alvorlige"), null=True)
    has_behaviour_problems = models.BooleanField(_("kartlagte atferdsvansker"), null=True)
    # None is that nobody has asked; an empty list is that there are none.
    arenas = models.JSONField(_("hvor vanskene viser seg"), null=True)
    burdens = models.JSONField(_("belastninger i familien"), null=True)
    earlier = models.JSONField(_("tiltak familien har hatt før"), null=True)
    suits_group = models.BooleanField(_("passer i gruppe"), null=True)

    # What was decided; beside it stands what was recommended, and from what.
    choice = models.OneToOneField(
        Choice, on_delete=models.PROTECT, null=True, related_name="screening"
    )

    objects = ScreeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("kartlegging")
        verbose_name_plural = _("kartlegginger")
        constraints = [
            models.CheckConstraint(
                name="screening_negativity_is_within_a_childhood",
                condition=Q(negativity_months=None) | Q(negativity_months__lte=216),
            )
        ]

    def __str__(self):
        return f"{_('kartlegging')} {self.pk}"

    @property
    def case_id(self):
        return self.course.case_id

    @property
    def municipality_id(self):
        return self.course.municipality_id

    @property
    def is_observed(self):
        return self.observed_on is not None

    @property
    def is_talked_through(self):
        return bool(self.conversation)


class Gate(models.Model):
    """What one parent answers to the two questions that a screening begins with."""

    screening = models.ForeignKey(Screening, on_delete=models.PROTECT, related_name="gates")
    person = models.ForeignKey(CasePerson, on_delete=models.PROTECT, related_name="gates")
    asked_on = models.DateField(_("spurt"))
    thrives = models.CharField(_("trives i rollen"), max_length=10, choices=Thrives)
    thrives_words = models.TextField(_("med egne ord"), blank=True)
    worries = models.BooleanField(_("har utfordringer eller bekymringer"))
    worries_words = models.TextField(_("med egne ord"), blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("svar på innledende spørsmål")
        verbose_name_plural = _("svar på innledende spørsmål")
        constraints = [
            models.UniqueConstraint(fields=["screening", "person"], name="gate_once_per_person")
        ]

    def __str__(self):
        return f"{_('svar')} {self.pk}"


class SafetyCheckQuerySet(models.QuerySet):
    def visible_to(self, user):
        """As a report to barnevern: whoever made it, those who give the course, who must not
        believe that nobody was worried, and those who may know of reports."""
        entitled = (
            Q(by=user)
            | Q(course__practitioner=user)
            | Q(course__supervisor=user)
            | Q(course__case__responsible=user)
            | Q(course__case__unit__in=units_where(user, Kind.DUTY_REPORT))
            | Q(course__case__grade__in=STRICT)
        )
        return self.filter(known_to(user, "course__case"), entitled)

    def undecided(self):
        return self.filter(settled_on=None)

    def for_list(self):
        return self.select_related("by", "report").order_by("-pk")


class SafetyCheck(models.Model):
    """Is the child safe? A worry is open until it is reported, or somebody says why it is not.

    Never removed, and told to the family no more than the report itself.
    """

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="safety_checks")
    checked_on = models.DateField(_("vurdert"))
    is_worried = models.BooleanField(_("bekymring for vold eller omsorgssvikt"))
    words = EncryptedTextField(_("det som er sett og hørt"), default="")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(db_default=Now())
    settled_on = models.DateField(_("avgjort"), null=True)
    report = models.OneToOneField(
        DutyReport, on_delete=models.PROTECT, null=True, related_name="safety_check"
    )
    why_not = EncryptedTextField(_("hvorfor det ikke er meldt"), default="")

    objects = SafetyCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("vurdering av barnets trygghet")
        verbose_name_plural = _("vurderinger av barnets trygghet")
        constraints = [
            models.CheckConstraint(
                name="safetycheck_without_worry_is_settled",
                condition=Q(is_worried=True) | Q(settled_on=F("checked_on"), report=None),
            ),
            models.CheckConstraint(
                name="safetycheck_settled_is_reported_or_explained",
                condition=Q(is_worried=False)
                | Q(settled_on=None, report=None, why_not="")
                | Q(settled_on__isnull=False, report__isnull=False)
                | Q(settled_on__isnull=False) & ~Q(why_not=""),
            ),
        ]

    def __str__(self):
        return f"{_('vurdering')} {self.pk}"

    @property
    def case_id(self):
        return self.course.case_id

    @property
    def municipality_id(self):
        return self.course.municipality_id

    @property
    def is_settled(self):
        return self.settled_on is not None
