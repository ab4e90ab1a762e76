"""Somebody with a browser and patience: keeps cookies, fills in forms, and tries again."""

import http.client
import http.cookiejar
import random
import re
import time
import urllib.error
import urllib.request
from collections import Counter
from urllib.parse import urlencode, urljoin, urlsplit

from tests.html import parse

PATIENCE = 120  # seconds that a person goes on pressing «send»
LOST = 0.08  # of all answers to what is sent: in a tunnel, after the server has done its part
REFERENCE = re.compile(r"TB-[0-9A-Z]{4}-[0-9A-Z]{4}")


class GaveUp(Exception):
    """No page came, however often it was tried."""


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


class Person:
    def __init__(self, site, address, loses=0.0):
        self.site, self.loses = site, loses
        self.troubles = Counter()
        self.page = None
        self._cookies = http.cookiejar.CookieJar()
        jar = urllib.request.HTTPCookieProcessor(self._cookies)
        self._browser = urllib.request.build_opener(jar, NoRedirect)
        self._tunnel = urllib.request.build_opener(NoRedirect)
        for browser in (self._browser, self._tunnel):
            browser.addheaders = [("X-Forwarded-For", address)]

    def open(self, path, typed=None):
        """The page at last; the same is sent again for as long as none comes."""
        url, until = urljoin(self.site, path), time.monotonic() + PATIENCE
        while time.monotonic() < until:
            status, place, html = self._send(url, typed)
            if status in (301, 302, 303):
                url, typed = urljoin(url, place), None
            elif status is not None and status < 500:
                self.page = Page(url, status, html)
                return self.page
            else:
                self.troubles[status, "GET" if typed is None else "POST"] += 1
                time.sleep(random.uniform(0.2, 0.8))
        raise GaveUp(f"{url} {self.troubles}")

    def _send(self, url, typed):
        data = None if typed is None else urlencode(typed, doseq=True).encode()
        request = urllib.request.Request(url, data)  # noqa: S310
        is_lost = data is not None and random.random() < self.loses
        browser = self._tunnel if is_lost else self._browser
        if is_lost:
            self._cookies.add_cookie_header(request)
        try:
            with browser.open(request, timeout=30) as answer:
                came = answer.status, "", answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                came = error.code, error.headers.get("Location", ""), error.read().decode()
        except (OSError, http.client.HTTPException) as error:
            came = None, type(error).__name__, ""
        return (None, "", "") if is_lost else came

    def press(self, button, **typed):
        url, fields = self.page.form(button)
        return self.open(url, fields | typed)


class Page:
    def __init__(self, url, status, html):
        self.url, self.status, self.html = url, status, html
        self.path = urlsplit(url).path
        self.slug = self.path.rstrip("/").rsplit("/", 1)[-1]
        self.root = parse(html)
        self.text = " ".join(" ".join(self.root.find("body").itertext()).split())

    def form(self, button):
        """Where the form with this button goes, and what it would send untouched."""
        for form in self.root.iter("form"):
            for pressed in form.iter("button"):
                if " ".join("".join(pressed.itertext()).split()) == button:
                    return urljoin(self.url, form.get("action", "")), _fields(form, pressed)
        raise AssertionError(f"no button «{button}» at {self.path}: {self.text[:500]}")

    def links(self, start):
        """Addresses of the links whose text begins so."""
        return [
            urljoin(self.url, link.get("href"))
            for link in self.root.iter("a")
            if "".join(link.itertext()).strip().startswith(start)
        ]


def _fields(form, button):
    fields = {}
    for element in form.iter():
        name, kind = element.get("name"), element.get("type", "text")
        if not name or element.tag not in ("input", "textarea"):
            continue
        if kind in ("radio", "checkbox") and element.get("checked") is None:
            continue
        unsaid = "on" if kind == "checkbox" else ""
        if element.tag == "textarea":
            value = (element.text or "").removeprefix("\n")
        else:
            value = element.get("value", unsaid)
        fields.setdefault(name, []).append(value)
    if button.get("name"):
        fields[button.get("name")] = [button.get("value", "")]
    return fields


# --- Parents ------------------------------------------------------------------------------


def ask_for_a_call(person, place, name):
    person.open(f"/{place}/henvisning/ring-meg/")
    person.press("Send inn", name=name, phone="99000003", child_age="5")
    return receipt(person)


def refer(person, place, steps):
    """The full form, page by page; a page that comes back is sent once more as it is."""
    person.open(f"/{place}/henvisning/")
    page = person.press("Start skjemaet")
    for _page in range(2 * len(steps)):
        if page.slug not in steps:
            break
        page = person.press("Neste steg", **steps[page.slug])
    assert page.slug == "oppsummering", f"{page.path}: {page.text[:500]}"
    person.press("Send inn")
    return receipt(person)


def receipt(person):
    """The reference on the receipt that the person sees in the end."""
    assert "/kvittering/" in person.page.path, f"{person.page.path}: {person.page.text[:500]}"
    return REFERENCE.search(person.page.text)[0]


# --- Staff --------------------------------------------------------------------------------


def log_in(person, email, password):
    """Whoever never got the answer that lets them in, is asked to begin anew, and does."""
    for _try in range(3):
        person.open("/logg-inn/")
        if "Logg ut" not in person.page.html:
            person.press("Logg inn", username=email, password=password)
        if person.page.status == 200 and "Logg ut" not in person.page.html:
            person.press("Bruk koden")
        if person.page.status != 403:
            break
    assert "Logg ut" in person.page.html, person.page.text[:500]


def confirm_sender(person, pk):
    """The coordinator has called the one who sent, and may now write to them."""
    page = person.open(f"/henvisninger/{pk}/")
    sender = min(page.links("Bekreft") + page.links("Endre"), key=_number)
    person.open(sender)
    page = person.press(
        "Bekreft", how="called", responsibility="yes", safe_phone="yes", safe_email="yes"
    )
    assert page.path == f"/henvisninger/{pk}/", (page.status, page.path, page.text[-900:])


def _number(url):
    return int(url.rstrip("/").rsplit("/", 1)[-1])


def take(person, pk):
    """It is taken, even if the page that said so was lost: then it says that somebody has it."""
    page = person.open(f"/henvisninger/{pk}/")
    if "Ta henvisningen" in page.text:
        person.press("Ta henvisningen")


def answer(person, pk):
    """The letter is seen, and then sent. A page that says «no longer» means that it was."""
    address = f"/henvisninger/{pk}/svar/"
    page = person.open(address)
    (way,) = {e.get("name") for e in page.root.iter("input") if _is_way(e)}
    person.press("Se brevet", outcome="screening", reason="Velkommen.", **{way: "read_out"})
    page = person.press("Avgjør og lag brevet")
    assert page.path == f"/henvisninger/{pk}/" or page.status == 409, page.text[:500]


def _is_way(element):
    return element.get("name", "").startswith("way-")


def read_out(person, pk):
    person.open(f"/brev/{pk}/sendt/")
    page = person.press("Lagre")
    assert page.path == "/brev/" or page.status == 409, page.text[:500]
