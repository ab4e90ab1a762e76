"""How far some referrals of Fjordvik have come, so that every page has something to show."""

from datetime import timedelta

from django.utils import timezone

from interventions import actions as interventions
from referrals import actions
from referrals.models import Referral
from referrals.states import Outcome
from tibir.calendar.oslo import week_of
from tibir.cases.models import CasePerson
from tibir.documents import actions as documents
from tibir.documents import tasks
from tibir.documents.models import Dispatch


def assess(municipality, *, by, clerk):
    sent_by = {
        sender.person.name: (referral, sender)
        for referral in Referral.objects.filter(municipality=municipality)
        for sender in CasePerson.objects.filter(case=referral.case, is_sender=True)
    }
    _take(*sent_by["Åge Tverrelv"], by=by)
    _ask(*sent_by["Čáhppe Ánde Somby"], by=by)
    _put_on_the_waitlist(*sent_by["Åse-Lill Ødegård"], by=by)
    _refer_on(*sent_by["Even Kvalsund"], by=by)
    _offer(*sent_by["Grete Myhrvold"], by=by, clerk=clerk)


def _take(referral, sender, *, by):
    actions.confirm_contact(
        referral,
        sender,
        by=by,
        how=CasePerson.Verification.CALLED,
        responsibility=CasePerson.YesNo.YES,
        phone=sender.person.phone,
        safe_phone=CasePerson.YesNo.YES,
        email=sender.person.email,
        safe_email=CasePerson.YesNo.YES if sender.person.email else CasePerson.YesNo.NO,
    )
    actions.take(referral, by=by)


def _ask(referral, sender, *, by):
    _take(referral, sender, by=by)
    actions.ask(
        referral,
        by=by,
        how="phone",
        question="Har barnehagen sett det samme? Og kan vi snakke med dem?",
        people=[sender],
    )


def _answer(referral, sender, channel, address="", **said):
    _take(referral, sender, by=said["by"])
    interventions.answer(referral, recipients=[(sender, channel, address)], **said)


def _put_on_the_waitlist(referral, sender, *, by):
    """The letter waits for whoever prints and posts."""
    today = timezone.localdate()
    window = (
        week_of(today + timedelta(weeks=9)).monday,
        week_of(today + timedelta(weeks=12)).sunday,
    )
    _answer(
        referral,
        sender,
        Dispatch.Channel.POST,
        "Fjordveien 8\n0000 Fjordvik",
        by=by,
        outcome=Outcome.WAITLIST,
        window=window,
        reason="Dere har fortalt om kvelder som er tunge for alle. Vi tror samtaler hos oss kan "
        "hjelpe, men alle plassene er opptatt akkurat nå.",
    )


def _refer_on(referral, sender, *, by):
    """Waits to be read out on the telephone."""
    _answer(
        referral,
        sender,
        Dispatch.Channel.READ_OUT,
        by=by,
        outcome=Outcome.REFERRED_ON,
        referred_to="Ungdomsteamet i Fjordvik",
        forwarded_with_consent=True,
        reason="Mia er eldre enn dem vi hjelper. Ungdomsteamet er gode på det dere forteller om.",
    )


def _offer(referral, sender, *, by, clerk):
    """Answered, printed and posted; without Pango it waits to be made."""
    _answer(
        referral,
        sender,
        Dispatch.Channel.POST,
        "Skogholtet 3\n0000 Fjordvik",
        by=by,
        outcome=Outcome.DIRECT_OFFER,
        reason="Det er store endringer for Jonas nå, og vi vil gjerne komme tidlig i gang.",
    )
    dispatch = Dispatch.objects.select_related("document__meets").get(person=sender)
    tasks.render(dispatch.document_id)
    if Dispatch.objects.ready().filter(pk=dispatch.pk).exists():
        documents.printed([dispatch], by=clerk)
        documents.done(dispatch, by=clerk, on=timezone.localdate())
