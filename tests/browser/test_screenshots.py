"""The pictures that people look at: `make screenshots`.

Bokmål in light goes into docs/screenshots, the rest into folders there that git ignores. The clock
and what is otherwise left to chance stand still, so a picture changes only when its page does.
"""

import random
import uuid
from datetime import datetime
from itertools import count

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.urls import reverse
from PIL import Image

from referrals.models import Draft, Submission
from tests.browser.hands import Form
from tests.databases import ROOT
from tibir.accounts.models import Municipality
from tibir.calendar.oslo import OSLO
from tibir.core import codes
from tibir.demo import municipality, people
from tibir.demo.lives import living
from tibir.demo.lives.people import FAMILIES
from tibir.operations.schedule import tick
from tibir.urls import login

pytestmark = pytest.mark.screenshots

SCREENSHOTS = ROOT / "docs" / "screenshots"
# Not after today: who works with a family is asked of the clock that the database has.
EVENING = datetime(2026, 11, 19, 21, 14, tzinfo=OSLO)
LIVED = {"Wilma", "Tobias"}  # one came today, and one has a note that is not signed
USE_CODE = "main .t-notice button"
LOOKS = [("nb", "light"), ("nb", "dark"), ("nn", "light"), ("en", "light")]
FAMILY = {
    "deg": {"name": "Ingvild Sørbråten"},
    "kontakt": {"email": "ingvild@post.example", "when": "Etter klokka 12", "language": "norsk"},
    "barnet": {
        "last_name": "Sørbråten",
        "address": "Storgata 14, 0000 Fjordvik",
        "place": "Solkroken barnehage",
    },
    "familien": {
        "person-0-name": "Terje Sørbråten",
        "person-0-email": "terje@post.example",
        "person-0-lives_with": "partly",
    },
    "bekymringen": {
        "examples": "Leggingen tar over to timer. Han roper og kaster ting når vi sier at det er "
        "natt, og til slutt sitter jeg der inne til han sovner.",
        "tried": "",
        "goes_well": "Han er omsorgsfull mot lillesøsteren sin.",
    },
    "annen-hjelp": {"details": ""},
    "onsker": {"hopes": "At kveldene blir rolige, og at vi slutter å kjefte.", "practical": ""},
    "barnets-mening": {"view": ""},
}


@pytest.fixture
def still(monkeypatch):
    """An evening in November, and the same references each time."""
    monkeypatch.setattr(codes, "secrets", random.Random(7))
    for model in (Draft, Submission):
        numbers = count(1)
        field = vars(model._meta.get_field("public_id"))
        new = lambda it=numbers: uuid.UUID(int=0xF70D << 112 | 0x4 << 76 | next(it))  # noqa: E731
        monkeypatch.setitem(field, "_get_default", new)
    for name, value in (("demo_users", people.DEMO_USERS), ("demo_password", people.PASSWORD)):
        monkeypatch.setitem(login.view_initkwargs["extra_context"], name, value)
    monkeypatch.setattr(settings, "SHOW_CODES", True)
    with time_machine.travel(EVENING, tick=False):
        yield


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_the_pictures_are_made(still, server, devices, rings, language, scheme):
    with connection.cursor() as cursor:
        cursor.execute("SET transaction_timeout = 0")  # as the demo itself is built
    municipality.build()
    rings.answer()
    tick()
    is_shown = (language, scheme) == LOOKS[0]
    folder = SCREENSHOTS if is_shown else SCREENSHOTS / f"{language}-{scheme}"
    folder.mkdir(parents=True, exist_ok=True)

    taken = []
    for walk, width in ((_of_parents, 360), (_of_staff, 1280), (_of_therapist, 1280)):
        page = devices(width)
        page.emulate_media(color_scheme=scheme)
        page.context.add_cookies([devices.speaking(language)])
        for name in walk(page, rings):
            taken.append(folder / f"{name}-{width}.png")
            _take(page, taken[-1])

    for forgotten in set(folder.glob("*.png")) - set(taken):
        forgotten.unlink()
    assert len(taken) == 17
    assert sum(picture.stat().st_size for picture in taken) < 1_500_000


def _take(page, path):
    """As on the municipality's own server, and in few colours, to weigh little."""
    page.evaluate(
        """() => document.querySelectorAll(".t-secret a").forEach(
            (it) => it.textContent = it.textContent.replace(/.*?\\/\\/[^/]+/, "https://tibir.example")
        )"""
    )
    page.screenshot(path=path, full_page=True, animations="disabled")
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(128, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


def _of_parents(page, rings):
    place = Municipality.objects.get()
    page.goto(reverse("referrals:start", args=[place.slug]))
    yield "start"
    page.goto(reverse("referrals:call_me", args=[place.slug]))
    yield "call-me"
    form = Form(page, place)
    form.begin()
    form.press("next")
    page.wait_for_selector("ds-error-summary")
    yield "mistakes"
    form.fill_in_all(**FAMILY)
    yield "summary"
    page.goto(page.url.replace("oppsummering", "bekymringen"))
    yield "concern"
    page.goto(page.url.replace("bekymringen", "oppsummering"))
    form.send()
    rings.answer()
    page.reload()
    yield "receipt"


def _of_staff(page, rings):
    page.goto("/logg-inn/")
    page.evaluate("document.activeElement.blur()")
    yield "login"
    page.click(".t-cast button:has-text('koordinator@')")
    page.click(USE_CODE)
    page.wait_for_selector(".t-who")
    yield "day"
    page.goto("/henvisninger/")
    yield "inbox"
    page.click("tbody tr:first-child a")
    page.wait_for_selector(".t-people")
    yield "referral"
    page.click(".t-people a")
    page.wait_for_selector("main [name=how]")
    yield "confirm"
    page.click(".t-topbar form button")
    page.wait_for_url("**/logg-inn/")
    page.click(".t-cast button:has-text('admin@')")
    page.click(USE_CODE)
    page.wait_for_selector(".t-who")
    page.goto("/drift/")
    yield "health"


def _of_therapist(page, rings):
    """With two families who have been here for a while."""
    living.live(families=[each for each in FAMILIES if each.child[0] in LIVED])
    rings.answer()
    page.goto("/logg-inn/")
    page.click(".t-cast button:has-text('behandler@')")
    page.click(USE_CODE)
    page.wait_for_selector(".t-who")
    yield "my-day"
    page.click("main li:has-text('Wilma Tangen') a[href$='/holdt/']")
    page.click("[name=everybody]")
    page.wait_for_selector("[name=internal]")
    yield "note"
    page.goto("/tiltak/")
    page.click("tbody a:has-text('Wilma Tangen')")
    page.wait_for_selector("#malinger")
    yield "course"
    page.click("a[href$='/endring/']")
    page.wait_for_selector(".t-chart")
    yield "change"
    page.goto("/")
    page.click("#mine ~ ul a:has-text('Tobias Kleiven')")
    page.wait_for_selector("#tidslinje")
    yield "case"
