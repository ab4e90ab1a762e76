"""Somebody who works with children, with the same telephone and the same patience as a parent."""

from referrals.questions import PROFESSIONAL
from tests.referrals.parent import TYPED as PARENTS
from tests.referrals.parent import Parent

# As in the parents' form: what is typed here is found nowhere else.
TYPED = {
    "fagperson": {"name": "Frøydis Henviser", "role": "kindergarten", "protection": "no"},
    "kontakt": {
        "workplace": "Kanari barnehage",
        "title": "kanarileder",
        "phone": "75 00 00 21",
        "email": "froydis.kanari@kommune.example",
        "when": "kanaritid før 11",
    },
    "foreldrene": {
        "people": "1",
        "person-0-name": "Turid Barnesen",
        "person-0-relation": "mother",
        "person-0-responsibility": "yes",
        "person-0-lives_with": "yes",
        "person-0-phone": "99000001",
        "person-0-email": "turid.kanari@post.example",
        "person-0-safe": "yes",
        "person-0-language": "dari",
        "person-0-interpreter": "yes",
        "person-0-informed": "spoken",
        "person-0-why_not": "",
        "person-0-agrees": "yes",
    },
    "barnet": PARENTS["barnet"],
    "bekymringen": PARENTS["bekymringen"],
    "annen-hjelp": PARENTS["annen-hjelp"],
    "onsker": {
        "hopes": "Kanarihåp",
        "parents_hopes": "Kanariønske",
        "practical": "Kanaripraktisk",
    },
    "barnets-mening": {"told": "yes", "view": "Kanarimening", "told_by": "kanarivenn"},
    "bekreft": {"consent": "on", "notice_read": "on"},
}
SECOND = {
    "people": "2",
    "person-1-name": "Ole Annenforelder",
    "person-1-relation": "father",
    "person-1-responsibility": "yes",
    "person-1-lives_with": "no",
    "person-1-phone": "99000002",
    "person-1-email": "",
    "person-1-safe": "no",
    "person-1-language": "",
    "person-1-interpreter": "no",
    "person-1-informed": "no",
    "person-1-why_not": "Kanarigrunn: vi når ham ikke",
    "person-1-agrees": "not_asked",
}
SLUGS = list(TYPED)


class Professional(Parent):
    door, typed = PROFESSIONAL, TYPED
