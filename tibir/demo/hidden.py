"""A family of Fjordvik that must not be found, and a colleague who must not find another."""

from tibir.cases.models import CasePerson, Grade
from tibir.family import actions


def hide(*, by, cleared, kept_out):
    """Strictly, with two who know of it; and one of the staff is a neighbour of the Kvalsunds.

    A confidential family is there already: its mother said so in the form.
    """
    hidden = _case_of("Liv Hansgård")
    actions.protect(hidden.child, hidden, by=by, grade=Grade.STRICT, group=cleared)
    actions.keep_out(_case_of("Even Kvalsund"), by=by, user=kept_out, reason="close")


def _case_of(name):
    senders = CasePerson.objects.filter(is_sender=True).select_related("person", "case__child")
    return next(sender.case for sender in senders if sender.person.name == name)
