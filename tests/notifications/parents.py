from tests.factories import UserFactory
from tibir.family import actions as family

FOUND = {
    "how": "called",
    "responsibility": "yes",
    "phone": "99 00 00 01",
    "safe_phone": "yes",
    "email": "turid@post.example",
    "safe_email": "yes",
}


def parent_of(referral, **found):
    """Whoever sent it, after staff has found out who that is and what is safe."""
    person = referral.case.people.get()
    family.verify(person, by=UserFactory(coordinates=referral.unit), **FOUND | found)
    person.refresh_from_db()
    return person
