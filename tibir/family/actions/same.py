"""The same person stands twice in a case, as after two referrals were found to be about a child."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tibir.audit.record import record
from tibir.cases.models import CasePerson, Consent
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.family.actions.consent import settle
from tibir.notifications import actions as notifications


@transaction.atomic
def make_one(case_person, *, by, other):
    """`other` is the same person and goes on alone, with what either has said and sent.

    Nothing is copied of how to reach them: whoever confirms the one that is left says what is true.
    """
    pks = sorted([case_person.pk, other.pk])
    rows = CasePerson.objects.select_for_update(of=["self"]).filter(pk__in=pks, ended_on=None)
    found = {each.pk: each for each in rows.order_by("pk")}
    if len(found) != 2 or case_person.case_id != other.case_id:
        raise StaleState(_("En av dem hører ikke til saken lenger. Se på personene på nytt."))
    case_person, other = found[case_person.pk], found[other.pk]
    if case_person.stands_in.open().exists() or case_person.stand_ins.open().exists():
        raise DomainError(_("Det står skrevet hvem som bestemmer i stedet. Behold denne i stedet."))
    _carry_consents(case_person, other)
    if case_person.is_sender and not other.is_sender:
        other.is_sender = True
        other.save(update_fields=["is_sender"])
    # Who sent what is kept by what was sent, in a room above this one.
    for referral in case_person.case.referrals.filter(sent_by=case_person):
        referral.sent_by = other
        referral.save(update_fields=["sent_by"])
    case_person.ended_on = timezone.localdate()
    if case_person.started_on and case_person.started_on > case_person.ended_on:
        case_person.started_on = case_person.ended_on
    case_person.end_reason = _("sto i saken to ganger")
    case_person.save(update_fields=["ended_on", "started_on", "end_reason"])
    deadlines.close(Due.CONFIRM_CONTACT, case_person, by=by, reason="same_person")
    notifications.stop(case_person, by=by, reason="same_person")
    record("family.person_made_one", other, by=by, other=case_person.pk)
    settle(case_person.case, by=by)
    return other


def _carry_consents(gone, stays):
    """Each word that is the later of the two, as it was said; what others said for them stays."""
    said = {_about(each): each for each in _words_of(stays)}
    for each in _words_of(gone):
        known = said.get(_about(each))
        if known is None or (known.said_on, known.pk) < (each.said_on, each.pk):
            each.pk, each.person = None, stays
            each._state.adding = True
            each.save(force_insert=True)


def _words_of(person):
    return Consent.objects.filter(person=person, stand_in=None).current()


def _about(consent):
    return consent.purpose, consent.service
