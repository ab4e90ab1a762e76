"""A request that the municipality look into a child's situation, and its clock."""

from datetime import timedelta
from functools import cache

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from referrals.models.submission import Submission
from referrals.states import OPEN, TRANSITIONS, Outcome, State
from tibir.access.roles import Kind, units_where
from tibir.accounts.models import Municipality, Unit, User
from tibir.calendar.answer import days_left
from tibir.cases.models import STRICT, Case, CasePerson, known_to
from tibir.core.transitions import Stateful
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline

YOUNGEST, OLDEST = 3, 12


def is_outside(age):
    """Whether a child of this age is too young or too old for what the services are made for."""
    return age is not None and not YOUNGEST <= age <= OLDEST


class ReferralQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What this user may open. Every read in a view starts here."""
        return self.filter(known_to(user, "case"))

    def about(self, people):
        """Those in whose case one of these people is the child or somebody around it."""
        return self.filter(
            Q(case__child__in=people)
            | Exists(CasePerson.objects.filter(case=OuterRef("case"), person__in=people))
        )

    def for_search(self):
        """What a search shows, the newest first. Strict protection keeps a case out of it, for
        those too who know of it: what stands on a screen is seen by others."""
        shown = self.exclude(case__grade__in=STRICT).select_related(
            "submission", "case__child", "unit"
        )
        shown = shown.defer("submission__answers", "reason")
        return shown.order_by("-received_on", "-pk")

    def listed_for(self, user):
        """The rows of the inbox, by the units in which the user's role lists referrals.

        Strict protection keeps a case out of every list and count, as it does out of a search.
        """
        listed = self.visible_to(user).exclude(case__grade__in=STRICT)
        return listed.filter(unit__in=units_where(user, Kind.REFERRAL_LIST))

    def open(self):
        return self.filter(state__in=OPEN)

    def overdue(self, today):
        return self.open().filter(due_on__lt=today)

    def to_send(self):
        """Decided, but not everybody who is owed the answer has it."""
        return self.filter(_is_due(Due.ANSWER), state=State.DECIDED)

    def maybe_about_the_same_child(self, referral):
        """What a person should look at: the same identity number, or born on the same day.

        Not what somebody has looked at already, and not what is in the same case.
        """
        child = referral.case.child
        same = Q(pk=None)
        if child.national_id_index is not None:
            same |= Q(case__child__national_id_index=child.national_id_index)
        if child.birth_date is not None:
            same |= Q(case__child__birth_date=child.birth_date)
        others = self.filter(same, municipality=referral.municipality_id)
        others = others.exclude(pk=referral.pk).exclude(case=referral.case_id)
        others = others.exclude(state=State.DUPLICATE)
        seen = referral.triages.values("other")
        return others.exclude(pk__in=seen).exclude(triages__other=referral).for_list()

    def due_within(self, days, today):
        return self.open().filter(due_on__gte=today, due_on__lte=today + timedelta(days=days))

    def figures(self, today):
        """How many are open, over their last day, and within three days of it, in one query."""
        soon = Q(due_on__gte=today, due_on__lte=today + timedelta(days=3))
        return self.open().aggregate(
            open=Count("pk"),
            overdue=Count("pk", filter=Q(due_on__lt=today)),
            soon=Count("pk", filter=soon),
        )

    def for_reading(self):
        """All that its own page says of it, and whether nobody who may answer has read it yet."""
        return self.annotate(is_unread=_is_due(Due.READ)).select_related(
            "submission__municipality", "case__child", "owner", "unit", "duplicate_of__submission"
        )

    def for_list(self):
        return self.select_related("case__child", "owner", "submission").order_by("due_on", "pk")

    def rows(self):
        """What one row of the inbox shows and no more, as plain values: nobody's words or numbers.

        Twenty-five objects of four models each took longer to make than to read.
        """
        return self.order_by("due_on", "pk").values(
            "pk",
            "due_on",
            "state",
            "sender",
            "child_age",
            "situations",
            "asked_for_protection",
            reference=F("submission__reference"),
            channel=F("submission__channel"),
            first_name=F("case__child__first_name"),
            last_name=F("case__child__last_name"),
            owner_name=F("owner__name"),
        )

    def after(self, due_on, pk):
        """The rows that follow this one in the list."""
        return self.filter(Q(due_on__gt=due_on) | Q(due_on=due_on, pk__gt=pk))


@cache
def _is_due(kind):
    """Whether it is due still; built once, since nothing of it is anybody's."""
    deadlines = Deadline.objects.open().filter(kind=kind, target_id=OuterRef("pk"))
    return Exists(deadlines.filter(target_type=Referral._meta.label_lower))


class Referral(Stateful):
    """A request that the municipality look into a child's situation."""

    TRANSITIONS = TRANSITIONS

    class Sender(models.TextChoices):
        PARENT = "parent", _("forelder")
        KINDERGARTEN = "kindergarten", _("barnehage")
        SCHOOL = "school", _("skole")
        HEALTH_STATION = "health_station", _("helsestasjon")
        CHILD_WELFARE = "child_welfare", _("barnevern")
        PPT = "ppt", _("PPT")
        GP = "gp", _("lege")
        PROFESSIONAL = "professional", _("annen fagperson")

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="referral")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="referrals")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("enhet")
    )
    state = models.CharField(_("status"), max_length=20, choices=State, default=State.RECEIVED)
    outcome = models.CharField(_("utfall"), max_length=20, choices=Outcome, blank=True)
    reason = models.TextField(_("begrunnelse"), blank=True)
    received_on = models.DateField(_("mottatt"))
    due_on = models.DateField(_("svarfrist"))
    # What its own sender was told; an earlier promise to another who sent the same moves only the
    # other date.
    promised_on = models.DateField(_("lovet svar"))
    owner = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("har henvisningen"),
    )
    duplicate_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="duplicates"
    )
    decided_on = models.DateField(_("avgjort"), null=True)
    referred_to = models.CharField(_("henvist videre til"), max_length=200, blank=True)
    # With their consent we send it on ourselves, and know that it arrived.
    forwarded_with_consent = models.BooleanField(_("samtykke til at vi sender videre"), null=True)
    forwarded_receipt_on = models.DateField(_("mottaker har kvittert"), null=True)
    sender = models.CharField(_("fra"), max_length=20, choices=Sender, default=Sender.PARENT)
    # Who is told how it goes, where the sender is a parent; people move with their case, as this.
    sent_by = models.ForeignKey(CasePerson, on_delete=models.PROTECT, null=True, related_name="+")
    child_age = models.SmallIntegerField(_("barnets alder"), null=True)
    situations = models.JSONField(_("det gjelder"), default=list)
    asked_for_protection = models.BooleanField(_("ba om skjerming"), default=False)

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("henvisning")
        verbose_name_plural = _("henvisninger")
        constraints = [
            models.CheckConstraint(
                name="referral_answer_is_due_within_14_days",
                condition=Q(due_on__lte=F("received_on") + timedelta(days=14)),
            ),
            models.CheckConstraint(
                name="referral_decision_has_outcome",
                condition=Q(state=State.DECIDED) ^ Q(outcome=""),
                violation_error_message=_("En avgjørelse må ha et utfall."),
            ),
            models.CheckConstraint(
                name="referral_ending_has_reason",
                condition=Q(state__in=OPEN) | ~Q(reason=""),
                violation_error_message=_("Skriv en begrunnelse."),
            ),
            models.CheckConstraint(
                name="referral_duplicate_points_to_the_other",
                condition=Q(state=State.DUPLICATE) ^ Q(duplicate_of=None),
            ),
            models.CheckConstraint(
                name="referral_decision_has_a_day",
                condition=~Q(state=State.DECIDED) | Q(decided_on__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_is_referred_on_to_somebody",
                condition=Q(outcome=Outcome.REFERRED_ON) ^ Q(referred_to=""),
                violation_error_message=_("Skriv hvem henvisningen går videre til."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "due_on", "id"],
                name="referral_inbox",
                condition=Q(state__in=OPEN),
            ),
        ]

    def __str__(self):
        return self.submission.reference

    def get_absolute_url(self):
        return reverse("referrals:detail", args=[self.pk])

    @property
    def reference(self):
        return self.submission.reference

    @property
    def told_received_on(self):
        """The day its own sender knows, also when another had sent the same before."""
        if self.duplicates.exists():
            return timezone.localdate(self.submission.received_at)
        return self.received_on

    def days_left(self, today):
        return days_left(self.due_on, today)

    @property
    def tells_its_sender(self):
        """Only a parent is told how it goes: a professional's part ends with the receipt."""
        return self.sender == self.Sender.PARENT

    def as_sent_by(self, person):
        """What this person sent, where that was merged into this one; else this one.

        Its reference, dates and language are those that the person knows. Of what somebody else
        sent nothing is said.
        """
        if self.sent_by_id == person.pk:
            return self
        merged = Referral.objects.filter(case=self.case_id, sent_by=person, state=State.DUPLICATE)
        found = merged.select_related("submission", "municipality", "unit").order_by("pk").first()
        return found or self

    @property
    def is_outside_age(self):
        return is_outside(self.child_age)

    @property
    def is_open(self):
        return self.state in OPEN

    @property
    def answered_on(self):
        """The day on which the last of those who are owed the answer had it; None until then."""
        clock = Deadline.objects.about(self, Due.ANSWER).order_by("-round").first()
        return clock.met_on if clock is not None else None
