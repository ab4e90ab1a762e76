"""Who is around the child, and how they may be reached."""

from django.db import transaction
from django.utils import timezone

from tibir.audit.record import record
from tibir.cases.models import CasePerson, Person


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
    **about,
):
    """One more person around the child, as somebody said; unverified until staff confirms."""
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
    )
    record("family.person_added", case_person, by=by, relation=relation)
    return case_person


@transaction.atomic
def verify(case_person, *, by, how, phone, email, safe_phone, safe_email, responsibility):
    """Staff has spoken with or met the person: who they are, and how they may be reached."""
    case_person.verified_at = timezone.now()
    case_person.verified_by = by
    case_person.verified_how = how
    case_person.safe_phone = safe_phone
    case_person.safe_email = safe_email
    case_person.responsibility = responsibility
    case_person.save()
    person = case_person.person
    person.phone, person.email = phone, email
    person.save(update_fields=["phone", "email"])
    record("family.contact_verified", case_person, by=by, how=how)
    return case_person
