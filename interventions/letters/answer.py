"""The answer to a referral, in words: the heading says it, the first sentence says it again."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from referrals.letters import words
from referrals.states import Outcome
from tibir.calendar.oslo import week_of
from tibir.core.dates import long_date, weekday_date


def answer(referral, recipient, *, by, on, outcome, reason, address="", **chosen):
    """The letter to one recipient, in the language of the referral, as that one sent it.

    `chosen` is what goes with the outcome: `window` (first and last day) for the waitlist,
    `referred_to` and `forwarded_with_consent` for what goes on to somebody else.
    """
    referral = referral.as_sent_by(recipient)
    with override(referral.submission.language):
        return words(
            referral,
            recipient,
            by=by,
            on=on,
            address=address,
            reason=reason,
            rights=rights(referral),
            **SAID[outcome](**chosen),
        )


def rights(referral, otherwise=""):
    """How one complains, as the unit says it; or `otherwise`, of what is no answer."""
    return [
        referral.unit.complaint_text
        or otherwise
        or _(
            "Er du uenig i svaret, eller ikke fornøyd med oss? Ring eller skriv til oss, så ser "
            "vi på saken en gang til. Du kan få hjelp til å klage."
        ),
        _("Du kan be om å få se det vi har skrevet om deg og barnet."),
    ]


def _screening(**_chosen):
    return {
        "heading": _("Dere er tilbudt en kartleggingssamtale"),
        "lead": _("Vi har lest henvisningen, og vil gjerne møte dere."),
        "paragraphs": [
            _(
                "Kartlegging er én til tre samtaler der vi sammen finner ut hva som kan hjelpe "
                "dere. Det er gratis og frivillig."
            )
        ],
        "steps": [
            _("Vi ringer deg og avtaler tid for den første samtalen."),
            _("Etter samtalene foreslår vi hva dere kan få hjelp med."),
            _("Passer det ikke, kan dere si nei når som helst."),
        ],
    }


def _direct_offer(**_chosen):
    return {
        "heading": _("Dere får tilbud om hjelp nå"),
        "lead": _("Vi har lest henvisningen. Dere kan begynne uten å vente."),
        "steps": [
            _("Vi ringer deg og avtaler tid for det første møtet."),
            _("Det er gratis og frivillig, og dere kan si nei når som helst."),
        ],
    }


def _waitlist(*, window, **_chosen):
    return {
        "heading": _("Dere står på venteliste"),
        "lead": _("Vi tror dere kan begynne i %(weeks)s.") % {"weeks": weeks(*window)},
        "paragraphs": [
            _("Det er et anslag, ikke et løfte, og vi sier fra hvis det endrer seg."),
        ],
        "steps": [
            _("Du trenger ikke gjøre noe for å beholde plassen."),
            _("Vi ringer deg når det nærmer seg, og avtaler tid."),
            _("Har noe endret seg, eller haster det mer nå? Ring oss."),
        ],
    }


def _referred_on(*, referred_to, forwarded_with_consent, **_chosen):
    to = {"who": referred_to}
    if forwarded_with_consent:
        return {
            "heading": _("Vi sender henvisningen videre"),
            "lead": _("%(who)s kan hjelpe dere bedre enn vi kan.") % to,
            "steps": [
                _("Vi sender henvisningen til %(who)s, slik du har samtykket til.") % to,
                _("%(who)s tar kontakt med deg.") % to,
                _("Hører du ikke fra dem, kan du ringe oss."),
            ],
        }
    return {
        "heading": _("Andre kan hjelpe dere bedre"),
        "lead": _("%(who)s kan hjelpe dere bedre enn vi kan.") % to,
        "steps": [
            _("Ta selv kontakt med %(who)s. Vi sender ikke noe dit uten at du samtykker.") % to,
            _("Vil du heller at vi sender henvisningen for deg, kan du ringe oss."),
        ],
    }


def _not_target_group(**_chosen):
    return {
        "heading": _("Vi har ikke et tilbud som passer for dere"),
        "lead": _("Vi har lest henvisningen nøye, og kan ikke hjelpe med dette."),
        "steps": [
            _("Henvisningen er avsluttet hos oss."),
            _("Endrer noe seg, kan dere henvise på nytt når som helst."),
        ],
    }


SAID = {
    Outcome.SCREENING: _screening,
    Outcome.DIRECT_OFFER: _direct_offer,
    Outcome.WAITLIST: _waitlist,
    Outcome.REFERRED_ON: _referred_on,
    Outcome.NOT_TARGET_GROUP: _not_target_group,
}


def weeks(first, last):
    """«uke 8 til 11, mellom 22. februar 2027 og 21. mars 2027»: not everybody counts in weeks."""
    begins, ends = week_of(first).number, week_of(last).number
    said = {"first": begins, "last": ends, "from": long_date(first), "until": long_date(last)}
    if begins == ends:
        return _("uke %(first)d, mellom %(from)s og %(until)s") % said
    return _("uke %(first)d til %(last)d, mellom %(from)s og %(until)s") % said


# --- After a screening ------------------------------------------------------------------------


def screened(referral, recipient, *, by, on, services, reason, address=""):
    """What we suggest after the talks, in the language of the referral. It says nothing of any
    other way that was chosen beside the services."""
    with override(referral.submission.language):
        return words(
            referral,
            recipient,
            by=by,
            on=on,
            address=address,
            reason=reason,
            rights=rights(referral),
            **(_suggested(services) if services else _nothing_now()),
        )


def agreed(referral, recipient, *, by, on, starts_on, reason, address=""):
    """The answer to a family that was met, and has agreed to begin: it says when."""
    with override(referral.submission.language):
        return words(
            referral,
            recipient,
            by=by,
            on=on,
            address=address,
            reason=reason,
            rights=rights(referral),
            heading=_("Dere begynner med rådgivning"),
            lead=_("Vi har avtalt at dere begynner %(day)s.") % {"day": weekday_date(starts_on)},
            paragraphs=[
                _("Dette er svaret på at dere ba om hjelp."),
                str(EXPLAINED["counselling"]),
            ],
            steps=[
                _("Passer ikke dagen likevel? Ring oss, så finner vi en annen."),
                _("Det er gratis og frivillig, og dere kan si nei når som helst."),
            ],
        )


def _suggested(services):
    return {
        "heading": _("Dette foreslår vi etter kartleggingen"),
        "lead": _("Takk for samtalene. Vi har sammen sett på hva som kan hjelpe dere."),
        "paragraphs": [str(EXPLAINED[service]) for service in services if service in EXPLAINED],
        "steps": [
            _("Vi ringer deg og avtaler når dere kan begynne."),
            _("Må dere vente, sier vi omtrent hvor lenge. Det er et anslag, ikke et løfte."),
            _("Det er gratis og frivillig, og dere kan si nei når som helst."),
        ],
    }


def _nothing_now():
    return {
        "heading": _("Vi foreslår ikke noe tiltak nå"),
        "lead": _("Takk for samtalene. Vi har sammen sett på hva som kan hjelpe dere."),
        "steps": [
            _("Kartleggingen er avsluttet hos oss."),
            _("Endrer noe seg, kan dere ta kontakt når som helst."),
        ],
    }


EXPLAINED = {
    "counselling": gettext_lazy("Rådgivning: noen samtaler om det dere strever med hjemme."),
    "pmto_therapy": gettext_lazy(
        "PMTO-terapi: samtaler én gang i uken over lengre tid, der dere øver på det som er "
        "vanskelig."
    ),
    "parent_group": gettext_lazy(
        "Foreldrekurs i gruppe: dere møter andre foreldre, én gang i uken."
    ),
    "social_skills": gettext_lazy(
        "Sosial ferdighetstrening: en voksen øver sammen med barnet, ved siden av hjelpen til dere."
    ),
    "consultation": gettext_lazy(
        "Konsultasjon: vi veileder de voksne i barnehagen eller på skolen."
    ),
}
