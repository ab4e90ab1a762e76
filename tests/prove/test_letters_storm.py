"""All that runs is killed in turn while letters are made; each goes out, and goes out once."""

import logging
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.prove.person import (
    Person,
    answer,
    ask_for_a_call,
    confirm_sender,
    log_in,
    read_out,
    take,
)
from tests.prove.system import Storm, eventually
from tibir.demo.people import PASSWORD

pytestmark = [pytest.mark.prove, pytest.mark.long(3)]
log = logging.getLogger(__name__)

LETTERS = 24
AT_ONCE = 4
LEASE = 120  # seconds that the work of a killed worker is left alone

CAME = "SELECT r.id FROM referrals_referral r WHERE r.submission_id > %s ORDER BY r.id"
WRITTEN = """
    SELECT r.id, r.state, d.id, d.state, p.id, p.state, c.met_on
    FROM referrals_referral r
    LEFT JOIN documents_document d ON d.case_id = r.case_id AND d.kind = 'answer'
    LEFT JOIN documents_dispatch p ON p.document_id = d.id
    LEFT JOIN deadlines_deadline c ON c.kind = 'answer'
        AND c.target_type = 'referrals.referral' AND c.target_id = r.id
    WHERE r.submission_id > %s
"""
DECIDED = """
    SELECT count(*) FROM audit_event WHERE verb = 'referral.decided' AND target_id = ANY(%s)
"""
BYTES = """
    SELECT count(*), count(DISTINCT d.blob_id) FROM documents_document d
    WHERE d.kind = 'answer' AND d.id = ANY(%s)
"""


def test_every_answer_reaches_the_family_and_no_letter_is_made_twice(system):
    before = system.one("SELECT max(id) FROM referrals_submission")
    for number in range(LETTERS):
        parent = Person(system.address, f"10.7.0.{number}")
        ask_for_a_call(parent, "fjordvik", f"Avsender Nummer {number}")
    referrals = [pk for (pk,) in system.ask(CAME, before)]
    assert len(referrals) == LETTERS

    with Storm(system, moment=0.8, rounds=3) as storm, ThreadPoolExecutor(AT_ONCE) as staff:
        hands = [referrals[first::AT_ONCE] for first in range(AT_ONCE)]
        troubles = sum(staff.map(lambda mine: answer_all(system.address, mine), hands), Counter())
    log.info("killed %s; met %s", storm.killed, dict(troubles))
    system.start()

    rows = system.ask(WRITTEN, before)
    assert sorted(row[0] for row in rows) == referrals  # one letter, on its way once
    assert {(row[1], row[5], row[6]) for row in rows} == {("decided", "waiting", None)}
    assert system.one(DECIDED, referrals) == LETTERS
    letters, on_their_way = [row[2] for row in rows], [row[4] for row in rows]

    unready = "SELECT count(*) FROM documents_document WHERE state <> 'ready' AND id = ANY(%s)"
    eventually(lambda: system.one(unready, letters) == 0, LEASE + 60, system.logs)
    assert system.ask(BYTES, letters) == [(LETTERS, LETTERS)]

    coordinator = at_the_desk(system.address)
    for pk in on_their_way:
        read_out(coordinator, pk)
    rows = system.ask(WRITTEN, before)
    assert {row[5] for row in rows} == {"done"}
    assert None not in {row[6] for row in rows}


def at_the_desk(site):
    coordinator = Person(site, "10.99.0.1")
    log_in(coordinator, "koordinator@fjordvik.example", PASSWORD)
    return coordinator


def answer_all(site, referrals):
    coordinator = at_the_desk(site)
    for pk in referrals:
        confirm_sender(coordinator, pk)
        take(coordinator, pk)
        answer(coordinator, pk)
    return coordinator.troubles
