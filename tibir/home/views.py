from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from interventions import actions as interventions
from interventions import rules as services
from referrals import rules
from referrals.models import Referral
from referrals.states import OPEN
from referrals.states import State as ReferralState
from tibir.access.gate import find, permit
from tibir.access.roles import Kind, held_by, sees, units_where
from tibir.accounts.models import Municipality
from tibir.audit.record import record
from tibir.calendar.answer import days_left
from tibir.cases.models import Case, CaseMember, named_group
from tibir.core.dates import hour_and_minute, short_date
from tibir.core.encryption import seal, unseal
from tibir.core.templatetags import ui
from tibir.family import rules as family
from tibir.family.rules import access, protection
from tibir.family.rules.protection import ENOUGH
from tibir.home.day import day_of
from tibir.home.forms import SearchForm, UnitForm
from tibir.home.letters import notices, unread_count
from tibir.home.rules import may_search
from tibir.home.search import look_up
from tibir.home.story import due_of, members_of, story, told_of
from tibir.notifications import actions as notifications
from tibir.notifications.kinds import DIGEST_AT
from tibir.notifications.models import Notification

PER_PAGE = 25
LOOKED_FOR = "looked_for"


@login_not_required
@require_safe
def start(request):
    """The front door: where parents find their municipality, and staff find their day."""
    if not request.user.is_authenticated:
        places = Municipality.objects.receiving().only("name", "slug")
        return render(request, "home/front.html", {"places": places})
    user, now = request.user, timezone.now()
    today = timezone.localdate(now)
    context = {
        "today": today,
        "held": held_by(user),
        "lists_referrals": rules.may_list(user),
        "has_calendar": services.may_list(user),
        **day_of(user, now),
    }
    if context["lists_referrals"]:
        context |= Referral.objects.listed_for(user).figures(today)
    return render(request, "home/start.html", context)


# --- Varsler: what this user was told -----------------------------------------------------


@require_safe
def notification_list(request):
    mine = Notification.objects.visible_to(request.user).for_list()
    only_unread = request.GET.get("vis") == "uleste"
    after = _number(request.GET.get("etter"))
    rows = mine.unread() if only_unread else mine
    page = list((rows.before(after) if after else rows)[: PER_PAGE + 1])
    more = page[PER_PAGE - 1].pk if len(page) > PER_PAGE else None
    page = page[:PER_PAGE]
    record("notification.listed", by=request.user, rows=len(page))
    context = {
        "rows": notices(request.user, page, timezone.localdate()),
        "unread": unread_count(request.user),
        "only_unread": only_unread,
        "newest": page[0].pk if page else None,
        "next": more,
        "is_first_page": not after,
        "times": [hour_and_minute(at) for at in DIGEST_AT],
    }
    return render(request, "home/notifications.html", context)


def _number(text):
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


@require_POST
def read(request, pk):
    """One is read: by opening what it is about, or by saying so."""
    mine = Notification.objects.visible_to(request.user)
    notification = find(mine, pk=pk)
    notifications.read(mine.filter(pk=pk), by=request.user)
    (notice,) = notices(request.user, [notification], timezone.localdate())
    opens = notice["url"] and "open" in request.POST
    return redirect(notice["url"] if opens else _back(request))


@require_POST
def read_all(request):
    """All that stood there; what has come since then is still new."""
    newest = _number(request.POST.get("newest"))
    if newest:
        mine = Notification.objects.visible_to(request.user)
        notifications.read(mine.filter(pk__lte=newest), by=request.user)
        messages.success(request, _("Varslene er merket som lest."))
    return redirect(_back(request))


def _back(request):
    query = {"vis": "uleste"} if request.POST.get("vis") == "uleste" else None
    return reverse("home:notifications", query=query)


# --- Søk ----------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def search(request):
    """What is looked for is somebody's name: it stands in no address, and sealed in the session."""
    permit(may_search(request.user))
    if request.method == "POST":
        typed = SearchForm(request.POST)
        if typed.is_valid():
            request.session[LOOKED_FOR] = seal(typed.cleaned_data["q"], LOOKED_FOR)
            return redirect("home:search")
        return render(request, "home/search.html", {"form": typed, "found": None})
    text = unseal(request.session.get(LOOKED_FOR, ""), LOOKED_FOR)
    kind, found = look_up(request.user, text) if text else ("", None)
    if kind:
        record("search", by=request.user, kind=kind, rows=len(found))
    context = {
        "form": SearchForm(initial={"q": text}),
        "found": found and _rows(request.user, found),
        "nothing": found == [],
        "is_short": kind == "short",
    }
    return render(request, "home/search.html", context)


def _rows(user, found):
    """Which of them lead on: a name and a place are for more people than what was written."""
    by_role = units_where(user, Kind.REFERRAL)
    mine = CaseMember.objects.visible_to(user).current().filter(user=user)
    as_member = set(mine.filter(case__in={r.case_id for r in found}).values_list("case", flat=True))
    return [
        {"referral": r, "opens": r.case.unit_id in by_role or r.case_id in as_member} for r in found
    ]


# --- Sak: one child, and everything that is done for it --------------------------------------


@require_safe
def case(request, pk):
    """For everybody who may know of the case; what each sees of it follows the role."""
    user, now = request.user, timezone.now()
    today = timezone.localdate(now)
    found = find(_cases(user).for_page(), pk=pk)
    rows = told_of(found, user, today)
    members = members_of(rows)
    is_member = any(member.user_id == user.pk for member in members)
    basis = access.basis_of(user, found, is_member=is_member)
    record("case.read", found, by=user, basis=basis)
    works_inside = any(each.user_id == user.pk and each.is_inside for each in members)
    reads = works_inside or basis == "emergency" or sees(user, Kind.REFERRAL, found.unit_id)
    reads = reads or bool(access.opened_for(user, found))
    keeps_people = is_member or sees(user, Kind.CONTACT, found.unit_id)
    staffs = family.may_staff(user, found)
    people = list(found.people.visible_to(user).current().for_page())
    measures = works_inside or sees(user, Kind.MEASURE, found.unit_id)
    told = story(found, user, now, rows, reads=reads)
    gives = any(each.course.is_begun and user.pk in each.givers for each in told.courses)
    context = {
        "case": found,
        "age": found.child.age(today),
        "members": members,
        "people": people,
        "keeps_people": keeps_people,
        "staffs": staffs,
        "reads": reads,
        "referrals": [_referral(each, today) for each in told.referrals],
        "deadlines": due_of(rows, today),
        "story": told,
        "gives": gives,
        "reads_measures": measures,
        "plans": found.state == Case.State.OPEN and services.may_plan(user, found),
        "is_small": found.is_strict and named_group(found).count() < ENOUGH,
        "links": _links(user, found, is_member=is_member, works_inside=works_inside),
        "next": _next_steps(found, people, members, keeps_people, staffs),
    }
    return render(request, "home/case.html", context)


def _cases(user):
    return Case.objects.visible_to(user)


def _referral(row, today):
    """With its clock, for as long as it waits for an answer."""
    days = days_left(row["due_on"], today)
    return row | {
        "due_on": short_date(row["due_on"]),
        "state": ReferralState(row["state"]).label,
        "clock": ui.days_left(days) if row["state"] in OPEN else "",
        "urgency": ui.urgency(days),
    }


def _links(user, found, *, is_member, works_inside):
    """The pages of the case that this person may open, as (what, where)."""
    pages = [
        ("consents", _("Samtykker"), works_inside or sees(user, Kind.CONSENT, found.unit_id)),
        ("duty_reports", _("Bekymringsmeldinger"), family.may_report(user, found)),
        ("case_complaints", _("Klager"), family.may_complain_in(user, found)),
        ("access", _("Hvem har tilgang"), is_member or access.sees_who_has_access(user, found)),
        ("protection", _("Adressesperre"), protection.may_protect(user, found)),
        ("siblings", _("Søsken"), protection.may_protect(user, found)),
        ("log", _("Logg"), family.may_read_log(user, found)),
    ]
    links = [(label, _address(name, found)) for name, label, may in pages if may]
    if works_inside or sees(user, Kind.MEASURE, found.unit_id):
        links.insert(0, (_("Målinger"), reverse("instruments:measurements", args=[found.pk])))
    return links


def _next_steps(found, people, members, keeps_people, staffs):
    """What somebody with this right would do now, as (sentence, where); read from what is shown."""
    steps = []
    if not found.is_open:
        return steps
    if staffs and found.responsible is None:
        steps.append((_("Velg hvem som har ansvaret for saken."), _address("responsible", found)))
    if staffs and not members:
        steps.append((_("Gi en behandler tilgang til saken."), _address("add_member", found)))
    if keeps_people:
        for each in people:
            if each.has_responsibility and not each.is_responsibility_verified:
                name = {"name": each.person.name}
                steps.append(
                    (
                        _("Bekreft foreldreansvaret til %(name)s.") % name,
                        _address("verify_responsibility", found, each.pk),
                    )
                )
        steps += [
            (
                _("%(name)s står to ganger. Slå sammen.") % {"name": each.person.name},
                _address("same", found, each.pk),
            )
            for each in family.twice(people)
        ]
        if not any(each.has_responsibility or each.is_in_the_guardians_place for each in people):
            steps.append((_("Finn ut hvem som har foreldreansvar."), _address("people", found)))
    return steps


def _address(name, found, *more):
    return reverse(f"family:{name}", args=[found.pk, *more])


@require_http_methods(["GET", "HEAD", "POST"])
def give_unit(request, pk):
    found = find(_cases(request.user).select_related("child", "unit"), pk=pk)
    permit(family.may_staff(request.user, found))
    form = UnitForm(
        request.POST if request.method == "POST" else None, units=family.possible_units(found)
    )
    if form.is_valid():
        left = interventions.move(found, by=request.user, **form.cleaned_data)
        unit = {"unit": form.cleaned_data["unit"].name}
        messages.success(request, _("%(unit)s har saken nå.") % unit)
        if left:
            names = {"names": ", ".join(str(member.user) for member in left)}
            messages.info(request, _("Disse har ikke tilgang lenger: %(names)s.") % names)
        is_there = _cases(request.user).filter(pk=found.pk).exists()
        return redirect("home:case", found.pk) if is_there else redirect("home:start")
    record("case.read", found, by=request.user, basis="role")
    context = {
        "case": found,
        "form": form,
        "title": _("Gi saken til en annen enhet"),
        "lead": _("Henvisninger, åpne frister og brev følger med. Svarfristen er den samme."),
        "button": _("Gi saken videre"),
        "back": reverse("family:members", args=[found.pk]),
        "nobody": ""
        if form.units
        else _("Ingen annen enhet i kommunen har en koordinator som kan ta imot saken."),
        "members": CaseMember.objects.visible_to(request.user)
        .filter(case=found, ended_on=None)
        .for_list(),
    }
    return render(request, "home/give_unit.html", context)
