"""Nothing on a page stands in anybody's way."""

from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve, reverse

from tests.access.test_matrix import names
from tests.browser.hands import Form, log_in
from tests.browser.looking import ask, barriers, invalid, overflow, resize
from tests.browser.pages import (
    LANGUAGES,
    LOOKED_AT,
    NO_PAGES,
    PASSWORD,
    access_pages,
    employ,
    enclose,
    error_pages,
    parents_pages,
    send_all_kinds,
    staff_pages,
)
from tests.documents import corpus
from tests.factories import attach
from tibir.documents.models import Attachment

WIDTHS = (360, 1280)


def test_every_address_is_looked_at_or_is_no_page():
    ours = {name for name in names() if not name.startswith("admin:")}
    assert ours == LOOKED_AT | NO_PAGES


def look(page, widths=WIDTHS, *, is_dark_too=False, **about):
    faults = []
    for width in widths:
        resize(page, width)
        faults += [f"{width}: {barrier}" for barrier in barriers(page, **about)]
    for width in reversed(widths if is_dark_too else ()):
        resize(page, width)
        page.emulate_media(color_scheme="dark")
        faults += [f"dark, {width}: {barrier}" for barrier in barriers(page, "color-contrast")]
    page.emulate_media(color_scheme="light")
    resize(page, 320)
    faults += [f"320: {overflow(page)} pixels too wide"] if overflow(page) > 0 else []
    return faults


@pytest.mark.prove
def test_a_parent_meets_no_barrier(devices, place):
    page = devices(360)
    form = Form(page, place)
    page.goto(reverse("referrals:start", args=[place.slug]))
    assert look(page) == []
    form.begin()
    form.press("next")
    page.wait_for_selector("ds-error-summary")
    assert look(page) == []
    form.fill_in_all()
    page.click("section a[href$='/vedlegg/']")
    enclose(page, "tegning.svg", corpus.svg())
    page.wait_for_selector("ds-error-summary")
    assert look(page) == []
    enclose(page, "brev.pdf", corpus.pdf())
    page.wait_for_selector(".t-files")
    assert look(page) == []
    page.click("main .t-actions a")
    page.wait_for_url("**/oppsummering/")
    assert look(page) == []
    form.send()
    assert look(page) == []


@pytest.mark.prove
def test_a_coordinator_meets_no_barrier(devices, place, monkeypatch):
    page = devices(1280)
    kinds = send_all_kinds(place, monkeypatch)
    page.goto("/henvisninger/")
    log_in(page, employ(coordinates=place.intake_unit), PASSWORD)
    assert look(page) == []
    for name in ("log", "changes", "openings"):
        page.goto(reverse(f"family:{name}", args=[kinds["protected"].case_id]))
        assert look(page) == []
    for state in Attachment.State:
        attach(kinds["protected"], state=state)
    page.goto(kinds["protected"].get_absolute_url())
    assert look(page) == []


def test_a_fault_on_a_page_is_seen(devices, place):
    page = devices(360)
    page.goto("/")
    assert look(page) == devices.complaints == []
    add = "html => document.querySelector('main').insertAdjacentHTML('beforeend', html)"
    page.evaluate(add, "<button></button><svg width='400' height='1'></svg>")
    assert [fault.partition(": <")[0] for fault in look(page)] == [
        "360: button-name",
        "1280: button-name",
        "320: 100 pixels too wide",
    ]
    page.evaluate(add, "<p style='color: red'>")
    page.evaluate("() => new Promise(requestAnimationFrame)")
    assert any("Content Security Policy" in said for said in devices.complaints)
    devices.complaints.clear()


def test_a_fault_in_the_dark_is_seen_on_the_next_page_too(devices, place):
    page = devices(360)
    page.goto("/")
    assert look(page, is_dark_too=True) == []
    page.reload()
    page.evaluate(
        """() => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync("h1 { color: light-dark(black, #333) !important }");
            document.adoptedStyleSheets = [sheet];
        }"""
    )
    assert look(page) == []
    assert [fault.partition(": <")[0] for fault in look(page, is_dark_too=True)] == [
        "dark, 1280: color-contrast",
        "dark, 360: color-contrast",
    ]


@pytest.mark.prove
def test_the_html_checker_sees_what_is_wrong(tmp_path):
    (tmp_path / "wrong.html").write_text(
        "<!doctype html><html lang=nb><title>x</title><p><a href='tel:75 00'>x</a></div>"
    )
    assert len(invalid(tmp_path)) == 2


# --- All of them ----------------------------------------------------------------------------


@pytest.mark.prove
@pytest.mark.long(7)
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_in_any_state_stands_in_anybodys_way(
    devices, place, rings, monkeypatch, tmp_path, language
):
    """In light and dark, on a telephone and a computer, valid and within its width.

    Colours know no language, and longer words stand in the way where it is narrow: the other
    two are looked at on a telephone, and not for their colours.
    """
    is_ours = language == LANGUAGES[0]
    widths = WIDTHS if is_ours else WIDTHS[:1]
    faults, seen = {}, set()
    for walk in (
        lambda page: parents_pages(page, place, rings),
        lambda page: staff_pages(page, place, monkeypatch),
        lambda page: access_pages(page, place),
        lambda page: error_pages(page, language),
    ):
        page = devices(360)
        page.context.add_cookies([devices.speaking(language)])
        heard = _document(page)
        for name in walk(page):
            assert ask(page, "document.documentElement.lang") == language, name
            faults[name] = look(page, widths, is_dark_too=is_ours, colors=is_ours)
            faults[name] += devices.complaints
            devices.complaints.clear()
            seen.add(_name_of(page.url))
            (tmp_path / f"{len(faults):03} {name}.html").write_text(heard[-1].text())
    faults["HTML"] = invalid(tmp_path)
    assert {name: found for name, found in faults.items() if found} == {}
    assert seen - {None} == LOOKED_AT
    assert len(faults) > 60


def _document(page):
    """The pages that came, as the server wrote them; the last one is the one that is shown."""
    heard = []
    page.on(
        "response",
        lambda response: (
            heard.append(response)
            if response.request.is_navigation_request() and response.status not in (301, 302)
            else None
        ),
    )
    return heard


def _name_of(address):
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return None
