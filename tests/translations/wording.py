"""What is seen on a page, without what is not ours to translate."""

import re

from django.conf import settings as django_settings

from referrals.models import RuleSet, Submission
from referrals.questions import DISCUSSION, DOORS
from tests.factories import ANSWERS, CALL, PROFESSIONAL
from tests.html import parse
from tests.referrals.desk import TYPED as AT_THE_DESK_TYPED
from tests.referrals.parent import TYPED
from tests.referrals.professional import TYPED as OF_PROFESSIONALS
from tests.translations.typed import WRITTEN
from tibir.accounts.models import User
from tibir.cases.models import Person
from tibir.documents.models import Attachment


def said_by(html):
    """Everything that is seen or heard on a page, but for the addresses and codes on it, and for
    letters: those are in the language of the family."""
    root = parse(html)
    for element in list(root.iter()):
        if {"t-secret", "t-letter"} & set(element.get("class", "").split()):
            element.clear()
    named = ("aria-label", "title", "alt", "placeholder", "data-copied")
    labels = [element.get(name) for element in root.iter() for name in named if element.get(name)]
    return "\n".join([*root.itertext(), *labels])


CODES = {
    code
    for step in (*(step for door in DOORS for step in door.steps), DISCUSSION)
    for q in (*step.questions, *step.each)
    for code, _label in q.choices
}


def typed():
    """What somebody wrote in their own words, in every walk here."""
    steps = (TYPED, OF_PROFESSIONALS, ANSWERS, CALL, PROFESSIONAL, {"": AT_THE_DESK_TYPED})
    parents = PROFESSIONAL["foreldrene"]["people"]
    for fields in (*(fields for each in steps for fields in each.values()), *parents):
        yield from (text for text in fields.values() if isinstance(text, str) and len(text) > 2)


def without_names(text, place):
    """The text without what is not ours to translate: names, what was typed, what is theirs."""
    names = {place.name, place.intake_unit.name, "TIBIR"}
    names |= {name for _code, name in django_settings.LANGUAGES}
    names |= {user.name for user in User.objects.all()}
    names |= {submission.reference for submission in Submission.objects.all()}
    names |= {attachment.shown_name for attachment in Attachment.objects.all()}
    for person in Person.objects.all():
        names |= {person.name, person.initials, person.email} - {""}
    for rule_set in RuleSet.objects.all():  # in the municipality's own words
        names |= {tier.name for tier in rule_set.table.tiers if len(tier.name) > 2}
        names |= {rule.sentence for rule in rule_set.table.rules if len(rule.sentence) > 2}
    names |= (set(typed()) - CODES) | set(WRITTEN)
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, " ")
    return text


def unmarked(text):
    """What stands outside every ⟦ ⟧."""
    depth, outside = 0, []
    for letter in text:
        depth += {"⟦": 1, "⟧": -1}.get(letter, 0)
        if not depth and letter != "⟧":
            outside.append(letter)
    return "".join(outside)


def mark(entry):
    if entry.msgid_plural:
        entry.msgstr_plural = dict.fromkeys(entry.msgstr_plural, f"⟦{entry.msgid}⟧")
    else:
        entry.msgstr = f"⟦{entry.msgid}⟧"


LETTERS = re.compile(r"[^\W\d_]{2,}")


def assert_all_is_marked(pages, place):
    for where, html in pages:
        left = without_names(unmarked(said_by(html)), place)
        assert not LETTERS.search(left), f"{where} says this in bokmål only: {left.split()}"
