"""Who has opened the case, and what somebody is asked to sign: each in words to one person."""

from collections import defaultdict

from django.db.models import Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

from tibir.accounts.models import Membership
from tibir.audit.kinds import RELEASED, Group
from tibir.audit.models import Event
from tibir.cases.models import NAMED, Grade
from tibir.core.dates import clock_time, long_date
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents.letters import place
from tibir.documents.models import Attachment, Dispatch, Document

MOST = 20_000  # rows of the log; more than that is no list for a person
CASE, PERSON = "cases.case", "cases.caseperson"
DOCUMENT, DISPATCH, ATTACHMENT = (
    model._meta.label_lower for model in (Document, Dispatch, Attachment)
)
# What everything is about: that one of these was touched together with a report ties nothing.
BROAD = {CASE, PERSON, "referrals.referral", "referrals.submission", "cases.person"}


def openings(case, recipient, *, by, on, language, address=""):
    """The list to one recipient, in that language: each day, who as role and unit, and what.

    What is about a report to barnevern that the family may not know of is left out. What is about
    somebody else than the recipient is told as «leste i saken», and no more.
    """
    with override(language):
        rows = _rows(case, recipient)
        lines = [line.strip() for line in address.splitlines() if line.strip()]
        return {
            "reference": _reference(case),
            "dated": long_date(on),
            "municipality": place(case.municipality),
            "recipient": [recipient.person.name, *lines[:3]] if lines else [],
            "heading": _("Hvem har åpnet saken"),
            "lead": _("Dette er de ansatte som har sett opplysninger i saken, til og med i dag."),
            "rows": rows,
            "notes": [
                _("Ansatte står med rollen sin. Den samme ansatte har det samme nummeret."),
                _(
                    "Bare de som trenger det i arbeidet, har lov til å se opplysninger om dere. "
                    "Lurer du på om noen har sett noe de ikke skulle, kan du ringe oss, så "
                    "undersøker vi det."
                ),
            ],
            "signed": {"name": by.name, "unit": "" if case.is_hidden else case.unit.name},
        }


def _reference(case):
    answers = Deadline.objects.filter(case=case, kind=Due.ANSWER).exclude(reference="")
    return answers.order_by("pk").values_list("reference", flat=True).first() or str(case)


def _rows(case, recipient):
    """One line for each day, person and kind of opening, in the order they came."""
    seen = Event.objects.of_case(case).in_group(Group.OPENED)
    seen = list(seen.filter(actor_kind=Event.Actor.USER).order_by("pk")[:MOST])
    emergencies = Event.objects.of_case(case).filter(verb="emergency.opened")
    events = sorted([*seen, *emergencies], key=lambda event: event.pk)
    events = _without_what_is_untold(case, events)
    whose, who = _Whose(recipient, events), _Who(case, events)
    lines = {}
    for event in events:
        at = timezone.localtime(event.at)
        key = (at.date(), event.actor_id, whose.said_of(event))
        line = lines.setdefault(key, {"at": at, "times": 0})
        line["times"] += 1
    return [
        {
            "day": long_date(day),
            "time": clock_time(line["at"]),
            "who": who.called(actor, day),
            "what": _times(what, line["times"]),
        }
        for (day, actor, what), line in lines.items()
    ]


def _times(what, times):
    return what if times == 1 else _("%(what)s (%(times)d ganger)") % {"what": what, "times": times}


# --- What may not be told ------------------------------------------------------------------


def _without_what_is_untold(case, events):
    """Without a report to barnevern, what came with it, and whoever looked at that later."""
    reports = list(Event.objects.of_case(case).untold())
    released = {(e.target_type, e.target_id) for e in reports if e.verb == RELEASED}
    kept = [e for e in reports if (e.target_type, e.target_id) not in released]
    if not kept:
        return [event for event in events if not event.verb.startswith("duty.")]
    transactions = {event.transaction for event in kept} - {None}
    together = Event.objects.of_case(case).filter(transaction__in=transactions)
    tied = {(e.target_type, e.target_id) for e in together if e.target_type not in BROAD}
    papers = [pk for kind, pk in tied if kind == DOCUMENT]
    sent = Dispatch.objects.filter(document__in=papers).values_list("pk", flat=True)
    tied |= {(DISPATCH, pk) for pk in sent}
    return [
        event
        for event in events
        if not event.verb.startswith("duty.")
        and event.transaction not in transactions
        and (event.target_type, event.target_id) not in tied
    ]


class _Whose:
    """What of it is the recipient's own, so that it may be told what was seen."""

    def __init__(self, recipient, events):
        targets = defaultdict(set)
        for event in events:
            targets[event.target_type].add(event.target_id)
        documents = Document.objects.filter(pk__in=targets[DOCUMENT], recipient=recipient)
        dispatches = Dispatch.objects.filter(pk__in=targets[DISPATCH], person=recipient)
        self._own = {(PERSON, recipient.pk)}
        self._own |= {(DOCUMENT, pk) for pk in documents.values_list("pk", flat=True)}
        self._own |= {(DISPATCH, pk) for pk in dispatches.values_list("pk", flat=True)}
        self._sent_it = recipient.is_sender

    def said_of(self, event):
        target = (event.target_type, event.target_id)
        own = {
            "family.contact_read": _("så på kontaktopplysningene dine"),
            "family.person_read": _("leste det som står om deg"),
            "document.read": _("åpnet et brev til deg"),
            "dispatch.read": _("så på et brev til deg"),
            "dispatch.printed": _("skrev ut et brev til deg"),
        }
        if event.verb in own and target in self._own:
            return own[event.verb]
        if event.verb == "referral.read" and self._sent_it:
            return _("leste henvisningen")
        if event.verb == "emergency.opened":
            return _("brukte nødtilgang til saken")
        return _("leste i saken")


class _Who:
    """Staff as role and unit, numbered, without a name. A unit may say where a family is."""

    def __init__(self, case, events):
        self._shows_unit = case.grade == Grade.OPEN
        self._numbers = {}
        for event in events:
            self._numbers.setdefault(event.actor_id, len(self._numbers) + 1)
        here = Q(unit__municipality=case.municipality_id) | Q(municipality=case.municipality_id)
        held = Membership.objects.filter(here, user__in=self._numbers).exclude(role="cleared")
        self._held = defaultdict(list)
        for each in held.select_related("unit").order_by("started_on", "pk"):
            self._held[each.user_id].append(each)

    def called(self, actor, day):
        number = _("Ansatt %(number)d") % {"number": self._numbers[actor]}
        then = [m for m in self._held[actor] if m.started_on <= day <= (m.ended_on or day)]
        roles = dict.fromkeys(self._role(each) for each in then)
        return f"{number}, {', '.join(roles)}" if roles else number

    def _role(self, membership):
        role = membership.get_role_display()
        if self._shows_unit and membership.unit_id:
            return f"{role} ({membership.unit.name})"
        return role


# --- What somebody is asked to sign ----------------------------------------------------------


def consent_form(person, *, by, on, language, purposes, wordings, service=""):
    """The form to one person, in that language; `wordings` by purpose, as they are in use now.

    It has nobody's address on it, and names nobody but the one who signs and the child.
    """
    case = person.case
    with override(language):
        return {
            "reference": _reference(case),
            "dated": long_date(on),
            "municipality": place(case.municipality),
            "recipient": [],
            "heading": _("Samtykke"),
            "lead": _("Kryss av for ja eller nei på hvert punkt, og skriv under nederst."),
            "about": [(_("Navn"), person.person.name), (_("Gjelder barnet"), case.child.name)],
            "purposes": [
                {
                    "title": _asked(purpose, service),
                    "text": wordings[purpose].text,
                    "version": _("Tekst: %(version)s") % {"version": wordings[purpose].label},
                }
                for purpose in purposes
            ],
            "wordings": {str(purpose): wordings[purpose].pk for purpose in purposes},
            "service": service,
            "notes": [
                _("Det er frivillig. Sier du nei, kan du likevel få hjelp av oss."),
                _("Du kan trekke samtykket når som helst. Ring eller skriv til oss."),
            ],
            "signed": {"name": by.name, "unit": "" if case.is_hidden else case.unit.name},
        }


def _asked(purpose, service):
    label = capfirst(str(purpose.label))
    return f"{label}: {service}" if purpose in NAMED else label
