"""From a draft on somebody's phone to a referral with a clock."""

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from referrals.questions import ENTRANCES, TOPICS, is_from_professional
from referrals.states import OPEN, TRANSITIONS, Outcome, State
from tibir.access.roles import Kind, units_where
from tibir.accounts.models import Municipality, Unit, User
from tibir.audit.models import Event
from tibir.calendar.answer import days_left
from tibir.cases.models import STRICT, Case, CasePerson, known_to
from tibir.core.codes import matches
from tibir.core.encryption import EncryptedJSONField, EncryptedTextField
from tibir.core.transitions import Stateful
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents.models import Attachment, Document

YOUNGEST, OLDEST = 3, 12


class DraftQuerySet(models.QuerySet):
    def alive(self, now):
        return self.filter(expires_at__gt=now)


class Draft(models.Model):
    """What somebody has typed so far; opened by a secret of which only the digest is kept."""

    PURPOSE = "draft"

    class Entrance(models.TextChoices):
        PARENT = "parent", _("forelder")
        PROFESSIONAL = "professional", _("fagperson")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    secret_digest = models.BinaryField(max_length=32)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=5, default="nb")
    entrance = models.CharField(max_length=20, choices=Entrance, default=Entrance.PARENT)
    # {"steps": {slug: {"typed": {field: [values]}, "version": n}}, "token": …}
    payload = EncryptedJSONField(default=dict)
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    submission = models.ForeignKey(
        "Submission", on_delete=models.PROTECT, null=True, related_name="+"
    )

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("utkast")
        verbose_name_plural = _("utkast")
        indexes = [models.Index(fields=["expires_at"], name="draft_expires")]

    def __str__(self):
        return f"{_('utkast')} {self.public_id}"

    @property
    def door(self):
        return ENTRANCES[self.entrance]

    def opens_with(self, secret):
        return matches(self.PURPOSE, secret, self.secret_digest)

    def typed(self, step):
        return self.payload.get("steps", {}).get(step, {}).get("typed")

    def version_of(self, step):
        return self.payload.get("steps", {}).get(step, {}).get("version", 0)

    def attachments(self):
        return Attachment.objects.filter(enclosure__draft=self).for_list()

    @property
    def has_room_for_files(self):
        return self.enclosures.count() < Enclosure.MOST

    @property
    def asks_for_protection(self):
        return (self.typed("deg") or {}).get("protection") in (["yes"], ["talk"])


class SubmissionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Those who may read a referral may read what it is made from, read in or not."""
        return self.filter(municipality__intake_unit__in=units_where(user, Kind.REFERRAL))

    def listed_for(self, user):
        """What staff have typed in where this user may: references and dates, never words."""
        typed_in = self.filter(channel__in=Submission.DESK)
        return typed_in.filter(municipality__intake_unit__in=units_where(user, Kind.REGISTER))

    def stopped(self):
        """Stored, but no referral came of it: staff must look."""
        return self.exclude(stopped_by="").order_by("pk")


class Submission(models.Model):
    """What somebody sent, as it was sent. Stored before anything else is promised."""

    STATUS, RECEIPT, ONCE = "status", "receipt", "once"

    actor_kind = Event.Actor.SENDER

    class Channel(models.TextChoices):
        FORM = "form", _("skjema")
        CALL_ME = "call_me", _("ring meg")
        PROFESSIONAL = "professional", _("skjema for fagpersoner")
        PHONE = "phone", _("telefon")
        PAPER = "paper", _("papir")
        IN_PERSON = "in_person", _("oppmøte")

    DESK = [Channel.PHONE, Channel.PAPER, Channel.IN_PERSON]

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(_("referanse"), max_length=20, unique=True)
    once_digest = models.BinaryField(max_length=32, unique=True)
    content_digest = models.BinaryField(max_length=32)
    status_digest = models.BinaryField(max_length=32)
    receipt_digest = models.BinaryField(max_length=32)
    channel = models.CharField(_("kanal"), max_length=20, choices=Channel)
    language = models.CharField(_("språk"), max_length=5)
    received_at = models.DateTimeField(_("mottatt"))
    answers = EncryptedJSONField(_("svar"))
    receipt = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    stopped_by = models.CharField(_("stoppet av"), max_length=60, blank=True)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("innsending")
        verbose_name_plural = _("innsendinger")
        indexes = [
            models.Index(
                fields=["municipality"], name="submission_stopped", condition=~Q(stopped_by="")
            )
        ]

    def __str__(self):
        return self.reference

    def get_absolute_url(self):
        return reverse("referrals:submission", args=[self.pk])

    @property
    def is_from_professional(self):
        return is_from_professional(self.answers)

    def shows_status_to(self, secret):
        return matches(self.STATUS, secret, self.status_digest)

    def shows_receipt_to(self, secret):
        return matches(self.RECEIPT, secret, self.receipt_digest)

    def attachments(self):
        return Attachment.objects.filter(enclosure__submission=self).for_list()

    def sent_along(self):
        """What the sender enclosed; staff may have added more."""
        return self.attachments().filter(author=None)


class Enclosure(models.Model):
    """A file that goes with a draft, and with the submission once that is sent.

    A draft that goes takes its files along: a trigger sees to it, whoever deletes it.
    """

    MOST = 5  # with one draft

    attachment = models.OneToOneField(
        Attachment, on_delete=models.PROTECT, related_name="enclosure"
    )
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, null=True, related_name="enclosures")
    submission = models.ForeignKey(
        Submission, on_delete=models.PROTECT, null=True, related_name="enclosures"
    )

    class Meta:
        verbose_name = _("vedlagt fil")
        verbose_name_plural = _("vedlagte filer")
        constraints = [
            models.CheckConstraint(
                name="enclosure_goes_with_a_draft_or_with_what_was_sent",
                condition=Q(draft=None) ^ Q(submission=None),
            )
        ]

    def __str__(self):
        return f"{_('vedlagt fil')} {self.pk}"


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
        """The rows of the inbox, by the units in which the user's role lists referrals."""
        return self.visible_to(user).filter(unit__in=units_where(user, Kind.REFERRAL_LIST))

    def open(self):
        return self.filter(state__in=OPEN)

    def overdue(self, today):
        return self.open().filter(due_on__lt=today)

    def to_send(self):
        """Decided, but not everybody who is owed the answer has it."""
        unmet = Deadline.objects.open().filter(
            kind=Due.ANSWER,
            target_type=Referral._meta.label_lower,
            target_id=OuterRef("pk"),
        )
        return self.filter(Exists(unmet), state=State.DECIDED)

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
        seen = Triage.objects.filter(referral=referral).values("other")
        seen_there = Triage.objects.filter(other=referral).values("referral")
        others = self.filter(same, municipality=referral.municipality_id)
        others = others.exclude(pk=referral.pk).exclude(case=referral.case_id)
        others = others.exclude(state=State.DUPLICATE)
        return others.exclude(pk__in=seen).exclude(pk__in=seen_there).for_list()

    def due_within(self, days, today):
        return self.open().filter(due_on__gte=today, due_on__lte=today + timedelta(days=days))

    def for_list(self):
        """What one row of the list shows and no more, in one query: nobody's words or numbers."""
        shown = self.select_related("case__child", "owner", "submission").only(
            "due_on",
            "state",
            "sender",
            "child_age",
            "situations",
            "asked_for_protection",
            "submission__reference",
            "submission__channel",
            "case__child__first_name",
            "case__child__last_name",
            "owner__name",
        )
        return shown.order_by("due_on", "pk")

    def after(self, due_on, pk):
        """The rows that follow this one in the list."""
        return self.filter(Q(due_on__gt=due_on) | Q(due_on=due_on, pk__gt=pk))


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

    def days_left(self, today):
        return days_left(self.due_on, today)

    @property
    def tells_its_sender(self):
        """Only a parent is told how it goes: a professional's part ends with the receipt."""
        return self.sender == self.Sender.PARENT

    @property
    def is_outside_age(self):
        return self.child_age is not None and not YOUNGEST <= self.child_age <= OLDEST

    @property
    def is_open(self):
        return self.state in OPEN

    @property
    def answered_on(self):
        """The day on which the last of those who are owed the answer had it; None until then."""
        clock = Deadline.objects.about(self, Due.ANSWER).order_by("-round").first()
        return clock.met_on if clock is not None else None


class InquiryQuerySet(models.QuerySet):
    def unanswered(self):
        return self.filter(answered_on=None)


class Inquiry(models.Model):
    """What we asked the family about, and what came of it."""

    class How(models.TextChoices):
        LETTER = "letter", _("brev")
        PHONE = "phone", _("telefon")

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="inquiries")
    how = models.CharField(_("hvordan"), max_length=10, choices=How)
    question = EncryptedTextField(_("hva vi spurte om"))
    asked_on = models.DateField(_("spurt"))
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answer = EncryptedTextField(_("hva de svarte"), default="")
    answered_on = models.DateField(_("svart"), null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = InquiryQuerySet.as_manager()

    class Meta:
        verbose_name = _("spørsmål til familien")
        verbose_name_plural = _("spørsmål til familien")
        constraints = [
            models.CheckConstraint(
                name="inquiry_answer_has_a_day_and_a_name",
                condition=Q(answered_on=None, answered_by=None)
                | Q(answered_on__isnull=False, answered_by__isnull=False),
            )
        ]

    def __str__(self):
        return f"{self.get_how_display()} {self.asked_on}"


class Reopening(models.Model):
    """What had been decided, and why it was looked at again."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="reopenings")
    state = models.CharField(_("status før"), max_length=20, choices=State)
    outcome = models.CharField(_("utfall før"), max_length=20, choices=Outcome, blank=True)
    ending = models.TextField(_("begrunnelse før"))
    reason = models.TextField(_("hvorfor den ble åpnet igjen"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    on = models.DateField(_("åpnet igjen"))

    class Meta:
        verbose_name = _("gjenåpning")
        verbose_name_plural = _("gjenåpninger")
        constraints = [
            models.CheckConstraint(name="reopening_has_a_reason", condition=~Q(reason="")),
        ]

    def __str__(self):
        return f"{self.on}"


class ReceivedCorrection(Stateful):
    """A wrong day of receipt is put right by two people, and both days remain."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("foreslått")
        APPROVED = "approved", _("godkjent")
        REFUSED = "refused", _("avslått")

    TRANSITIONS = {State.PROPOSED: {State.APPROVED, State.REFUSED}}

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="corrections")
    was = models.DateField(_("mottatt, som det sto"))
    becomes = models.DateField(_("mottatt, riktig dag"))
    reason = models.CharField(_("begrunnelse"), max_length=300)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_on = models.DateField(_("foreslått"))
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    settled_on = models.DateField(_("avgjort"), null=True)

    class Meta:
        verbose_name = _("rettet mottaksdato")
        verbose_name_plural = _("rettede mottaksdatoer")
        constraints = [
            models.UniqueConstraint(
                fields=["referral"],
                name="correction_one_at_a_time",
                condition=Q(state="proposed"),
                violation_error_message=_("Det ligger allerede et forslag til godkjenning."),
            ),
            models.CheckConstraint(
                name="correction_is_settled_by_a_second_person",
                condition=Q(state="proposed", settled_by=None, settled_on=None)
                | ~Q(state="proposed")
                & Q(settled_on__isnull=False)
                & ~Q(settled_by=F("proposed_by")),
            ),
        ]

    def __str__(self):
        return f"{self.was} → {self.becomes}"


class Triage(models.Model):
    """What somebody decided about two referrals that might be about the same child."""

    class Verdict(models.TextChoices):
        APART = "apart", _("ikke samme barn")
        LINKED = "linked", _("samme barn, ny sak å se på")
        MERGED = "merged", _("samme henvendelse")

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="triages")
    other = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(_("avgjørelse"), max_length=10, choices=Verdict)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    on = models.DateField(_("avgjort"))

    class Meta:
        verbose_name = _("vurdert mot en annen henvisning")
        verbose_name_plural = _("vurdert mot andre henvisninger")
        constraints = [
            models.UniqueConstraint(fields=["referral", "other"], name="triage_once_per_pair"),
            models.CheckConstraint(name="triage_is_about_two", condition=~Q(referral=F("other"))),
        ]

    def __str__(self):
        return self.get_verdict_display()


class DiscussionQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(unit__in=units_where(user, Kind.DISCUSSION))

    def held_in(self, year):
        return self.filter(held_on__year=year)

    def counted_by(self, field):
        """[{field, number, spent}], most first: how often, and how many minutes in all."""
        counted = self.values(field).annotate(number=Count("pk"), spent=Sum("minutes"))
        return counted.order_by("-number", field)


class Discussion(models.Model):
    """A professional asked for advice and named nobody: counted, and tied to no case."""

    ONCE = "discussion"

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("enhet")
    )
    held_on = models.DateField(_("dato"))
    caller_kind = models.CharField(_("fra"), max_length=20, choices=Referral.Sender.choices[1:])
    topic = models.CharField(_("tema"), max_length=30, choices=TOPICS)
    minutes = models.PositiveSmallIntegerField(_("minutter"))
    by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("drøftet med")
    )
    once_digest = models.BinaryField(max_length=32, unique=True)

    objects = DiscussionQuerySet.as_manager()

    class Meta:
        verbose_name = _("drøfting")
        verbose_name_plural = _("drøftinger")
        indexes = [models.Index(fields=["unit", "held_on"], name="discussion_of_unit")]
        constraints = [
            models.CheckConstraint(
                name="discussion_takes_some_minutes", condition=Q(minutes__gte=1, minutes__lte=480)
            )
        ]

    def __str__(self):
        return f"{_('drøfting')} {self.held_on}"
