"""Henvisninger: the coordinator's inbox, and what one referral says."""

from datetime import date, timedelta

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from referrals import actions, rules
from referrals.forms import ContactForm
from referrals.letters import sections
from referrals.models import Referral, Submission
from referrals.questions import SITUATIONS
from referrals.states import State
from tibir.access.gate import find, permit
from tibir.audit.record import record
from tibir.cases.models import CasePerson
from tibir.core.dates import short_date
from tibir.core.templatetags.ui import days_left, urgency
from tibir.documents.forms import AttachmentForm
from tibir.documents.models import Attachment

PER_PAGE = 25
COUNTED = 100
SOON = 3


@require_safe
def referral_list(request):
    permit(rules.may_list(request.user))
    today = timezone.localdate()
    views = _views(Referral.objects.listed_for(request.user).open(), today)
    chosen = request.GET.get("vis", "")
    if chosen not in views:
        chosen = ""
    counts = _counts(views[""][1], today)
    rows = views[chosen][1].for_list()
    after = _position(request.GET.get("etter", ""))
    if after:
        rows = rows.after(*after)
    page = list(rows[: PER_PAGE + 1])
    more = page[PER_PAGE - 1] if len(page) > PER_PAGE else None
    page = page[:PER_PAGE]
    record("referral.listed", by=request.user, rows=len(page), view=chosen)
    context = {
        "rows": [_row(referral, today) for referral in page],
        "views": [
            {"key": key, "label": label, "count": counts[key], "current": key == chosen}
            for key, (label, _found) in views.items()
        ],
        "chosen": chosen,
        "next": f"{more.due_on}.{more.pk}" if more else "",
        "is_first_page": not after,
        "stopped": _stopped(request.user),
    }
    return render(request, "referrals/referral_list.html", context)


def _stopped(user):
    return list(Submission.objects.visible_to(user).stopped().only("reference")[:COUNTED])


def _views(open_referrals, today):
    return {
        "": (_("Alle åpne"), open_referrals),
        "snart": (_("Frist innen tre dager"), open_referrals.due_within(SOON, today)),
        "over": (_("Over fristen"), open_referrals.overdue(today)),
    }


def _counts(open_referrals, today):
    """Exact for the numbers a person counts; beyond that «100+» says enough and costs nothing.

    The earliest hundred tell it all: what is over comes first, then what is soon.
    """
    days = list(open_referrals.order_by("due_on").values_list("due_on", flat=True)[: COUNTED + 1])
    soon = today + timedelta(days=SOON)
    is_cut = len(days) > COUNTED
    found = {
        "": (len(days), True),
        "snart": (sum(today <= day <= soon for day in days), days and days[-1] <= soon),
        "over": (sum(day < today for day in days), days and days[-1] < today),
    }
    return {
        key: f"{min(number, COUNTED)}+" if is_cut and goes_on else str(number)
        for key, (number, goes_on) in found.items()
    }


def _position(text):
    day, _dot, pk = text.partition(".")
    try:
        return date.fromisoformat(day), int(pk)
    except ValueError:
        return None


def _row(referral, today):
    """What one row says, in words: the template is asked for nothing that costs a look-up."""
    days, age = referral.days_left(today), referral.child_age
    concern = [str(SITUATIONS[key]) for key in referral.situations if key in SITUATIONS]
    return {
        "referral": referral,
        "days_left": days,
        "clock": days_left(days),
        "urgency": urgency(days),
        "due_on": short_date(referral.due_on),
        "child": referral.case.child.initials,
        "age": _("%(age)s år") % {"age": age} if age is not None else "",
        "is_outside_age": referral.is_outside_age,
        "awaits_call": referral.submission.channel == Submission.Channel.CALL_ME,
        "sender": Referral.Sender(referral.sender).label,
        "concern": " · ".join(concern[:3]),
        "owner": referral.owner.name if referral.owner else _("ingen"),
        "state": State(referral.state).label,
    }


@require_safe
def detail(request, pk):
    referral = find(
        Referral.objects.visible_to(request.user).select_related(
            "submission__municipality", "submission__receipt", "case__child", "owner", "unit"
        ),
        pk=pk,
    )
    permit(rules.may_read(request.user, referral))
    record("referral.read", referral, by=request.user, basis=rules.basis(request.user, referral))
    people = CasePerson.objects.visible_to(request.user).filter(case=referral.case).for_list()
    context = {
        "referral": referral,
        "days_left": referral.days_left(timezone.localdate()),
        "people": people,
        "sections": sections(referral.submission.answers),
        "attachments": Attachment.objects.visible_to(request.user)
        .filter(enclosure__submission=referral.submission)
        .for_list(),
        "attach_form": AttachmentForm(),
        "may_confirm": rules.may_confirm_contact(request.user, referral),
    }
    return render(request, "referrals/detail.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def confirm_contact(request, pk, person):
    referral = find(Referral.objects.visible_to(request.user).select_related("submission"), pk=pk)
    permit(rules.may_confirm_contact(request.user, referral))
    case_person = find(
        CasePerson.objects.visible_to(request.user).select_related("person", "case"),
        pk=person,
        case=referral.case_id,
    )
    form = ContactForm(request.POST or None, initial=_known(case_person))
    if request.method == "POST" and form.is_valid():
        actions.confirm_contact(referral, case_person, by=request.user, **form.cleaned_data)
        messages.success(request, _("Kontaktopplysningene er bekreftet."))
        return redirect(referral)
    context = {"referral": referral, "case_person": case_person, "form": form}
    return render(request, "referrals/confirm_contact.html", context)


def _known(case_person):
    return {
        "responsibility": case_person.responsibility,
        "phone": case_person.person.phone,
        "safe_phone": case_person.safe_phone,
        "email": case_person.person.email,
        "safe_email": case_person.safe_email,
        "how": case_person.verified_how,
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
