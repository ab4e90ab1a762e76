from tibir.cases.models import STRICT, Consent, Purpose
from tibir.notifications.kinds import Channel


def may_be_reached(person, channel) -> bool:
    """Only where staff has confirmed that it is safe; under strict protection never digitally.

    Nobody is sent what they have said no to.
    """
    if {person.case.grade, person.person.grade} & set(STRICT):
        return False
    is_safe = person.may_be_emailed if channel == Channel.EMAIL else person.may_be_texted
    return is_safe and not _says_no(person)


def _says_no(person):
    own = Consent.objects.filter(person=person).about(Purpose.MESSAGES)
    last = own.current().first()
    return last is not None and last.state in (Consent.State.REFUSED, Consent.State.WITHDRAWN)
