"""What people are told, and how. The text never says anything of a family: it says that we have it.

A new kind is one entry in `Kind` and one in `RULES`.
"""

from dataclasses import dataclass
from datetime import time
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    REFERRAL_RECEIVED = "referral_received", _("vi har fått henvisningen")
    ANSWER_WAITS = "answer_waits", _("noe venter på deg")
    DEADLINE_NOTICE = "deadline_notice", _("frist")
    TASK = "task", _("oppgave")
    EMERGENCY_ACCESS = "emergency_access", _("nødtilgang er brukt")
    DIGEST = "digest", _("samlet e-post om varsler")
    SYSTEM_ALARM = "system_alarm", _("systemet trenger tilsyn")
    LOGIN_LINK = "login_link", _("lenke til å velge passord")
    LOGIN_CHANGED = "login_changed", _("innloggingen er endret")
    IDLE_SOON = "idle_soon", _("kontoen blir snart låst")


class Channel(models.TextChoices):
    EMAIL = "email", _("e-post")
    SMS = "sms", _("SMS")


class ToStaff(StrEnum):
    """How somebody employed hears of it, beside the inbox, where it is at once."""

    GATHERED = "gathered"  # in the next e-mail that says how many wait
    AT_ONCE = "at once"  # in an e-mail of its own
    ITSELF = "itself"  # it is the e-mail, and stands in no inbox


# On working days, in Oslo: who has something new and unread then is told so in one e-mail.
DIGEST_AT = (time(7, 30), time(12, 30))


@dataclass(frozen=True)
class Rule:
    """What a message is called, the templates of its text, and the channels it may take."""

    subject: str
    template: str
    sms: str = ""
    to_person: tuple[Channel, ...] = ()
    to_staff: ToStaff = ToStaff.GATHERED


# What an e-mail to staff says is the same whatever it is about: there is something, and where.
NEW_NOTICE = (_("Du har et nytt varsel i TIBIR"), "notifications/notice.txt")

RULES = {
    Kind.REFERRAL_RECEIVED: Rule(
        _("Vi har fått henvendelsen din"),
        "notifications/referral_received.txt",
        to_person=(Channel.EMAIL,),
    ),
    Kind.ANSWER_WAITS: Rule(
        _("Du har en ny beskjed"),
        "notifications/answer_waits.txt",
        sms="notifications/answer_waits_sms.txt",
        to_person=(Channel.EMAIL, Channel.SMS),
    ),
    Kind.DEADLINE_NOTICE: Rule(*NEW_NOTICE),
    Kind.TASK: Rule(*NEW_NOTICE),
    Kind.EMERGENCY_ACCESS: Rule(*NEW_NOTICE, to_staff=ToStaff.AT_ONCE),
    Kind.DIGEST: Rule(
        _("Varsler venter på deg i TIBIR"),
        "notifications/digest.txt",
        to_staff=ToStaff.ITSELF,
    ),
    Kind.SYSTEM_ALARM: Rule(
        _("TIBIR trenger tilsyn"), "notifications/alarm.txt", to_staff=ToStaff.AT_ONCE
    ),
    Kind.LOGIN_LINK: Rule(
        _("Velg passord i TIBIR"), "notifications/login_link.txt", to_staff=ToStaff.ITSELF
    ),
    Kind.LOGIN_CHANGED: Rule(
        _("Innloggingen din i TIBIR er endret"),
        "notifications/login_changed.txt",
        to_staff=ToStaff.ITSELF,
    ),
    Kind.IDLE_SOON: Rule(
        _("Kontoen din i TIBIR blir snart låst"),
        "notifications/idle_soon.txt",
        to_staff=ToStaff.ITSELF,
    ),
}
# About somebody's own login: they may have no place in any municipality yet.
OF_A_LOGIN = [Kind.IDLE_SOON, Kind.LOGIN_CHANGED, Kind.LOGIN_LINK]
IN_NO_INBOX = [kind for kind, rule in RULES.items() if rule.to_staff == ToStaff.ITSELF]
GATHERED = [kind for kind, rule in RULES.items() if rule.to_staff == ToStaff.GATHERED]
