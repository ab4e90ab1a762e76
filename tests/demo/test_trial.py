"""Logging in at «Ansattporten (prøve)»: offered in the demo, and nowhere else."""

import html
import json
import os
import re
import signal
from contextlib import closing, nullcontext
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.demo.test_supervisor import demo, eventually, free_port
from tests.factories import UserFactory
from tibir.demo import trial
from tibir.demo.provider import application
from tibir.demo.supervisor import Supervisor, first_free
from tibir.staff.models import Identity
from tibir.staff.providers import providers

ROOT = Path(__file__).resolve().parents[2]
KARI = "koordinator@fjordvik.example"
HERE, ELSEWHERE = "http://127.0.0.1:9400", "http://127.0.0.1:9401"


def press(browser, address):
    """The page that the button on the login page leads to."""
    browser.get(f"{address}/logg-inn/")
    pressed = {"csrfmiddlewaretoken": browser.cookies["csrftoken"], "next": "/min-innlogging/"}
    return browser.post(f"{address}/logg-inn/med/{trial.KEY}/", pressed, timeout=30)


def log_in_there(browser, address, who):
    """Where somebody is after the press, and after having chosen who they are; and their page."""
    leads_on = re.compile(r'http-equiv="refresh" content="0; url=([^"]+)"')
    # It comes up on its own, and on a busy machine after all the rest.
    found = eventually(lambda: leads_on.search(press(browser, address).text), 60)[1]
    there = html.unescape(found)
    choice = browser.get(there, timeout=30).text
    assert f'value="{who}"' in choice
    return there, browser.post(there, {"sub": who}, timeout=30)


@pytest.mark.prove
def test_a_newcomer_logs_in_there_whatever_port_it_has_and_after_it_was_killed(data_folder):
    """The first time it has the first port; the second time somebody else has that."""
    with demo(data_folder, "--port", str(free_port())) as running:
        address = running.address()
        with requests.Session() as browser:
            first, answer = log_in_there(browser, address, KARI)
        assert (answer.status_code, answer.url) == (200, f"{address}/min-innlogging/")
        assert "Kari Lindvåg" in answer.text

    taken = first_free([urlsplit(first).port]) or nullcontext()
    with taken, demo(data_folder, "--port", str(free_port())) as running:
        address = running.address()
        killed = running.pid("provider")
        os.kill(killed, signal.SIGKILL)
        eventually(lambda: running.pid("provider") not in (0, killed), 20, running.said)
        with requests.Session() as browser:
            second, answer = log_in_there(browser, address, "admin@fjordvik.example")
        assert (answer.status_code, answer.url) == (200, f"{address}/min-innlogging/")
        assert urlsplit(second).port != urlsplit(first).port
        assert running.ask_to_stop()[0] == 0
        assert running.left() == []


@pytest.mark.prove
def test_when_the_provider_cannot_start_one_sentence_says_so_and_the_rest_runs(
    data_folder, tmp_path
):
    (tmp_path / "oidc_provider_mock.py").write_text("raise RuntimeError('broken')\n")
    broken = {"PYTHONPATH": str(tmp_path)}
    with demo(data_folder, "--port", str(free_port()), **broken) as running:
        address = running.address()
        assert running.answers("/helse/klar/")
        eventually(lambda: "kom ikke i gang" in running.said(), 20, running.said)
        with requests.Session() as browser:
            answer = press(browser, address)
        assert answer.status_code == 503
        assert f"{trial.NAME} svarer ikke nå" in answer.text
        assert running.said().count("kom ikke i gang") == 1
        assert "Starter igjen" not in running.said()
        assert running.ask_to_stop()[0] == 0
        assert running.left() == []


def offered(tmp_path):
    """(whether it is offered, what is said of it)."""
    said = []
    with Supervisor(tmp_path, said.append).listen_elsewhere() as listener:
        return listener is not None, said


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch):
    monkeypatch.delenv("STAFF_OIDC", raising=False)


def test_it_is_offered_without_a_word(tmp_path):
    assert offered(tmp_path) == (True, [])


def test_without_the_package_it_is_left_out(tmp_path, monkeypatch):
    monkeypatch.setattr(trial, "PROVIDER", "not_installed_here")
    assert offered(tmp_path) == (False, [trial.NOT_INSTALLED])


def test_without_a_free_port_it_is_left_out(tmp_path, monkeypatch):
    with closing(first_free(trial.PORTS)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setattr(trial, "PORTS", range(port, port + 1))
        assert offered(tmp_path) == (False, [trial.NO_PORT])


@pytest.mark.parametrize("theirs", ["", '[{"key": "entra"}]'])
def test_whoever_names_providers_of_their_own_is_offered_no_other(tmp_path, monkeypatch, theirs):
    monkeypatch.setenv("STAFF_OIDC", theirs)
    assert offered(tmp_path) == (False, [])


def test_only_this_machine_can_reach_it():
    with closing(first_free(trial.PORTS)) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"


def test_production_has_neither_the_provider_nor_leave_to_ask_it(monkeypatch):
    locked = (ROOT / "requirements.txt").read_text()
    assert "authlib==" in locked
    assert "oidc-provider-mock" not in locked
    text = trial.configuration(HERE)
    assert providers(text, strict=False)[trial.KEY].issuer == HERE
    with pytest.raises(ValueError, match="https://"):
        providers(text, strict=True)


def test_it_knows_the_people_of_the_demo_and_asks_nobody_outside():
    with closing(first_free(trial.PORTS)) as listener:
        given = json.loads(trial.command(listener)[-1])
    there = application(given["people"], given["level"]).test_client()
    asked = {
        "response_type": "code",
        "client_id": "tibir",
        "redirect_uri": f"{HERE}/svar/",
        "scope": "openid email",
        "nonce": "n" * 20,
    }
    page = there.get("/oauth2/authorize", query_string=asked)
    assert page.status_code == 200
    assert page.text.count('name="sub"') == 11
    assert "Kari Lindvåg: Koordinator i Familiens hus" in page.text
    assert "ikke Ansattporten" in page.text
    assert not re.search(r"(src|href)=", page.text)
    for answer in (page, there.get("/")):
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    del asked["nonce"]
    refused = there.post("/oauth2/authorize", query_string=asked, data={"sub": KARI})
    assert "code=" not in refused.headers.get("Location", "")


@pytest.mark.django_db
def test_each_of_the_cast_is_linked_once_and_moves_along_with_the_port():
    kari, leif = UserFactory(email=KARI), UserFactory(email="leder@fjordvik.example")
    stranger = UserFactory(email="ukjent@fjordvik.example")
    for user, issuer in ((kari, "https://entra.example"), (stranger, HERE)):
        Identity.objects.create(user=user, issuer=issuer, subject=user.email)

    trial.link(HERE)
    before = set(Identity.objects.values_list("pk", flat=True))
    trial.link(HERE)
    assert set(Identity.objects.values_list("pk", flat=True)) == before
    trial.link(ELSEWHERE)

    assert set(Identity.objects.values_list("user", "issuer")) == {
        (kari.pk, ELSEWHERE),
        (leif.pk, ELSEWHERE),
        (kari.pk, "https://entra.example"),
        (stranger.pk, HERE),
    }


@pytest.mark.django_db
def test_whose_login_there_belongs_to_somebody_else_already_keeps_the_demo_from_nothing():
    other = UserFactory()
    UserFactory(email=KARI)
    Identity.objects.create(user=other, issuer=HERE, subject=KARI)
    trial.link(HERE)
    assert Identity.objects.get().user == other
