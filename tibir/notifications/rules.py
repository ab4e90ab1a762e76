from tibir.cases.models import STRICT
from tibir.notifications.kinds import Channel


def may_be_reached(person, channel) -> bool:
    """Only where staff has confirmed that it is safe; under strict protection never digitally."""
    if {person.case.grade, person.person.grade} & set(STRICT):
        return False
    return person.may_be_emailed if channel == Channel.EMAIL else person.may_be_texted
