"""Who is around the child, and how they may be reached."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tibir.audit.record import record
from tibir.cases.models import CasePerson, Correction, OtherNumber, Person
from tibir.core.errors import DomainError, StaleState
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind as Due
from tibir.family.actions.consent import settle

Part = Correction.Part

# What is corrected together, and what it is called in the log.
PARTS = {
    "first_name": Part.NAME,
    "last_name": Part.NAME,
    "birth_date": Part.BIRTH_DATE,
    "national_id": Part.NUMBER,
    "no_number": Part.NUMBER,
    "relation": Part.RELATION,
    "started_on": Part.RELATION,
    "language": Part.LANGUAGE,
    "interpreter": Part.LANGUAGE,
    "phone": Part.CONTACT,
    "email": Part.CONTACT,
    "address": Part.CONTACT,
    "safe_phone": Part.CONTACT,
    "safe_sms": Part.CONTACT,
    "safe_email": Part.CONTACT,
    "safe_post": Part.CONTACT,
    "preferred": Part.CONTACT,
    "lives_with": Part.ARRANGEMENT,
    "contact_arrangement": Part.ARRANGEMENT,
    "contact_since": Part.ARRANGEMENT,
    "right_to_information": Part.INFORMATION,
    "information_source": Part.INFORMATION,
}
OF_PERSON = {field.name for field in Person._meta.concrete_fields}
ALSO, WRONG = "also", "wrong"  # what the number was that is no longer the first one


@transaction.atomic(savepoint=False)
def add(
    case,
    *,
    by,
    relation,
    is_sender=False,
    responsibility,
    lives_with,
    safe_phone,
    safe_email,
    started_on=None,
    **about,
):
    """One more person around the child, as somebody said; unverified until staff confirms."""
    if case.is_strict:
        about["address"] = ""  # nobody under strict protection has one here
    person = Person.objects.create(municipality_id=case.municipality_id, **about)
    case_person = CasePerson.objects.create(
        case=case,
        person=person,
        relation=relation,
        is_sender=is_sender,
        responsibility=responsibility,
        lives_with=lives_with,
        safe_phone=safe_phone,
        safe_email=safe_email,
        started_on=started_on,
    )
    record("family.person_added", case_person, by=by, relation=relation)
    return case_person


@transaction.atomic
def verify(
    case_person, *, by, how, phone, email, safe_phone, safe_email, responsibility, seen=None
):
    """Staff has spoken with or met the person: who they are, and how they may be reached.

    `seen` is `confirmed_as` of the person as they stood on the page; None asks for nothing. Nothing
    comes back where the same one has said just this: the answer was lost, and they pressed again.
    """
    rows = CasePerson.objects.select_for_update(of=["self"]).select_related("person")
    now = rows.get(pk=case_person.pk)
    if seen is not None and seen != now.confirmed_as:
        said = (by, how, phone, email, safe_phone, safe_email, responsibility)
        if said == _as_verified(now):
            return None
        raise StaleState(_("Noen andre har bekreftet personen imens. Se over det som står nå."))
    case_person.verified_at = timezone.now()
    case_person.verified_by = by
    case_person.verified_how = how
    case_person.safe_phone = safe_phone
    case_person.safe_email = safe_email
    decides_anew = case_person.responsibility != responsibility
    if decides_anew:
        _forget_source(case_person)
    case_person.responsibility = responsibility
    _prefer_only_what_is_safe(case_person)
    case_person.save()
    person = case_person.person
    person.phone, person.email = phone, email
    person.save(update_fields=["phone", "email"])
    record("family.contact_verified", case_person, by=by, how=how)
    if decides_anew:
        settle(case_person.case, by=by)
    return case_person


def _as_verified(found):
    reached = (found.person.phone, found.person.email, found.safe_phone, found.safe_email)
    return (found.verified_by, found.verified_how, *reached, found.responsibility)


def _forget_source(case_person):
    """What was verified is not what is said now."""
    case_person.responsibility_source = ""
    case_person.responsibility_on = case_person.responsibility_by = None


def _prefer_only_what_is_safe(case_person):
    """What was wished for and is now unsafe is no longer wished for."""
    safe = {way: getattr(case_person, f"safe_{way}") for way in CasePerson.Way.values}
    unsafe = {way for way, answer in safe.items() if answer == CasePerson.YesNo.NO}
    if "phone" in unsafe:
        unsafe.add("sms")
    if case_person.preferred in unsafe:
        case_person.preferred = ""


@transaction.atomic
def verify_responsibility(case_person, *, by, responsibility, source, on):
    """Somebody employed has found out who decides for the child: from where, on which day."""
    case_person.responsibility = responsibility
    case_person.responsibility_source = source
    case_person.responsibility_on = on
    case_person.responsibility_by = by
    case_person.save()
    record(
        "family.responsibility_verified",
        case_person,
        by=by,
        responsibility=responsibility,
        source=source,
    )
    settle(case_person.case, by=by)


@transaction.atomic
def correct(case_person, *, by, reason, former="", **said):
    """What stood about somebody was wrong, or is so no longer. What it was before is kept."""
    # Locked, so that two who correct at once each keep what the other wrote as what was before.
    rows = CasePerson.objects.select_for_update(of=["self", "person"])
    case_person = rows.select_related("person").get(pk=case_person.pk)
    rows = {name: case_person.person if name in OF_PERSON else case_person for name in said}
    return _correct(case_person.person, rows, said, reason, former, by, case_person)


@transaction.atomic
def correct_child(case, *, by, reason, former="", **said):
    """The child is a person of the case too, without a relation to itself."""
    child = Person.objects.select_for_update().get(pk=case.child_id)
    correction = _correct(child, dict.fromkeys(said, child), said, reason, former, by, case)
    if correction and Part.BIRTH_DATE in correction.parts and child.birth_date:
        # Each referral says how old the child was when it came; it stands in a room above.
        for referral in case.referrals.order_by("pk"):
            referral.child_age = child.age(referral.received_on)
            referral.save(update_fields=["child_age"])
    return correction


def _correct(person, rows, said, reason, former, by, target):
    was = {name: getattr(rows[name], name) for name in said}
    changed = [name for name in said if said[name] != was[name]]
    if not changed:
        return None
    for name in changed:
        setattr(rows[name], name, said[name])
    if "national_id" in changed:
        _renumber(person, was["national_id"], former, by)
    for row in {id(row): row for row in rows.values()}.values():
        if isinstance(row, CasePerson):
            _prefer_only_what_is_safe(row)
        row.save()
    parts = list(dict.fromkeys(PARTS[name] for name in changed))
    correction = Correction.objects.create(
        person=person,
        parts=parts,
        was={name: _stored(was[name]) for name in changed},
        reason=reason,
        by=by,
    )
    record("family.person_corrected", target, by=by, correction=correction.pk, parts=parts)
    return correction


def _stored(value):
    return value.isoformat() if isinstance(value, date) else value


def _renumber(person, before, former, by):
    """The old number is findable still where the person has both, and gone where it was wrong."""
    person.national_id_index = Person.index_of(person.national_id)
    if person.national_id:
        person.no_number = ""
    person.other_numbers.filter(national_id_index=person.national_id_index).delete()
    if before and former == ALSO:
        OtherNumber.objects.get_or_create(
            person=person,
            national_id_index=Person.index_of(before),
            defaults={
                "national_id": before,
                "added_on": timezone.localdate(),
                "added_by": by,
            },
        )


@transaction.atomic
def end(case_person, *, by, on, reason):
    """Somebody no longer belongs to the case: nothing more is sent, and the row stays."""
    if case_person.stands_in.open().exists():
        raise DomainError(
            _("Personen bestemmer i foreldrenes sted. Avslutt det først, under «Samtykker».")
        )
    case_person.ended_on, case_person.end_reason = on, reason
    case_person.save(update_fields=["ended_on", "end_reason"])
    deadlines.close(Due.CONFIRM_CONTACT, case_person, by=by, reason="ended")
    record("family.person_ended", case_person, by=by)
    settle(case_person.case, by=by)


@transaction.atomic
def take_back(case_person, *, by):
    """Somebody belongs to the case again after all."""
    case_person.ended_on, case_person.end_reason = None, ""
    case_person.save(update_fields=["ended_on", "end_reason"])
    record("family.person_taken_back", case_person, by=by)
    settle(case_person.case, by=by)
