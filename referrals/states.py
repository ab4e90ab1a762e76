from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    RECEIVED = "received", _("mottatt")
    ASSESSING = "assessing", _("til vurdering")
    AWAITING = "awaiting", _("venter på opplysninger")
    DECIDED = "decided", _("avgjort")
    WITHDRAWN = "withdrawn", _("trukket")
    DUPLICATE = "duplicate", _("dobbelt")


OPEN = [State.RECEIVED, State.ASSESSING, State.AWAITING]

TRANSITIONS = {
    State.RECEIVED: {State.ASSESSING, State.WITHDRAWN, State.DUPLICATE},
    State.ASSESSING: {State.AWAITING, State.DECIDED, State.WITHDRAWN, State.DUPLICATE},
    State.AWAITING: {State.ASSESSING, State.DECIDED, State.WITHDRAWN, State.DUPLICATE},
    State.DECIDED: {State.ASSESSING},
    State.WITHDRAWN: {State.ASSESSING},
    State.DUPLICATE: set(),
}


# What may be done in which state; who may is for the rules.
POSSIBLE = {
    "take": set(OPEN),
    "give": set(OPEN),
    "ask": {State.ASSESSING, State.AWAITING},
    "preliminary": set(OPEN),
    "answer": {State.ASSESSING, State.AWAITING},
    "withdraw": set(OPEN),
    "reopen": {State.DECIDED, State.WITHDRAWN},
    "correct": set(OPEN),
    "triage": set(OPEN),
}


class Outcome(models.TextChoices):
    SCREENING = "screening", _("kartlegging")
    DIRECT_OFFER = "direct_offer", _("tilbud med en gang")
    WAITLIST = "waitlist", _("venteliste")
    REFERRED_ON = "referred_on", _("henvist videre")
    NOT_TARGET_GROUP = "not_target_group", _("utenfor målgruppen")
