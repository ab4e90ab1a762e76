"""Henvisninger: the coordinator's inbox, and what one referral says."""

from datetime import date, timedelta
from functools import cache

from django.contrib import messages
from django.db.models import DateField, Value
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from referrals import actions, rules
from referrals.forms.assessment import ContactForm
from referrals.letters import agreement, sections
from referrals.models import Referral, Submission, is_outside
from referrals.questions import SITUATIONS
from referrals.states import POSSIBLE, State
from tibir.access.gate import find, permit
from tibir.audit.record import record
from tibir.calendar import answer as calendar
from tibir.cases.models import CasePerson, named_group
from tibir.cases.names import initials
from tibir.cases.places import CONTACT
from tibir.core.dates import short_date
from tibir.core.errors import DomainError, say_why
from tibir.core.jobs import FAILED
from tibir.core.models import JobRun
from tibir.core.templatetags.ui import days_left, urgency
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.documents.forms import AttachmentForm
from tibir.documents.models import Attachment, Dispatch
from tibir.family.rules import access
from tibir.family.rules import protection as family
from tibir.family.rules.protection import ENOUGH

PER_PAGE = 25
COUNTED = 100
SOON = 3
TO_SEND = "sendes"
RECONCILIATION = "reconciliation"  # the job that looks for what must not be
SHOWN = 5


@require_safe
def referral_list(request):
    permit(rules.may_list(request.user))
    today = timezone.localdate()
    listed = Referral.objects.listed_for(request.user)
    views = _views(today)
    chosen = request.GET.get("vis", "")
    if chosen not in views:
        chosen = ""
    counts, stopped = _above(request.user, listed, today)
    rows = views[chosen][1](listed).rows()
    after = _position(request.GET.get("etter", ""))
    if after:
        rows = rows.after(*after)
    page = list(rows[: PER_PAGE + 1])
    more = page[PER_PAGE - 1] if len(page) > PER_PAGE else None
    page = page[:PER_PAGE]
    record("referral.listed", by=request.user, rows=len(page), view=chosen)
    context = {
        "rows": _rows(page, today),
        "views": [
            {"key": key, "label": label, "count": counts[key], "current": key == chosen}
            for key, (label, _find) in views.items()
        ],
        "chosen": chosen,
        "next": f"{more['due_on']}.{more['pk']}" if more else "",
        "is_first_page": not after,
        "stopped": stopped,
        "reconciled": _reconciled(request.user),
    }
    return render(request, "referrals/referral_list.html", context)


def _reconciled(user):
    """How the last check went, and what it found that this user can do something about."""
    run = JobRun.objects.filter(job=RECONCILIATION, finished_at__isnull=False).first()
    if run is None:
        return None
    tasks = []
    if run.outcome != "0":
        wrong = Deadline.objects.visible_to(user).open().filter(kind=Due.DISCREPANCY)
        wrong = wrong.countable().only("reference").order_by("due_on", "pk")
        tasks = list(wrong[: COUNTED + 1])
    return {
        "run": run,
        "is_broken": run.outcome.startswith(FAILED),
        "number": f"{COUNTED}+" if len(tasks) > COUNTED else len(tasks),
        "first": tasks[:SHOWN],
        "are_more": len(tasks) > SHOWN,
    }


def _views(today):
    return {
        "": (_("Alle åpne"), lambda listed: listed.open()),
        "snart": (_("Frist innen tre dager"), lambda listed: listed.due_within(SOON, today)),
        "over": (_("Over fristen"), lambda listed: listed.overdue(today)),
        TO_SEND: (_("Svar som ikke er sendt"), lambda listed: listed.to_send()),
    }


def _above(user, listed, today):
    """What stands above the rows, in one statement: the counts, and what was not read in."""
    columns = ("pk", "due_on", "state")
    waiting = listed.open().order_by("due_on").values_list(*columns)[: COUNTED + 1]
    to_send = listed.to_send().values_list(*columns)[: COUNTED + 1]
    stopped = Submission.objects.visible_to(user).stopped()[:COUNTED]
    stopped = stopped.values_list("pk", Value(None, DateField()), "reference")
    days, unsent, not_read_in = [], 0, []
    for pk, due_on, said in waiting.union(to_send, stopped, all=True):
        if due_on is None:
            url = reverse("referrals:submission", args=[pk])
            not_read_in.append({"reference": said, "url": url})
        elif said == State.DECIDED:
            unsent += 1
        else:
            days.append(due_on)
    counts = _counts(sorted(days), today) | {TO_SEND: _number(unsent, unsent > COUNTED)}
    return counts, not_read_in


def _counts(days, today):
    """Exact for the numbers a person counts; beyond that «100+» says enough and costs nothing.

    The earliest hundred tell it all: what is over comes first, then what is soon.
    """
    soon = today + timedelta(days=SOON)
    is_cut = len(days) > COUNTED
    return {
        "": _number(len(days), is_cut),
        "snart": _number(sum(today <= day <= soon for day in days), is_cut and days[-1] <= soon),
        "over": _number(sum(day < today for day in days), is_cut and days[-1] < today),
    }


def _number(counted, goes_on):
    return f"{min(counted, COUNTED)}+" if goes_on else str(counted)


def _position(text):
    day, _dot, pk = text.partition(".")
    try:
        return date.fromisoformat(day), int(pk)
    except ValueError:
        return None


def _rows(found, today):
    """What each row says, in words: the template is asked for nothing that costs a look-up."""
    clock = cache(lambda due_on: _clock(due_on, today))  # many are due on the same day
    concern = cache(lambda key: str(SITUATIONS[key]))  # and many ask about the same
    address = reverse("referrals:detail", args=[0])  # looked up once, and not for each
    return [
        clock(row["due_on"]) | _row(row, concern) | {"url": address.replace("0", str(row["pk"]))}
        for row in found
    ]


def _clock(due_on, today):
    days = calendar.days_left(due_on, today)
    return {
        "days_left": days,
        "clock": days_left(days),
        "urgency": urgency(days),
        "due_on": short_date(due_on),
    }


def _row(found, concern):
    child, age = initials(found["first_name"], found["last_name"]), found["child_age"]
    known = [key for key in found["situations"] if key in SITUATIONS]
    return {
        "reference": found["reference"],
        "child": child if age is None else f"{child}, {_('%(age)s år') % {'age': age}}",
        "is_outside_age": is_outside(age),
        "asked_for_protection": found["asked_for_protection"],
        "awaits_call": found["channel"] == Submission.Channel.CALL_ME,
        "sender": Referral.Sender(found["sender"]).label,
        "concern": " · ".join(map(concern, known[:3])) or "–",
        "owner": found["owner_name"] or _("ingen"),
        "state": State(found["state"]).label,
    }


@require_safe
def detail(request, pk):
    referral = _read(request, pk)
    record("referral.read", referral, by=request.user, basis=rules.basis(request.user, referral))
    return _page(request, referral, CONTACT if referral.case.is_hidden else frozenset())


@require_POST
def reveal(request, pk):
    """The same page with what is hidden on it, once: an answer to a button, and logged."""
    referral = _read(request, pk)
    permit(family.may_reveal(request.user, referral.case))
    basis = rules.basis(request.user, referral)
    record("address.revealed", referral, by=request.user, basis=basis)
    return _page(request, referral, frozenset())


def _read(request, pk):
    referral = find(
        Referral.objects.visible_to(request.user).for_reading(),
        pk=pk,
    )
    permit(rules.may_read(request.user, referral))
    return referral


def _page(request, referral, hidden):
    """One referral; `hidden` names the questions whose answers are not shown."""
    may_assess = rules.may_assess(request.user, referral)
    if may_assess and referral.is_unread:
        actions.opened(referral, by=request.user)
    people = CasePerson.objects.visible_to(request.user).filter(case=referral.case).current()
    context = {
        "may": _may(referral) if may_assess else {},
        "proposes_talk": _proposes_talk(referral, timezone.localdate()),
        **_history(referral),
        "corrections": referral.corrections.select_related("proposed_by").order_by("pk"),
        "alike": _alike(request.user, referral) if may_assess else [],
        "dispatches": Dispatch.objects.visible_to(request.user)
        .filter(document__case=referral.case)
        .for_list(),
        "referral": referral,
        "days_left": referral.days_left(timezone.localdate()),
        "people": people.for_list(),
        "agreement": agreement(referral.submission.answers),
        "sections": sections(referral.submission.answers, hidden),
        "hidden": hidden,
        "hides": hidden and family.may_reveal(request.user, referral.case),
        "may_see_access": access.may_see_who_has_access(request.user, referral.case),
        "may_protect": family.may_protect(request.user, referral.case),
        "may_add": rules.may_add(request.user, referral),
        "is_small": referral.case.is_strict and named_group(referral.case).count() < ENOUGH,
        "attachments": Attachment.objects.visible_to(request.user)
        .filter(enclosure__submission=referral.submission)
        .for_list(),
        "attach_form": AttachmentForm(),
        "may_confirm": rules.may_confirm_contact(request.user, referral),
    }
    return render(request, "referrals/detail.html", context)


def _alike(user, referral):
    """Asked while it is open; and after, where somebody began at once with a family that may be
    known here."""
    asked = Deadline.objects.visible_to(user).about(referral, Due.SAME_CHILD).open()
    if not referral.is_open and not asked.exists():
        return []
    return rules.alike(referral, Referral.objects.visible_to(user))


def _history(referral):
    """What cannot have happened yet is not asked for: nobody assesses before it is taken."""
    if referral.state == State.RECEIVED:
        return {}
    asked = referral.inquiries.select_related("asked_by", "answered_by")
    return {
        "answered_on": referral.answered_on if referral.state == State.DECIDED else None,
        "inquiries": asked.order_by("pk"),
        "reopenings": referral.reopenings.select_related("by").order_by("pk"),
    }


def _proposes_talk(referral, today):
    """The family has not told what was asked, and the answer is due in two days."""
    waits = referral.state == State.AWAITING
    return waits and referral.days_left(today) <= calendar.DAYS_BEFORE[calendar.Stage.LEADER]


def _may(referral):
    """The buttons: what the state allows. Who may is asked again by each."""
    may = {name: referral.state in states for name, states in POSSIBLE.items()}
    may["take"] &= referral.owner is None
    may["give"] &= referral.owner is not None
    may["forwarded"] = bool(referral.forwarded_with_consent and not referral.forwarded_receipt_on)
    return may


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_contact(request, pk, person):
    referral = find(
        Referral.objects.visible_to(request.user).select_related("submission", "case"), pk=pk
    )
    permit(rules.may_confirm_contact(request.user, referral))
    case_person = find(
        CasePerson.objects.visible_to(request.user).select_related("person", "case"),
        pk=person,
        case=referral.case_id,
    )
    form = ContactForm(
        request.POST or None, initial=_known(case_person), hides=case_person.case.is_hidden
    )
    sends = request.method == "POST" and form.is_valid()
    if sends and _confirmed(referral, case_person, form, request.user):
        messages.success(request, _("Kontaktopplysningene er bekreftet."))
        return redirect(referral)
    basis = rules.basis(request.user, referral)
    record("family.contact_read", case_person, by=request.user, basis=basis)
    context = {"referral": referral, "case_person": case_person, "form": form}
    status = 409 if sends else 200
    return render(request, "referrals/confirm_contact.html", context, status=status)


def _confirmed(referral, case_person, form, user):
    """Or why not, on the form with all that was typed."""
    try:
        actions.confirm_contact(referral, case_person, by=user, **form.said(case_person.person))
    except DomainError as error:
        say_why(form, error)
    return not form.errors


def _known(case_person):
    shown = not case_person.case.is_hidden
    return {
        "responsibility": case_person.responsibility,
        "phone": case_person.person.phone if shown else "",
        "safe_phone": case_person.safe_phone,
        "email": case_person.person.email if shown else "",
        "safe_email": case_person.safe_email,
        "how": case_person.verified_how,
        "seen": case_person.confirmed_as,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def submission(request, pk):
    """What was sent and could not be read in: nothing is lost, and staff can try again."""
    permit(rules.may_read_submissions(request.user))
    stopped = find(
        Submission.objects.visible_to(request.user)
        .stopped()
        .select_related("municipality__intake_unit"),
        pk=pk,
    )
    if request.method == "POST":
        referral = actions.read_in(stopped, by=request.user)
        messages.success(request, _("Innsendingen er lest inn."))
        return redirect(referral)
    record("submission.read", stopped, by=request.user, basis="role")
    context = {"submission": stopped, "sections": sections(stopped.answers)}
    return render(request, "referrals/submission.html", context)
