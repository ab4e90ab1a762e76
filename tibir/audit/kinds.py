"""What the log can say, in plain words: each verb is one sentence about whoever did it."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Group(models.TextChoices):
    """What somebody who reads the log looks for."""

    OPENED = "opened", _("har sett")
    CHANGED = "changed", _("har gjort")
    SENT = "sent", _("brev og meldinger")
    ACCESS = "access", _("tilgang og adressesperre")
    SYSTEM = "system", _("innlogging og drift")


@dataclass(frozen=True)
class Verb:
    said: str  # what comes after the name: «Kari leste henvisningen»
    group: Group

    @property
    def is_opening(self):
        """Somebody saw something of a family."""
        return self.group == Group.OPENED


def _verbs(group, said):
    return {verb: Verb(sentence, group) for verb, sentence in said.items()}


VERBS = {
    **_verbs(
        Group.OPENED,
        {
            "address.revealed": _("viste adressen eller telefonnummeret til en skjermet familie"),
            "access.listed": _("så hvem som har hatt tilgang til saken"),
            "attachment.downloaded": _("lastet ned et vedlegg"),
            "case.members_listed": _("så hvem som arbeider med saken"),
            "case.read": _("åpnet saken"),
            "complaint.listed": _("så på klagene"),
            "complaint.read": _("leste en klage"),
            "consent.history_read": _("leste hva det er samtykket til, fra begynnelsen"),
            "consent.read": _("leste hva det er samtykket til"),
            "course.listed": _("så på listen over kartlegginger"),
            "course.read": _("så på en kartlegging"),
            "deadline.listed": _("så på listen over frister"),
            "deadline.read": _("så på en frist"),
            "dispatch.listed": _("så på listen over brev"),
            "dispatch.printed": _("skrev ut et brev"),
            "dispatch.read": _("så på et brev som er på vei"),
            "document.read": _("åpnet et brev"),
            "duty.listed": _("så på bekymringsmeldingene"),
            "duty.check_read": _("så på vurderingen av barnets trygghet"),
            "duty.read": _("leste en bekymringsmelding"),
            "emergency.read": _("så på en nødtilgang"),
            "family.child_read": _("leste om barnet"),
            "family.child_views_read": _("leste hva barnet mener"),
            "family.contact_read": _("så på kontaktopplysninger"),
            "family.listed": _("så hvem som er i familien"),
            "family.person_read": _("leste om en person i saken"),
            "log.check_read": _("så på en uke av loggen til en enhet"),
            "log.listed": _("så i loggen"),
            "measurement.listed": _("så på målingene"),
            "measurement.read": _("så på svarene i en måling"),
            "note.read": _("leste et notat"),
            "protection.read": _("så på adressesperren"),
            "receipt.downloaded": _("lastet ned kvitteringen"),
            "receipt.read": _("så kvitteringen"),
            "referral.listed": _("så på listen over henvisninger"),
            "referral.read": _("leste henvisningen"),
            "routing.consequences_read": _("så hvem nye regler ville gitt noe annet"),
            "screening.read": _("leste det som står i en kartlegging"),
            "search": _("søkte etter en familie"),
            "shielded.listed": _("så på listen over skjermede saker"),
            "siblings.read": _("så på hvilke saker som gjelder søsken"),
            "status.read": _("så på statussiden"),
            "submission.read": _("leste en innsending som ikke var lest inn"),
            "submission.receipt_shown": _("så kvitteringen for det som ble registrert"),
        },
    ),
    **_verbs(
        Group.CHANGED,
        {
            "attachment.damaged": _("fant at et vedlegg er skadet"),
            "attachment.infected": _("stanset et vedlegg med virus"),
            "attachment.cleaned": _("kontrollerte et vedlegg"),
            "attachment.received": _("la ved en fil"),
            "attachment.refused": _("stanset et vedlegg som ikke kan brukes"),
            "attachment.removed": _("fjernet et vedlegg"),
            "case.closed": _("avsluttet saken"),
            "case.joined": _("la en henvisning til saken"),
            "case.linked": _("knyttet saken til søskens sak"),
            "case.merged": _("slo sammen to saker"),
            "case.moved": _("ga saken til en annen enhet"),
            "case.opened": _("opprettet saken"),
            "case.reopened": _("åpnet saken igjen"),
            "case.unlinked": _("løste saken fra søskens sak"),
            "case.words_cut": _("fjernet ord som viser hvor familien er"),
            "complaint.received": _("registrerte en klage"),
            "configuration.added": _("la til noe i oppsettet"),
            "configuration.changed": _("endret oppsettet"),
            "configuration.removed": _("fjernet noe fra oppsettet"),
            "consent.decided": _("avgjorde en uenighet om samtykke"),
            "consent.form_made": _("laget et samtykkeskjema"),
            "consent.said": _("registrerte et svar om samtykke"),
            "consent.stand_in_began": _("registrerte hvem som samtykker i en forelders sted"),
            "consent.stand_in_ended": _("avsluttet at noen samtykker i en forelders sted"),
            "course.agreed": _("avtalte et tiltak med en familie"),
            "course.assigned": _("ga et tiltak til en annen behandler"),
            "course.begun": _("begynte på et tiltak"),
            "course.concluded": _("avsluttet en kartlegging med en beslutning"),
            "course.ended": _("avsluttet et tiltak før tiden"),
            "course.moved": _("ga et tiltak til en annen enhet"),
            "course.planned": _("planla et tiltak"),
            "deadline.begun": _("satte en frist"),
            "deadline.brought_forward": _("flyttet en frist fram"),
            "deadline.closed": _("lukket en frist"),
            "deadline.given": _("ga en frist til en annen"),
            "deadline.met": _("holdt en frist"),
            "deadline.released": _("slapp en frist"),
            "deadline.reopened": _("åpnet en frist igjen"),
            "deadlines.swept": _("skrev varsler om frister"),
            "discussion.held": _("registrerte en drøfting"),
            "draft.begun": _("begynte på et skjema"),
            "licence.confirmed": _("bekreftet at kommunen kan bruke et måleinstrument"),
            "measurement.checked": _("skrev inn en måling en gang til, og den var lik"),
            "measurement.entered": _("skrev inn en måling"),
            "measurement.struck": _("strøk en måling"),
            "draft.discarded": _("slettet et skjema"),
            "draft.expired": _("slettet et skjema som var for gammelt"),
            "draft.saved": _("lagret et skjema"),
            "duty.checked": _("vurderte om barnet er trygt"),
            "duty.heard_from": _("registrerte svar fra barnevernet"),
            "duty.released": _("sa at familien kan få vite om bekymringsmeldingen"),
            "duty.reported": _("registrerte en bekymringsmelding"),
            "duty.settled": _("avgjorde om en bekymring skal meldes"),
            "family.child_heard": _("skrev ned hva barnet mener"),
            "family.contact_verified": _("bekreftet kontaktopplysninger"),
            "family.informed": _("registrerte hvem som har fått informasjon"),
            "family.person_added": _("la til en person i saken"),
            "family.person_corrected": _("rettet opplysninger om en person"),
            "family.person_ended": _("avsluttet en persons plass i saken"),
            "family.person_made_one": _("slo sammen en person som sto i saken to ganger"),
            "family.person_taken_back": _("tok en person tilbake i saken"),
            "family.responsibility_verified": _("bekreftet hvem som har foreldreansvar"),
            "meeting.changed": _("endret et møte"),
            "meeting.held": _("registrerte et møte som er holdt"),
            "meeting.missed": _("registrerte et møte som ikke ble holdt"),
            "meeting.planned": _("avtalte et møte"),
            "note.added_to": _("la noe til et signert notat"),
            "note.opened": _("begynte på et notat"),
            "note.saved": _("skrev på et notat"),
            "note.signed": _("signerte et notat"),
            "referral.asked": _("ba familien om flere opplysninger"),
            "referral.contact_confirmed": _("bekreftet kontaktopplysninger"),
            "referral.correction_approved": _("godkjente en rettet mottaksdato"),
            "referral.correction_proposed": _("foreslo en rettet mottaksdato"),
            "referral.correction_refused": _("avslo en rettet mottaksdato"),
            "referral.decided": _("avgjorde henvisningen"),
            "referral.forwarded": _("noterte kvittering fra den som tar over"),
            "referral.given": _("ga henvisningen til en annen"),
            "referral.merged": _("slo sammen to henvisninger"),
            "referral.moved": _("ga henvisningen til en annen enhet"),
            "referral.received": _("leste inn henvisningen"),
            "referral.reopened": _("åpnet henvisningen igjen"),
            "referral.taken": _("tok henvisningen"),
            "referral.told": _("skrev ned hva familien svarte"),
            "referral.triaged": _("vurderte om to henvisninger gjelder samme barn"),
            "referral.withdrawn": _("trakk henvisningen"),
            "routing.chosen": _("valgte tiltak"),
            "routing.recommended": _("fikk en anbefaling om tiltak"),
            "screening.asked": _("skrev ned svar på de innledende spørsmålene"),
            "screening.written": _("skrev i en kartlegging"),
            "submission.address_cut": _("fjernet adressen fra det som ble sendt inn"),
            "submission.received": _("sendte inn en henvisning"),
            "window.told": _("sa når familien omtrent kan begynne"),
        },
    ),
    **_verbs(
        Group.SENT,
        {
            "dispatch.done": _("sendte eller leverte et brev"),
            "dispatch.failed": _("noterte at et brev ikke kom fram"),
            "dispatch.ordered": _("bestilte utsending av et brev"),
            "dispatch.stopped": _("stanset et brev"),
            "document.damaged": _("fant at et brev er skadet"),
            "document.moved": _("flyttet et dokument"),
            "document.ordered": _("bestilte et brev"),
            "document.sealed": _("forseglet et brev"),
            "log.extracted": _("lagde liste over hvem som har åpnet saken"),
            "notification.listed": _("så på varslene sine"),
            "notification.read": _("merket et varsel som lest"),
            "notification.stopped": _("stanset en melding"),
            "notification.written": _("skrev en melding"),
            "referral.told_of_delay": _("sa fra om at svaret blir forsinket"),
        },
    ),
    **_verbs(
        Group.ACCESS,
        {
            "log.checked": _("kontrollerte loggen til en enhet"),
            "access.not_there": _("prøvde å åpne noe som ikke finnes for den som spurte"),
            "access.not_yours": _("prøvde å åpne noe som rollen ikke gir tilgang til"),
            "access.slowed": _("åpnet så mange saker på kort tid at det ble en pause"),
            "access.opened": _("fikk tidsbegrenset tilgang til saken"),
            "access.reviewed": _("gikk gjennom en tilgang"),
            "case.disqualified": _("registrerte at noen er inhabil i saken"),
            "case.entrusted": _("ga noen ansvaret for saken"),
            "case.let_in_again": _("slapp noen inn i saken igjen"),
            "case.loosened": _("lempet på adressesperren"),
            "case.member_added": _("la til et saksmedlem"),
            "case.member_cleared": _("klarerte et saksmedlem"),
            "case.member_ended": _("avsluttet et saksmedlem"),
            "case.protected": _("skjerpet adressesperren i saken"),
            "case.taken_from_others": _("stengte saken for andre"),
            "emergency.opened": _("brukte nødtilgang til saken"),
            "emergency.reviewed": _("gikk gjennom en nødtilgang"),
            "emergency.tried": _("prøvde å bruke nødtilgang"),
            "membership.added": _("ga noen en rolle"),
            "membership.changed": _("endret noens rolle"),
            "membership.removed": _("fjernet noens rolle"),
            "membership.ended": _("avsluttet en rolle i enheten"),
            "person.address_cut": _("fjernet adressen til en person"),
            "person.loosened": _("lempet på adressesperren for en person"),
            "person.protected": _("skjerpet adressesperren for en person"),
            "person.sheltered": _("registrerte et midlertidig skjermet opphold"),
        },
    ),
    **_verbs(
        Group.SYSTEM,
        {
            "routing.activated": _("tok nye regler for anbefaling i bruk"),
            "routing.approved": _("godkjente regler for anbefaling"),
            "routing.changed": _("endret et utkast til regler for anbefaling"),
            "routing.copied": _("begynte på nye regler for anbefaling"),
            "routing.discarded": _("forkastet regler for anbefaling"),
            "routing.retired": _("satte regler for anbefaling ut av bruk"),
            "routing.tried": _("prøvde ut regler for anbefaling"),
            "staff.listed": _("så hvem som har tilgang i enheten"),
            "health.read": _("så på siden for drift"),
            "keys.rotated": _("byttet krypteringsnøkkel"),
            "log.verified": _("etterprøvde loggen"),
            "user.code_refused": _("skrev feil engangskode"),
            "user.codes_kept": _("tok i bruk koder fra telefonen"),
            "user.factors_reset": _("nullstilte noens andre innloggingsledd"),
            "user.link_asked_for": _("ba om en lenke på e-post"),
            "user.link_sent": _("sendte en lenke på e-post"),
            "user.linked": _("koblet en bruker til kommunens innlogging"),
            "user.locked": _("stengte en bruker som ikke har vært i bruk"),
            "user.logged_in": _("logget inn"),
            "user.login_refused": _("ble nektet innlogging"),
            "user.oidc_refused": _("ble nektet innlogging gjennom kommunen"),
            "user.paper_codes_made": _("lagde koder på papir"),
            "user.passkey_kept": _("tok i bruk en passnøkkel"),
            "user.passkey_removed": _("fjernet en passnøkkel"),
            "user.password_changed": _("byttet passord"),
            "user.password_chosen": _("valgte passord"),
            "user.proof_refused": _("ble nektet innlogging i andre ledd"),
            "user.reset_asked_for": _("ba om nytt passord"),
            "user.sessions_ended": _("avsluttet innlogginger"),
            "user.told_of_change": _("fikk beskjed om en endring i innloggingen"),
            "user.unlocked": _("åpnet en stengt bruker"),
        },
    ),
}

# On what ground somebody saw or did it.
BASES = {
    "role": _("rolle i enheten"),
    "member": _("medlem av saken"),
    "owner": _("har oppgaven"),
    "responsible": _("ansvarlig for saken"),
    "emergency": _("nødtilgang"),
    "leader": _("leders tidsbegrensede tilgang"),
    "profile": _("leder i barnevern"),
    "cleared": _("klarert for strengt fortrolig"),
    "own": _("skrev den selv"),
}

# Until an entitled person has said that the family may know, nothing that begins so is told.
UNTOLD = "duty."
RELEASED = "duty.released"


def said_of(verb):
    """The sentence; a verb from a later version is shown as it stands."""
    return VERBS[verb].said if verb in VERBS else verb


def verbs_of(group):
    return [verb for verb, about in VERBS.items() if about.group == group]
