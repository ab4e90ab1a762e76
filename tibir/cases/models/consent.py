"""Who has said yes to what: per person and purpose, and every word of it kept."""

from django.db import models
from django.db.models import Case as Chosen
from django.db.models import F, Q, Value, When
from django.db.models.functions import Now, TruncDate
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models import User
from tibir.cases.consensus import Outcome, Word
from tibir.cases.models.case import Case
from tibir.cases.models.member import known_to
from tibir.cases.models.people import CasePerson
from tibir.cases.models.wording import (
    Purpose,
    Wording,
)


class StandInQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(known_to(user, "decider__case"))

    def of_case(self, case):
        return self.filter(decider__case=case)

    def on(self, day):
        running = self.filter(Q(ended_on=None) | Q(ended_on__gt=day), started_on__lte=day)
        return running.order_by("started_on", "pk")

    def today(self):
        """By the database's own day, as everything that access depends on."""
        return self.on(TruncDate(Now()))

    def open(self):
        return self.filter(ended_on=None)

    def for_list(self):
        shown = self.select_related("decider__person", "person__person", "recorded_by")
        return shown.order_by("started_on", "pk")


class StandIn(models.Model):
    """Somebody of the case decides in the guardians' place, as barnevern may do.

    In the place of one `person` with responsibility: as long as that lasts, what that person says
    does not count, and what the stand-in says does. In the place of nobody who is named: the
    stand-in is asked as a guardian is, beside those there are.
    """

    decider = models.ForeignKey(CasePerson, on_delete=models.PROTECT, related_name="stands_in")
    person = models.ForeignKey(
        CasePerson, on_delete=models.PROTECT, null=True, related_name="stand_ins"
    )
    legal_basis = models.CharField(_("hjemmel"), max_length=200, blank=True)
    reference = models.CharField(_("vedtakets nummer"), max_length=60, blank=True)
    started_on = models.DateField(_("fra og med"))
    ended_on = models.DateField(_("til"), null=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = StandInQuerySet.as_manager()

    class Meta:
        verbose_name = _("den som bestemmer i stedet")
        verbose_name_plural = _("de som bestemmer i stedet")
        constraints = [
            models.CheckConstraint(
                name="standin_ends_after_it_starts",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
            ),
            models.CheckConstraint(
                name="standin_rests_on_a_decision",
                condition=~Q(legal_basis="") | ~Q(reference=""),
            ),
            models.CheckConstraint(
                name="standin_is_for_another", condition=~Q(decider=F("person"))
            ),
            models.UniqueConstraint(
                fields=["person"], condition=Q(ended_on=None), name="standin_one_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["decider"],
                condition=Q(ended_on=None, person=None),
                name="standin_once_for_nobody_named",
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def name(self):
        return self.decider.person.name

    @property
    def case_id(self):
        return self.decider.case_id

    @property
    def municipality_id(self):
        return self.decider.case.municipality_id


class ConsentQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(known_to(user, "person__case"))

    def of_case(self, case):
        return self.filter(person__case=case)

    def about(self, purpose, service=""):
        return self.filter(purpose=purpose, service=service)

    def current(self):
        """What each has last said of each purpose: their own word, not yet held against others.

        By the day it was said, so that a paper that is typed in late overturns nothing that was
        said after it. Being asked again takes no answer away.
        """
        one = ("person", "purpose", "service", "stand_in")
        asked = Chosen(When(state=Consent.State.REQUESTED, then=Value(1)), default=Value(0))
        return self.order_by(*one, asked, "-said_on", "-pk").distinct(*one)

    def for_list(self):
        return self.select_related(
            "person__person", "wording", "recorded_by", "stand_in__decider__person"
        )

    def newest_first(self):
        return self.order_by("-said_on", "-pk")


class Consent(models.Model):
    """What one person said of one purpose, once. Nothing is changed: the next word is a new row."""

    APPEND_ONLY = True

    class State(models.TextChoices):
        REQUESTED = Word.REQUESTED, _("er spurt")
        GIVEN = Word.GIVEN, _("har sagt ja")
        REFUSED = Word.REFUSED, _("har sagt nei")
        WITHDRAWN = Word.WITHDRAWN, _("har trukket samtykket")
        EXPIRED = Word.EXPIRED, _("samtykket er gått ut")

    class Channel(models.TextChoices):
        FORM = "form", _("i skjemaet")
        MEETING = "meeting", _("i et møte")
        PHONE = "phone", _("på telefon")
        PAPER = "paper", _("på papir, med underskrift")
        LETTER = "letter", _("i et brev eller en e-post")

    person = models.ForeignKey(CasePerson, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(_("formål"), max_length=30, choices=Purpose)
    service = models.CharField(_("tjeneste"), max_length=100, blank=True)
    state = models.CharField(_("svar"), max_length=10, choices=State)
    channel = models.CharField(_("hvordan"), max_length=10, choices=Channel)
    wording = models.ForeignKey(
        Wording, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("tekst")
    )
    limits = models.TextField(_("avgrensning"), blank=True)
    said_on = models.DateField(_("dag"))
    expires_on = models.DateField(_("gjelder til og med"), null=True)
    stand_in = models.ForeignKey(StandIn, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(_("skrevet inn"), db_default=Now())
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("samtykke")
        verbose_name_plural = _("samtykker")
        indexes = [models.Index(fields=["person", "purpose", "-said_on"], name="consent_of_person")]
        constraints = [
            models.CheckConstraint(
                # That it has expired is read from its last day.
                name="consent_says_what_somebody_said",
                condition=Q(state__in=["requested", "given", "refused", "withdrawn"]),
            ),
            models.CheckConstraint(
                name="consent_names_the_service_it_is_about",
                condition=Q(purpose="cooperation") ^ Q(service=""),
                violation_error_message=_("Skriv hvilken tjeneste det gjelder."),
            ),
            models.CheckConstraint(
                name="consent_given_may_expire",
                condition=Q(expires_on=None) | Q(state="given", expires_on__gte=F("said_on")),
            ),
        ]

    def __str__(self):
        return f"{self.what}: {self.get_state_display()}"

    @property
    def case_id(self):
        return self.person.case_id

    @property
    def municipality_id(self):
        return self.person.case.municipality_id

    @property
    def what(self):
        """The purpose in words, with the service it names."""
        label = self.get_purpose_display()
        return f"{label}: {self.service}" if self.service else label

    def state_on(self, day):
        """Expired is read, not written: a yes is over on the day after its last."""
        is_over = self.expires_on is not None and self.expires_on < day
        return self.State.EXPIRED if is_over else self.State(self.state)


class ConsentDecisionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(known_to(user, "case"))

    def current(self):
        """The latest about each purpose; whether it still holds is for `consensus` to say."""
        return self.order_by("purpose", "service", "-pk").distinct("purpose", "service")

    def for_list(self):
        return self.select_related("decided_by").order_by("-pk")


class ConsentDecision(models.Model):
    """A named person has decided what happens while those who decide for the child disagree."""

    class Result(models.TextChoices):
        GUIDE = Outcome.GUIDE, _("vi veileder dem som har sagt ja")
        PROCEED = Outcome.PROCEED, _("vi gjør det likevel")
        STOP = Outcome.STOP, _("vi gjør det ikke")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="consent_decisions")
    purpose = models.CharField(_("formål"), max_length=30, choices=Purpose)
    service = models.CharField(_("tjeneste"), max_length=100, blank=True)
    outcome = models.CharField(_("avgjørelse"), max_length=10, choices=Result)
    legal_basis = models.CharField(_("hjemmel"), max_length=200)
    reason = models.TextField(_("begrunnelse"))
    # Who had said what: the decision covers that and no more.
    agreed = models.JSONField(default=list)
    against = models.JSONField(default=list)
    unheard = models.JSONField(default=list)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("avgjort"), db_default=Now())

    objects = ConsentDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("avgjørelse om samtykke")
        verbose_name_plural = _("avgjørelser om samtykke")
        constraints = [
            models.CheckConstraint(
                name="consentdecision_has_basis_and_reason",
                condition=~Q(legal_basis="") & ~Q(reason=""),
                violation_error_message=_("Skriv både hjemmel og begrunnelse."),
            ),
            models.CheckConstraint(
                # Nobody is made to take part; those who want to may be guided.
                name="consentdecision_to_take_part_is_guidance",
                condition=Q(purpose="take_part", outcome__in=["guide", "stop"])
                | ~Q(purpose="take_part") & Q(outcome__in=["proceed", "stop"]),
            ),
        ]

    def __str__(self):
        return f"{self.get_purpose_display()}: {self.get_outcome_display()}"

    @property
    def municipality_id(self):
        return self.case.municipality_id
