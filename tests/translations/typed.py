"""What is typed in the walks, wrong and right."""

from tests.documents import corpus
from tests.family.families import BASIS, REASON, TAKER

# What is wrong in any field that has such a name.
WRONG = {
    "phone": "12", "email": "x", "birth_date_0": "40", "national_id": "1", "child_age": "x",
    "first_name": "", "name": "", "notice_read": "", "person-0-phone": "1", "safe_phone": "x",
}  # fmt: skip

BAD_FILES = [
    ("tom.pdf", b""),
    ("bilde.png", corpus.svg()),
    ("bilde.exe", corpus.png()),
    ("stor.pdf", b"%PDF-" + bytes(10_000_000)),
    ("brev.pdf", corpus.locked()),
]

# What those who work here write in the walks.
WRITTEN = WHY, TOLD, SERVICE, STREET = ["Turvallisuus.", "Keskustelu.", "Neuvola", "Katu"]
WRITTEN = [*WRITTEN, TAKER, BASIS, REASON]
