"""Everything that runs is killed in turn while people send, and nothing is lost or doubled."""

import json
import logging
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.prove.person import LOST, Person, ask_for_a_call, confirm_sender, log_in, refer
from tests.prove.system import Storm, eventually
from tests.referrals.parent import TYPED
from tibir.core.encryption import decrypt
from tibir.demo.people import PASSWORD

pytestmark = [pytest.mark.prove, pytest.mark.long(5)]
log = logging.getLogger(__name__)

CALLS, FORMS = 140, 60
CONFIRMED = 40
AT_ONCE = 8
LEASE = 120  # seconds that the work of a killed worker is left alone

SENT = """
    SELECT s.reference, s.answers, r.id, r.case_id, s.receipt_id, s.channel
    FROM referrals_submission s LEFT JOIN referrals_referral r ON r.submission_id = s.id
    WHERE s.id > %s
"""
ANSWER_DEADLINES = """
    SELECT count(*), count(*) FILTER (WHERE d.due_on = r.due_on AND d.case_id = r.case_id)
    FROM referrals_referral r JOIN deadlines_deadline d
    ON d.kind = 'answer' AND d.target_type = 'referrals.referral' AND d.target_id = r.id
    WHERE r.submission_id > %s
"""
EVENTS = "SELECT count(*) FROM audit_event WHERE verb = %s"
MADE = """
    SELECT (SELECT count(*) FROM cases_case), (SELECT count(*) FROM referrals_referral),
           (SELECT count(*) FROM documents_document WHERE kind = 'receipt')
"""
TOLD = """
    SELECT n.target_id, d.message_id, d.uncertain
    FROM notifications_notification n
    LEFT JOIN notifications_delivery d ON d.notification_id = n.id
    WHERE n.kind = 'referral_received' AND n.target_id = ANY(%s)
"""


def sender(site, number):
    """Somebody at an address of their own, who sends something that nobody else does."""
    person = Person(site, f"10.{number // 250}.0.{number % 250}", LOST)
    name = f"Avsender Nummer {number}"
    if number < CALLS:
        return name, ask_for_a_call(person, "fjordvik", name), person.troubles
    email = {"email": f"avsender{number}@post.example"}
    own = {"deg": TYPED["deg"] | {"name": name}, "kontakt": TYPED["kontakt"] | email}
    return name, refer(person, "fjordvik", TYPED | own), person.troubles


def test_two_hundred_submissions_and_forty_letters_survive_a_storm_of_kills(system):
    newest, before = system.ask("SELECT max(id), count(*) FROM referrals_submission")[0]

    outcomes, troubles = two_hundred_send(system)
    rows = system.ask(SENT, newest)

    receipts = {reference: name for name, reference, _troubles in outcomes}
    assert len(receipts) == len(rows) == CALLS + FORMS
    assert {reference: name_in(answers) for reference, answers, *_rest in rows} == receipts
    referrals, cases, papers = ([row[n] for row in rows] for n in (2, 3, 4))
    for each in (referrals, cases, papers):
        assert None not in each
        assert len(set(each)) == len(rows)
    assert system.ask(ANSWER_DEADLINES, newest) == [(len(rows), len(rows))]
    for verb in ("submission.received", "referral.received", "case.opened"):
        assert system.one(EVENTS, verb) == before + len(rows)
    assert system.ask(MADE) == [(before + len(rows),) * 3]

    # A page that could not be given was a clean one, that asks to be tried again.
    assert {status for status, _method in troubles} <= {None, 503}

    called = [row[2] for row in rows if row[5] == "form"][:CONFIRMED]
    forty_are_confirmed(system, called)

    unready = "SELECT count(*) FROM documents_document WHERE state <> 'ready'"
    unsent = "SELECT count(*) FROM notifications_delivery WHERE state <> 'sent'"
    eventually(lambda: system.one(unready) == system.one(unsent) == 0, LEASE + 60, system.logs)
    told = system.ask(TOLD, called)
    assert sorted(referral for referral, *_rest in told) == sorted(called)
    ours = {message_id for _referral, message_id, _uncertain in told}
    received = [mail for mail in system.mailbox.received if mail[0] in ours]
    came = Counter(message_id for message_id, _to in received)
    assert came.keys() == {message_id for _referral, message_id, _uncertain in told}
    assert len({to for _message_id, to in received}) == CONFIRMED
    # Where nobody could know, it came once or twice; otherwise once.
    uncertain = {message_id for _referral, message_id, is_uncertain in told if is_uncertain}
    assert set(came.values()) <= {1, 2}
    assert {message_id for message_id, times in came.items() if times == 2} <= uncertain
    log.info("uncertain: %s, twice: %s", len(uncertain), list(came.values()).count(2))


def two_hundred_send(system):
    # In no order: both doors are open all the time.
    numbers = sorted(range(CALLS + FORMS), key=lambda number: number * 37 % 101)
    with Storm(system, moment=1.5, rounds=4) as storm, ThreadPoolExecutor(AT_ONCE) as people:
        outcomes = list(people.map(lambda number: sender(system.address, number), numbers))
        rounds = min(storm.killed.values())
    troubles = sum((troubles for *_rest, troubles in outcomes), Counter())
    log.info("killed %s; met %s", storm.killed, dict(troubles))
    assert rounds >= 2, "they had all sent before the storm was one"
    system.start()
    return outcomes, troubles


def forty_are_confirmed(system, referrals):
    """By four at the same desk, while it all goes down again and again."""
    hands = [referrals[first::4] for first in range(4)]
    with Storm(system, moment=0.8, rounds=2) as storm, ThreadPoolExecutor(4) as staff:
        troubles = sum(staff.map(lambda mine: confirm(system.address, mine), hands), Counter())
    log.info("killed %s; met %s", storm.killed, dict(troubles))
    system.start()


def confirm(site, referrals):
    coordinator = Person(site, "10.99.0.1")
    log_in(coordinator, "koordinator@fjordvik.example", PASSWORD)
    for pk in referrals:
        confirm_sender(coordinator, pk)
        time.sleep(1)
    return coordinator.troubles


def name_in(answers):
    said = json.loads(decrypt(answers, "referrals.submission.answers"))
    return (said.get("ring-meg") or said["deg"])["name"]
