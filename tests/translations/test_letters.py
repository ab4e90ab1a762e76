"""Letters and messages speak the language of their reader."""

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from tests import letters
from tests.factories import UserFactory, refer
from tests.translations.catalogue import FOREIGN, in_each
from tests.translations.typed import STREET
from tests.translations.wording import assert_all_is_marked, mark, said_by, without_names
from tibir.documents.kinds import TEMPLATES as DOCUMENTS
from tibir.notifications.kinds import RULES


@in_each
def test_letters_and_messages_speak_the_language_of_the_sender(
    client, place, speak, rings, mailoutbox, language
):
    speak()
    referral = refer(place, language=language)
    document = referral.submission.receipt
    with override(language):
        letter = {**document.data, "title": document.title, "language": language}
        html = render_to_string(DOCUMENTS[document.kind].path, letter)
    client.force_login(UserFactory(coordinates=place.intake_unit))
    sure = {"how": "called", "responsibility": "yes", "safe_phone": "yes", "safe_email": "yes"}
    person = referral.case.people.get()
    client.post(
        reverse("referrals:confirm_contact", args=[referral.pk, person.pk]),
        {**sure, "phone": "99000001", "email": "aaselill@post.example"},
    )
    for task, ids in rings:
        if task.name == "notifications.send":
            task(*ids)
    (message,) = mailoutbox
    for said in (said_by(html), message.subject, message.body):
        left = FOREIGN[language].search(without_names(said, place))
        assert not left, f"«{left[0]}» in: {said}"


def walk_letters_of(place, language):
    """(name, html) of every letter that somebody writes to a family."""
    referral = refer(place, language=language)
    by = UserFactory(coordinates=place.intake_unit)
    for name in letters.NAMES:
        kind, words = letters.write(name, referral, by=by, address=STREET)
        with override(language):
            about = {**words, "title": words["heading"], "language": language}
            yield name, render_to_string(DOCUMENTS[kind].path, about)


def test_every_word_of_the_letters_comes_out_of_the_catalogue(place, speak):
    speak(mark)
    assert_all_is_marked(walk_letters_of(place, "en"), place)


@in_each
def test_every_letter_speaks_the_language_of_the_family(place, speak, language):
    speak()
    for name, html in walk_letters_of(place, language):
        left = FOREIGN[language].search(without_names(said_by(html), place))
        assert not left, f"{name} says «{left[0]}»"


@in_each
def test_every_message_speaks_the_language_of_its_reader(place, speak, language):
    speak()
    words = {"municipality": place, "count": 2, "site": "", "stage": ""}
    words |= {"reference": "", "answer_by": ""}
    words |= {"kind": "first", "secret": "", "until": "", "what": "codes"}
    with override(language):
        for rule in RULES.values():
            said = [str(rule.subject), render_to_string(rule.template, words)]
            said += [render_to_string(rule.sms, words)] if rule.sms else []
            for text in said:
                left = FOREIGN[language].search(without_names(text, place))
                assert not left, f"«{left[0]}» in: {text}"
