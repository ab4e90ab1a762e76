"""A parent with a phone: opens pages, types, presses buttons. No JavaScript."""

from functools import cached_property, reduce
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from referrals import actions
from referrals.forms.answers import read, typed_for
from referrals.models import Draft
from referrals.questions import PARENT
from tests.html import parse
from tibir.audit.record import SENDER

URLENCODED = "application/x-www-form-urlencoded"

# What somebody who hides nothing types in every step. The words are found nowhere else.
TYPED = {
    "deg": {"name": "Turid Avsender", "relation": "mother", "protection": "no"},
    "kontakt": {
        "phone": "99 00 00 01",
        "safe_phone": "yes",
        "email": "turid.kanari@post.example",
        "safe_email": "yes",
        "when": "kanaritid etter 12",
        "language": "dari",
        "interpreter": "no",
    },
    "barnet": {
        "first_name": "Odin",
        "last_name": "Barnesen",
        "birth_date_0": "14",
        "birth_date_1": "3",
        "birth_date_2": "2019",
        "national_id": "",
        "address": "Kanariveien 7, 0000 Fjordvik",
        "place": "Kanari barnehage",
        "language": "norsk",
    },
    "familien": {
        "responsibility": "yes",
        "lives_with": "partly",
        "people": "1",
        "person-0-name": "Ole Annenforelder",
        "person-0-relation": "father",
        "person-0-responsibility": "yes",
        "person-0-lives_with": "no",
        "person-0-safe": "yes",
        "person-0-phone": "99000002",
        "person-0-email": "ole.kanari@post.example",
        "person-0-language": "norsk",
    },
    "bekymringen": {
        "situations": ["bedtime", "meals"],
        "examples": "Kanarieksempel: det tar to timer.",
        "duration": "over_6_months",
        "negativity": "talk",
        "arenas": ["home"],
        "tried": "Kanariforsøk",
        "goes_well": "Kanaribra",
    },
    "annen-hjelp": {"services": ["gp"], "details": "Kanarihjelp hos fastlegen"},
    "onsker": {"hopes": "Kanarihåp", "format": "either", "practical": "Kanaripraktisk"},
    "barnets-mening": {"told": "yes", "view": "Kanarimening"},
    "samtykke": {"place_contact": "later", "notice_read": "on"},
}
SLUGS = list(TYPED)

CALL = {
    "name": "Samira Rahmani",
    "phone": "99 00 00 03",
    "language": "dari",
    "child_age": "5",
    "when": "kanari: når han er på jobb",
}


class Page:
    """What came back, as somebody meets it who sees it or hears it read."""

    def __init__(self, response, client=None):
        if client is not None and response.status_code == 302:
            response = client.get(response.url)
        self.response = response
        self.status = response.status_code
        self.path = response.wsgi_request.path
        self.html = response.content.decode()
        for word in ("påkrevd", "vennligst"):
            assert word not in self.html.lower(), f"{self.path} says «{word}»"

    @cached_property
    def root(self):
        return parse(self.html)

    @cached_property
    def _above(self):
        return {child: parent for parent in self.root.iter() for child in parent}

    @cached_property
    def text(self):
        return _words(self.root.find("body"))

    @property
    def language(self):
        return self.root.get("lang")

    @property
    def heading(self):
        return " ".join(self.root.find(".//h1").itertext())

    def links(self):
        return [link.get("href") for link in self.root.iter("a")]

    def content(self):
        """All that the page says and holds, but for what was typed and where it is."""
        kept = [field.get("value") for field in _inputs(self.form) if field.get("value")]
        kept += [self.path, self.path.split("/")[1]]
        return reduce(lambda html, it: html.replace(it, "…"), kept, self.html)

    # --- The form -------------------------------------------------------------------------

    @property
    def form(self):
        forms = self.root.iterfind(".//main//form")
        found = [form for form in forms if form.get("id") == "steg" or "t-form" in _classes(form)]
        assert len(found) == 1, f"{self.path} has {len(found)} forms"
        return found[0]

    def fields(self):
        """Name and values of everything that the browser would send, buttons apart."""
        values = {}
        for field in _inputs(self.form):
            kind, name = field.get("type"), field.get("name")
            if kind in ("radio", "checkbox") and "checked" not in field.attrib:
                continue
            empty = "on" if kind == "checkbox" else ""
            value = _typed_in(field) if field.tag == "textarea" else field.get("value", empty)
            values.setdefault(name, []).append(value)
        return values

    def names(self):
        return {field.get("name") for field in _inputs(self.form)}

    def buttons(self):
        """(name, value) of the form's submit buttons in the order of the page: Enter presses
        the first."""
        mine = [
            button
            for button in self.root.iter("button")
            if button.get("form") == "steg" or self._is_within(button, self.form)
        ]
        return [(button.get("name"), button.get("value")) for button in mine]

    def _is_within(self, element, other):
        while element is not None and element is not other:
            element = self._above.get(element)
        return element is other

    def faults(self):
        """{field: what is wrong}, each said in the summary on top, with a link to the field,
        and beside the field, with a reference for those who cannot see it."""
        summary = next(self.root.iter("ds-error-summary"), None)
        if summary is None:
            assert "ds-validation-message" not in self.html
            return {}
        in_order = list(self.root.iter())
        assert in_order.index(summary) < in_order.index(self.root.find(".//h1"))
        assert _words(self.root.find(".//title")).startswith("Feil: ")
        found = {}
        for link in summary.iter("a"):
            message, field = _words(link), self._by_id(link.get("href").removeprefix("#"))
            assert field.get("aria-invalid") == "true", f"{field.get('name')} does not say so"
            around = self._around(field)
            beside = around.find(".//*[@class='t-errors']")
            assert message in _words(beside)
            described = around.get("aria-describedby") or field.get("aria-describedby")
            assert beside.get("id") in described.split()
            found[field.get("name")] = message
        return found

    def _around(self, field):
        while "t-field" not in _classes(field):
            field = self._above[field]
        return field

    def _by_id(self, id_):
        found = [element for element in self.root.iter() if element.get("id") == id_]
        assert len(found) == 1, f"{len(found)} elements have the id {id_}"
        return found[0]


def _classes(element):
    return element.get("class", "").split()


def _words(element):
    return " ".join(" ".join(element.itertext()).split())


def _inputs(form):
    return [element for element in form.iter() if element.tag in ("input", "textarea")]


def _typed_in(textarea):
    return (textarea.text or "").removeprefix("\n")


class Parent:
    door, typed = PARENT, TYPED

    def __init__(self, client, municipality, **extra):
        self.client, self.municipality, self.extra = client, municipality, extra
        self.id = None

    def begin(self):
        start = reverse("referrals:begin", args=[self.municipality.slug])
        response = self.post(start, {"door": self.door.key})
        self.id = response.url.split("/")[3]
        return response

    def kept(self):
        """What it takes to go on with another client: see `go_on`."""
        return self.municipality, self.id, self.client.cookies

    @classmethod
    def go_on(cls, client, kept):
        municipality, id_, client.cookies = kept
        parent = cls(client, municipality)
        parent.id = id_
        return parent

    def address(self, page):
        return f"/{self.municipality.slug}/henvisning/{self.id}/{page}/"

    def open(self, page):
        return self.get(self.address(page))

    def get(self, address):
        return Page(self.client.get(address, **self.extra))

    def post(self, address, fields):
        """As a browser sends it; a list is a name with several values."""
        body = urlencode(fields, doseq=True)
        return self.client.post(address, body, content_type=URLENCODED, **self.extra)

    def press(self, page, button="next", typed=()):
        """Send the page as it stands, with what is typed now."""
        fields = page.fields() | dict(typed)
        answer = self.post(page.path, fields | {"action": button})
        is_wrong = answer.status_code == 302 and answer.url.startswith(f"{page.path}?vis=feil")
        return self.client.get(answer.url, **self.extra) if is_wrong else answer

    def speak(self, page, language, typed=()):
        return self.post(page.path, page.fields() | dict(typed) | {"_language": language})

    def fill_in(self, slug, button="next", **typed):
        """Open a step, type what `typed` says and what the test says, press the button."""
        page = self.open(slug)
        known = {name: value for name, value in self.typed[slug].items() if _is_on(page, name)}
        return self.press(page, button, known | typed)

    def walk(self, **typed):
        """Every step, page by page, with what differs from `typed` under the step's name, to the
        summary."""
        self.begin()
        for slug in self.typed:
            response = self.fill_in(slug, **typed.get(slug.replace("-", "_"), {}))
            assert response.status_code == 302, f"{slug} is not in order"
        return self.open("oppsummering")

    def fill_in_all(self, **typed):
        """As `walk`, without looking at the pages before the summary, which is quicker."""
        self.begin()
        for slug in self.typed:
            draft = self._save(slug, typed.get(slug.replace("-", "_"), {}))
        _answers, wrong = read(draft)
        assert wrong == []
        return self.open("oppsummering")

    def hurry_through(self, slug, **typed):
        """Save a new step by the same action as its page does, which is much quicker."""
        draft = self._save(slug, typed)
        _answers, wrong = read(draft)
        assert draft.door.step(slug) not in wrong

    def _save(self, slug, typed):
        draft = Draft.objects.get(public_id=self.id)
        posted = QueryDict(urlencode(self.typed[slug] | typed, doseq=True))
        typed = typed_for(posted, draft.door.step(slug))
        return actions.save(draft, by=SENDER, step=slug, typed=typed, version=0)

    def refer(self, **typed):
        return self.press(self.fill_in_all(**typed))

    def ask_for_a_call(self, **typed):
        page = self.get(f"/{self.municipality.slug}/henvisning/ring-meg/")
        return self.press(page, typed=CALL | typed)


def _is_on(page, name):
    return name in page.names() or name == "people" or name.startswith("person-")
