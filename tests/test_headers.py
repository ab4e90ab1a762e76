import json
from types import SimpleNamespace

import django
import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from gunicorn.config import Config
from gunicorn.http import wsgi

from tests.factories import MunicipalityFactory, UserFactory
from tibir.core.static import Static

pytestmark = pytest.mark.django_db

EXPECTED = {
    "Cache-Control": "no-store",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}


def addresses():
    slug = MunicipalityFactory().slug
    return ["/", "/logg-inn/", f"/{slug}/henvisning/", f"/{slug}/henvisning/ring-meg/", "/nei/"]


def test_every_page_carries_the_same_protection(client):
    pages = [client.get(address) for address in addresses()]
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    pages += [client.get(address) for address in ("/", "/drift/", "/admin/", "/henvisninger/")]
    for page in pages:
        where = page.request["PATH_INFO"]
        for name, value in EXPECTED.items():
            assert value in page.headers[name], (where, name)
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, where
        assert "unsafe" not in policy, where
        assert "frame-ancestors 'none'" in policy, where
        assert page.headers["X-Request-Id"], where


def test_no_page_fetches_anything_from_elsewhere(client):
    for address in addresses():
        page = client.get(address).content.decode()
        for attribute in ('src="', 'href="'):
            for part in page.split(attribute)[1:]:
                target = part.split('"')[0]
                assert target.startswith(("/", "#", "tel:", "?")), (address, target)


BUTTONS_ONLY = "Her kan du ikke komme inn fra adresselinjen"


def test_what_only_a_button_opens_says_so_in_the_address_bar(client):
    begin = f"/{MunicipalityFactory().slug}/henvisning/begynn/"
    response = client.get(begin)
    assert (response.status_code, response["Allow"]) == (405, "POST")
    assert BUTTONS_ONLY in response.content.decode()
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert 'href="/"' in response.content.decode()

    assert client.head(begin).status_code == 405
    assert client.post(begin).status_code == 302


def test_staff_are_among_their_own_pages_there_too(client):
    client.force_login(UserFactory())
    response = client.get("/logg-ut/")
    assert response.status_code == 405
    assert set(response["Allow"].split(", ")) == {"POST", "OPTIONS"}
    assert BUTTONS_ONLY in response.content.decode()
    assert 'class="t-topbar"' in response.content.decode()
    assert client.get("/drift/").status_code == 403  # and is still logged in


@pytest.mark.parametrize("address", ["/helse/live/", "/helse/klar/"])
def test_health_tells_a_machine_that_pages_answer(client, address):
    assert client.get(address).status_code == 200


def test_health_is_red_until_the_clock_has_ticked_and_the_deadlines_are_swept(client):
    from tibir.deadlines.schedule import sweep
    from tibir.operations.schedule import tick

    assert client.get("/helse/").json() == {"clock": "late", "sweep": "late"}
    tick()
    assert client.get("/helse/").status_code == 503
    sweep()
    assert client.get("/helse/").status_code == 200


REPORTS = "/avvik-fra-regler/"


def report(client, **about):
    said = {
        "document-uri": "https://testserver/henvisninger/4711/?navn=Odin",
        "violated-directive": "script-src-elem",
        "blocked-uri": "https://ond.example/Odin.js",
    } | {name.replace("_", "-"): value for name, value in about.items()}
    body = json.dumps({"csp-report": said})
    return client.post(REPORTS, body, content_type="application/csp-report")


def test_the_policy_names_where_browsers_tell_what_they_refused(client, caplog):
    assert f"report-uri {REPORTS}" in client.get("/")["Content-Security-Policy"]
    assert report(client).status_code == 204
    assert "the policy refused script-src, something elsewhere, on referrals:detail" in caplog.text
    report(client, blocked_uri="inline", violated_directive="style-src-attr", document_uri="Odin")
    assert "the policy refused style-src, inline, on" in caplog.text
    report(client, violated_directive="Odin Storgata 1")
    assert "the policy refused other" in caplog.text
    for word in ("Odin", "4711", "ond.example", "Storgata"):
        assert word not in caplog.text


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"{}", b'{"csp-report": []}', b"\xff\x00"])
def test_what_is_no_report_is_refused(client, body):
    assert client.post(REPORTS, body, content_type="application/csp-report").status_code == 400


def test_nobody_fills_the_log_with_reports(client, caplog):
    for _each in range(25):
        answer = report(client)
    assert answer.status_code == 429
    assert caplog.text.count("the policy refused") == 20
    assert client.get(REPORTS).status_code == 405


def test_no_answer_says_what_it_is_made_with(client):
    """Neither the kind nor the version of a server or a library."""
    asked = SimpleNamespace(version=(1, 1), should_close=lambda: True)
    assert "Server: gunicorn\r\n" in wsgi.Response(asked, None, Config()).default_headers()
    made_with = (django.__version__, "Python/", "python-", "PostgreSQL", "psycopg", "WSGIServer")
    for address in [*addresses(), "/helse/", "/helse/klar/", "/finnes/ikke/", "/admin/login/"]:
        answer = client.get(address)
        text = str(answer.headers) + answer.content.decode()
        assert [name for name in made_with if name in text] == [], address


@pytest.mark.parametrize("is_in_production", [True, False])
def test_only_files_of_the_kinds_that_pages_use_are_served(settings, tmp_path, is_in_production):
    settings.STATIC_ROOT = tmp_path
    settings.WHITENOISE_AUTOREFRESH = not is_in_production
    settings.WHITENOISE_USE_FINDERS = False
    names = ["side.css", "kode.py", "staticfiles.json", ".env", "dump.sql", "LICENSE", "a.css.bak"]
    for name in names:
        (tmp_path / name).write_text("x")
    served = Static(lambda request: HttpResponse(status=404))
    ask = RequestFactory().get
    answers = {name: served(ask(f"/static/{name}")) for name in names}
    got = {name: answer.status_code for name, answer in answers.items()}
    for answer in answers.values():
        answer.close()
    assert got == dict.fromkeys(names, 404) | {"side.css": 200}
