"""What happens to a referral until it is decided, and afterwards."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from referrals.models.referral import Referral
from referrals.states import Outcome, State
from tibir.accounts.models import User
from tibir.core.encryption import EncryptedTextField
from tibir.core.transitions import Stateful


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
