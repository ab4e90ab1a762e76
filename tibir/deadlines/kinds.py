"""What can be due. A new kind of deadline is one entry here."""

from dataclasses import dataclass
from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models import Unit
from tibir.calendar import terms
from tibir.calendar.answer import DAYS_BEFORE, Stage
from tibir.calendar.holidays import working_days_after
from tibir.deadlines.notices import Before, Overdue, Pace, Reach


class Kind(models.TextChoices):
    ANSWER = "answer", _("svar på henvisning")
    MONTH_ANSWER = "month_answer", _("svar eller foreløpig svar innen en måned")
    CLAIM = "claim", _("noen må ta henvisningen")
    READ = "read", _("noen må lese henvisningen")
    CONFIRM_CONTACT = "confirm_contact", _("bekreft kontaktopplysninger")
    READ_SUBMISSION = "read_submission", _("les inn en innsending som stoppet")
    DOCUMENT_FAILED = "document_failed", _("et dokument ble ikke laget")
    MESSAGE_FAILED = "message_failed", _("en melding kom ikke fram")
    ATTACHMENT_STOPPED = "attachment_stopped", _("et vedlegg ble stoppet")
    ATTACHMENT_DAMAGED = "attachment_damaged", _("et vedlegg er skadet")
    DISPATCH_FAILED = "dispatch_failed", _("et brev kom ikke fram")
    INQUIRY = "inquiry", _("opplysninger vi har bedt om")
    CORRECTION = "correction", _("rettet mottaksdato skal godkjennes")
    FORWARDED = "forwarded", _("kvittering fra den som tar over")
    DISCREPANCY = "discrepancy", _("noe stemmer ikke: se på henvisningen")
    DISAGREEMENT = "disagreement", _("foreldrene er uenige: noen må avgjøre")
    STOP_PARTICIPATION = "stop_participation", _("samtykke er trukket: se på tiltaket")
    STOP_CONSULTATION = "stop_consultation", _("samtykke er trukket: stans konsultasjonen")
    STOP_COOPERATION = "stop_cooperation", _("samtykke er trukket: stans samarbeidet")
    DELETE_RECORDINGS = "delete_recordings", _("samtykke er trukket: slett opptakene")
    REMOVE_DATA = "remove_data", _("samtykke er trukket: ta ut opplysningene")
    CONSENT_EXPIRES = "consent_expires", _("et samtykke går ut")
    # Says nothing of what it is about: it stands in lists that more people read.
    FEEDBACK = "feedback", _("tilbakemelding fra en annen tjeneste")
    COMPLAINT = "complaint", _("klage som skal besvares")
    TAKE_OVER = "take_over", _("noen må ta over etter en som er inhabil")
    EMERGENCY_REVIEW = "emergency_review", _("vurder en nødtilgang")
    SHIELDED = "shielded", _("skjermet sak: fjern det som viser hvor familien er")
    NAMED_GROUP = "named_group", _("skjermet sak: minst to må være klarert for den")
    ACCESS_REVIEW = "access_review", _("se over hvem som har tilgang")
    PLAN_SCREENING = "plan_screening", _("kartlegging som skal planlegges")
    SCREENING = "screening", _("kartlegging som skal avsluttes")
    NOTE = "note", _("notat som ikke er signert")
    COSIGN = "cosign", _("notat som skal medsigneres")
    NEW_PRACTITIONER = "new_practitioner", _("tiltak som mangler behandler")
    SAME_CHILD = "same_child", _("kanskje samme barn som i en annen henvisning")
    START_SERVICE = "start_service", _("tiltak som skal settes i gang etter kartlegging")
    FIRST_MEETING = "first_meeting", _("tiltak som skal begynne")
    PARALLEL = "parallel", _("avgjør om tiltaket skal gå videre uten det for foreldrene")
    EXTENSION = "extension", _("flere møter: noen må si ja eller nei")
    MEASURE = "measure", _("måling som skal tas")
    CONTACT = "contact", _("ta kontakt med familien")
    CLOCK_STOPPED = "clock_stopped", _("varsler er stanset: si fra til dem som drifter TIBIR")


@dataclass(frozen=True)
class WorkingDays:
    count: int

    def after(self, day: date) -> date:
        return working_days_after(day, self.count)


@dataclass(frozen=True)
class CalendarDays:
    count: int

    def after(self, day: date) -> date:
        return terms.calendar_days(day, self.count)


@dataclass(frozen=True)
class Months:
    """By domstolloven §§ 148–149."""

    count: int

    def after(self, day: date) -> date:
        return terms.months(day, self.count)


@dataclass(frozen=True)
class Link:
    """The page of what is due: the name of its address, and the columns that fill it in."""

    name: str
    columns: tuple[str, ...]


# What a good coordinator would want: a word to the one who has it the working day before, to the
# coordinators too when it is over, and once a week when nobody suffers by the wait.
SOON = Before("soon", Reach.OWNER, days=1, working=True)
NAGGING = (SOON, Overdue(Reach.COORDINATOR, Pace.WORKING_DAYS))
PATIENT = (SOON, Overdue(Reach.COORDINATOR, Pace.WEEKLY))

REFERRAL = Link("referrals:detail", ("target_id",))
REFERRAL_OF_CASE = Link("referrals:detail", ("referral_id",))
CONSENTS = Link("family:consents", ("case_id",))
CASE = Link("home:case", ("case_id",))  # there is what is to be stopped, and all members read it


@dataclass(frozen=True)
class Rule:
    """One kind of deadline.

    length        how long a person has after the day it arose; None: the caller says
    plan          who is told when
    link          where one sees what it is about
    by_hand       a person ends it by saying that it is done; others end with what they ask for
    has_own_owner it is taken and given here; others belong to whoever has what they are about
    waits_unseen  it stands in no list before its last day: there is nothing to do for it but
                  what another deadline already asks for
    """

    length: WorkingDays | CalendarDays | Months | None
    plan: tuple[Before | Overdue, ...] = NAGGING
    link: Link | None = None
    by_hand: bool = False
    has_own_owner: bool = True
    waits_unseen: bool = False


# What meets the one meets the others about the same thing.
ALSO_MEETS = {Kind.ANSWER: [Kind.MONTH_ANSWER]}

RULES = {
    Kind.ANSWER: Rule(
        length=None,
        plan=(
            Before("owner", Reach.OWNER, DAYS_BEFORE[Stage.OWNER]),
            Before("coordinator", Reach.COORDINATOR, DAYS_BEFORE[Stage.COORDINATOR]),
            Before("leader", Reach.LEADER, DAYS_BEFORE[Stage.LEADER]),
            Overdue(Reach.LEADER, Pace.DAILY),
        ),
        link=REFERRAL,
        has_own_owner=False,
    ),
    Kind.MONTH_ANSWER: Rule(
        length=Months(1),
        plan=(
            Before("owner", Reach.OWNER, days=5, working=True),
            Before("coordinator", Reach.COORDINATOR, days=2, working=True),
            Overdue(Reach.LEADER, Pace.WORKING_DAYS),
        ),
        link=REFERRAL,
        has_own_owner=False,
    ),
    Kind.CLAIM: Rule(
        length=WorkingDays(2),
        plan=(
            Before("unclaimed", Reach.COORDINATOR, days=0),
            Overdue(Reach.COORDINATOR, Pace.WORKING_DAYS),
        ),
        link=REFERRAL,
        has_own_owner=False,
        waits_unseen=True,
    ),
    Kind.READ: Rule(
        length=WorkingDays(1),
        plan=(
            Before("unread", Reach.COORDINATOR, days=0),
            Overdue(Reach.COORDINATOR, Pace.WEEKLY),
        ),
        link=REFERRAL,
        has_own_owner=False,
        waits_unseen=True,
    ),
    Kind.CONFIRM_CONTACT: Rule(
        length=WorkingDays(3), link=Link("referrals:confirm_contact", ("referral_id", "target_id"))
    ),
    Kind.READ_SUBMISSION: Rule(
        length=WorkingDays(1), link=Link("referrals:submission", ("target_id",))
    ),
    Kind.DOCUMENT_FAILED: Rule(length=WorkingDays(1), link=REFERRAL_OF_CASE, by_hand=True),
    Kind.MESSAGE_FAILED: Rule(
        length=WorkingDays(1), plan=PATIENT, link=REFERRAL_OF_CASE, by_hand=True
    ),
    Kind.ATTACHMENT_STOPPED: Rule(length=WorkingDays(1), link=REFERRAL_OF_CASE, by_hand=True),
    Kind.ATTACHMENT_DAMAGED: Rule(length=WorkingDays(1), link=REFERRAL_OF_CASE, by_hand=True),
    Kind.DISPATCH_FAILED: Rule(length=WorkingDays(1), link=REFERRAL_OF_CASE),
    Kind.INQUIRY: Rule(length=WorkingDays(5), link=REFERRAL_OF_CASE),
    Kind.CORRECTION: Rule(
        length=WorkingDays(1),
        plan=(
            Before("proposed", Reach.COORDINATOR, days=0),
            Overdue(Reach.COORDINATOR, Pace.WORKING_DAYS),
        ),
        link=REFERRAL_OF_CASE,
    ),
    Kind.FORWARDED: Rule(length=WorkingDays(5), plan=PATIENT, link=REFERRAL),
    Kind.DISCREPANCY: Rule(
        length=WorkingDays(1),
        plan=(
            Before("found", Reach.COORDINATOR, days=1),
            Overdue(Reach.COORDINATOR, Pace.WORKING_DAYS),
        ),
        link=REFERRAL_OF_CASE,
    ),
    Kind.DISAGREEMENT: Rule(length=WorkingDays(5), link=CONSENTS),
    Kind.STOP_PARTICIPATION: Rule(length=WorkingDays(1), link=CASE, by_hand=True),
    Kind.STOP_CONSULTATION: Rule(length=WorkingDays(1), link=CASE, by_hand=True),
    Kind.STOP_COOPERATION: Rule(length=WorkingDays(1), link=CASE, by_hand=True),
    Kind.DELETE_RECORDINGS: Rule(length=WorkingDays(1), link=CONSENTS, by_hand=True),
    Kind.REMOVE_DATA: Rule(length=WorkingDays(1), link=CONSENTS, by_hand=True),
    Kind.CONSENT_EXPIRES: Rule(length=None, plan=PATIENT, link=CONSENTS),
    Kind.FEEDBACK: Rule(length=CalendarDays(21), link=Link("family:duty_reports", ("case_id",))),
    Kind.COMPLAINT: Rule(
        length=None,
        plan=(
            Before("owner", Reach.OWNER, days=5, working=True),
            Before("coordinator", Reach.COORDINATOR, days=2, working=True),
            Overdue(Reach.LEADER, Pace.WORKING_DAYS),
        ),
        link=Link("family:complaint", ("target_id",)),
    ),
    Kind.TAKE_OVER: Rule(
        length=WorkingDays(1),
        plan=(
            Before("left", Reach.COORDINATOR, days=1),
            Overdue(Reach.COORDINATOR, Pace.WORKING_DAYS),
        ),
        link=REFERRAL_OF_CASE,
        by_hand=True,
    ),
    Kind.EMERGENCY_REVIEW: Rule(
        length=WorkingDays(5),
        plan=(
            Before("used", Reach.LEADER, days=5, working=True),
            Overdue(Reach.LEADER, Pace.WORKING_DAYS),
        ),
        link=Link("family:review", ("case_id", "target_id")),
        has_own_owner=False,
    ),
    Kind.SHIELDED: Rule(
        length=WorkingDays(1), link=Link("family:words", ("case_id",)), by_hand=True
    ),
    Kind.NAMED_GROUP: Rule(
        length=WorkingDays(1),
        plan=(
            Before("lacking", Reach.COORDINATOR, days=1),
            Overdue(Reach.COORDINATOR, Pace.DAILY),
        ),
        link=Link("family:protection", ("case_id",)),
        has_own_owner=False,
    ),
    Kind.ACCESS_REVIEW: Rule(
        length=CalendarDays(28),
        plan=(
            Before("review", Reach.OWNER, days=28),
            Before("soon", Reach.OWNER, days=5, working=True),
            Overdue(Reach.LEADER, Pace.WEEKLY),
        ),
        link=Link("staff:review", ("target_id",)),
        has_own_owner=False,
    ),
    # After an answer that says screening: nobody is forgotten between the letter and the talk.
    Kind.PLAN_SCREENING: Rule(
        length=WorkingDays(5), link=Link("interventions:plan_screening", ("target_id",))
    ),
    Kind.SCREENING: Rule(
        length=None,
        plan=(
            Before("owner", Reach.OWNER, days=5, working=True),
            Overdue(Reach.COORDINATOR, Pace.WEEKLY),
        ),
        link=Link("interventions:screening", ("case_id", "target_id")),
        has_own_owner=False,
    ),
    Kind.NOTE: Rule(
        length=WorkingDays(3),
        plan=(
            Before("unsigned", Reach.OWNER, days=0),
            Overdue(Reach.OWNER, Pace.WORKING_DAYS),
        ),
        link=Link("interventions:note", ("case_id", "target_id")),
        has_own_owner=False,
    ),
    # Somebody in training has signed; without an asked colleague, those who watch are told.
    Kind.COSIGN: Rule(
        length=WorkingDays(3),
        plan=NAGGING,
        link=Link("interventions:note", ("case_id", "target_id")),
        has_own_owner=False,
    ),
    Kind.NEW_PRACTITIONER: Rule(
        length=WorkingDays(2), link=Link("interventions:assign", ("case_id", "target_id"))
    ),
    # Whoever was screened and offered something waits for it: no family is forgotten after it.
    Kind.START_SERVICE: Rule(
        length=WorkingDays(5),
        plan=PATIENT,
        link=Link("interventions:screening", ("case_id", "target_id")),
        by_hand=True,
    ),
    # Planned is not begun: no family is forgotten in between.
    Kind.FIRST_MEETING: Rule(
        length=WorkingDays(10),
        plan=PATIENT,
        link=Link("interventions:course", ("case_id", "target_id")),
        has_own_owner=False,
    ),
    Kind.PARALLEL: Rule(
        length=WorkingDays(5),
        link=Link("interventions:course", ("case_id", "target_id")),
        by_hand=True,
    ),
    Kind.EXTENSION: Rule(
        length=WorkingDays(3),
        plan=(
            Before("asked", Reach.COORDINATOR, days=2, working=True),
            Overdue(Reach.COORDINATOR, Pace.WORKING_DAYS),
        ),
        link=Link("interventions:extension", ("target_id",)),
        has_own_owner=False,
    ),
    # Somebody began at once with a family that may have another referral, which they may not see.
    Kind.SAME_CHILD: Rule(length=WorkingDays(2), link=REFERRAL, by_hand=True),
    # Begun when it can be taken, not months ahead: until then there is nothing to do for it.
    Kind.MEASURE: Rule(
        length=None,
        plan=(
            Before("owner", Reach.OWNER, days=2, working=True),
            Overdue(Reach.OWNER, Pace.WEEKLY),
        ),
        link=Link("interventions:put_aside", ("case_id", "target_id")),
        has_own_owner=False,
    ),
    # From the last time the family was met or called. Begun when that is a while ago and nothing
    # is agreed, so that nobody is reminded of a family that they are about to meet.
    Kind.CONTACT: Rule(
        length=CalendarDays(21),
        link=Link("interventions:course", ("case_id", "target_id")),
        has_own_owner=False,
    ),
    # Nobody can be told of this one: that is what it says.
    Kind.CLOCK_STOPPED: Rule(length=WorkingDays(1), plan=()),
}

WAIT_UNSEEN = [kind for kind, rule in RULES.items() if rule.waits_unseen]

# Where an answer is an enkeltvedtak, so that a month without it calls for a preliminary answer
# (forvaltningsloven § 11 a). Help from barnevern and a decision by PPT are; low-threshold help
# is normally not, whoever gives it. The caseworker's word on the one case goes before this. A
# preliminary answer meets MONTH_ANSWER, and never ANSWER.
ANSWERED_BY_VEDTAK = {
    Unit.LawProfile.CHILD_WELFARE,
    Unit.LawProfile.EDUCATIONAL_PSYCHOLOGY,
}
