"""Every page, in every state that looks different, one after the other.

`parents_pages` and `staff_pages` are walks: they stop at each look, and yield what it is called.
"""

from tests.browser.pages.access import access_pages
from tests.browser.pages.deadlines import tell_all_kinds
from tests.browser.pages.errors import error_pages
from tests.browser.pages.inbox import send_all_kinds
from tests.browser.pages.parents import enclose, parents_pages
from tests.browser.pages.people import PASSWORD, employ
from tests.browser.pages.staff import staff_pages
from tests.browser.pages.tables import LANGUAGES, LOOKED_AT, NO_PAGES
from tests.browser.pages.trust import disagreeing

__all__ = [
    "LANGUAGES",
    "LOOKED_AT",
    "NO_PAGES",
    "PASSWORD",
    "access_pages",
    "disagreeing",
    "employ",
    "enclose",
    "error_pages",
    "parents_pages",
    "send_all_kinds",
    "staff_pages",
    "tell_all_kinds",
]
