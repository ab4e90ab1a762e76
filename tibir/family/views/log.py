"""Loggen: who has seen and done what in a case, and how its rows were before."""

from django.apps import apps
from django.contrib import messages
from django.db import models
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tibir.access.gate import find, permit
from tibir.accounts.models import User
from tibir.audit.history import WATCHED
from tibir.audit.kinds import BASES, said_of
from tibir.audit.models import Change, Event
from tibir.audit.record import record
from tibir.cases.models import Case
from tibir.core.dates import clock_time, long_date
from tibir.family import actions, rules
from tibir.family.forms import LogForm, OpeningsForm

PER_PAGE = 50
MOST_NAMES = 200
TABLES = {model._meta.db_table: model for model in map(apps.get_model, WATCHED)}


def _case(request, pk):
    seen = Case.objects.visible_to(request.user).select_related("child", "unit", "municipality")
    case = find(seen, pk=pk)
    permit(rules.may_read_log(request.user, case))
    return case


def _note(request, case, view, rows):
    basis = rules.log_basis(request.user, case)
    record("log.listed", case, by=request.user, basis=basis, view=view, rows=rows)


@require_safe
def events(request, case):
    """Every row of the case, the newest first."""
    case = _case(request, case)
    found = Event.objects.of_case(case)
    if not rules.may_release(request.user, case):
        found = rules.told(found)  # a report is for those who may know of it, in the log too
    form = LogForm(request.GET or None, people=_people(found))
    rows, after = _chosen(found, form), _number(request.GET.get("etter"))
    page = list((rows.before(after) if after else rows).for_list()[: PER_PAGE + 1])
    shown = page[:PER_PAGE]
    _note(request, case, "events", len(shown))
    names = _names(shown)
    context = {
        "case": case,
        "title": _("Logg"),
        "form": form,
        "is_chosen": bool(form.is_bound),
        "rows": [_event_row(event, names) for event in shown],
        **_paging(request, page, after),
    }
    return render(request, "family/log.html", context)


def _people(found):
    """Those who stand in the log of this case, by name."""
    users = found.filter(actor_kind=Event.Actor.USER).values_list("actor_id", flat=True)
    return User.objects.filter(pk__in=set(users.distinct())).values_list("pk", "name")[:MOST_NAMES]


def _chosen(found, form):
    if not form.is_bound or not form.is_valid():
        return found
    said = form.cleaned_data
    if said["who"]:
        found = found.by_user(said["who"])
    if said["kind"]:
        found = found.in_group(said["kind"])
    return found.between(said["first"], said["last"])


def _names(rows):
    users = {row.actor_id for row in rows if row.actor_kind == Event.Actor.USER}
    return User.objects.in_bulk(users)


def _who(event, names):
    if event.actor_kind == Event.Actor.USER:
        return names[event.actor_id].name if event.actor_id in names else _("ukjent bruker")
    return _("innsenderen") if event.actor_kind == Event.Actor.SENDER else _("systemet")


def _event_row(event, names):
    basis = BASES.get(event.basis, event.basis)
    return {**_when(event.at), "who": _who(event, names), "what": said_of(event.verb), "why": basis}


def _when(at):
    return {"day": long_date(timezone.localtime(at)), "time": clock_time(at)}


def _number(text):
    return int(text) if text and text.isdecimal() and len(text) < 19 else None


def _paging(request, page, after):
    query = request.GET.copy()
    query.pop("etter", None)
    return {
        "next": page[PER_PAGE - 1].pk if len(page) > PER_PAGE else None,
        "is_first_page": not after,
        "query": query.urlencode(),
    }


# --- How rows were before ------------------------------------------------------------------


@require_safe
def changes(request, case):
    """What was changed or removed, with what stood there before where it is no text."""
    case = _case(request, case)
    people = [case.child_id, *case.people.order_by("pk").values_list("person", flat=True)]
    found, after = Change.objects.of_case(case, people), _number(request.GET.get("etter"))
    page = list((found.before(after) if after else found).for_list()[: PER_PAGE + 1])
    shown = page[:PER_PAGE]
    _note(request, case, "changes", len(shown))
    context = {
        "case": case,
        "title": _("Endringer i saken"),
        "rows": _change_rows(shown),
        **_paging(request, page, after),
    }
    return render(request, "family/changes.html", context)


def _change_rows(rows):
    """Who it was is told by the row of the log that was written in the same transaction."""
    written = Event.objects.filter(transaction__in={row.transaction for row in rows})
    by = {}
    for event in written.order_by("pk"):
        by.setdefault((event.transaction, event.at), event)
    names = _names(by.values())
    for row in rows:
        event = by.get((row.transaction, row.at))
        model = TABLES.get(row.table)
        yield {
            **_when(row.at),
            "who": _who(event, names) if event else _("utenom systemet: %s") % row.role,
            "thing": model._meta.verbose_name if model else row.table,
            "number": row.row_id,
            "is_removed": row.operation == Change.Operation.DELETE,
            "columns": [_column(model, name, row.old) for name in row.columns],
        }


def _column(model, column, old):
    """What the column is called, and what stood in it where that is kept."""
    found = [f for f in model._meta.concrete_fields if f.column == column] if model else []
    if not found:
        return {"name": column, "was": "", "is_kept": False}
    (field,) = found
    is_link = isinstance(field, models.ForeignKey)
    name = field.verbose_name
    if name == field.name.replace("_", " "):  # nobody has named it for people
        name = field.related_model._meta.verbose_name if is_link else _("annet")
    is_kept = column in old and not is_link
    return {"name": name, "was": _shown(field, old[column]) if is_kept else "", "is_kept": is_kept}


def _shown(field, value):
    if value is None or value == "":
        return _("ikke fylt ut")
    if field.choices:
        return dict(field.flatchoices).get(value, value)
    if isinstance(value, bool):
        return _("ja") if value else _("nei")
    if isinstance(field, models.DateTimeField):
        at = parse_datetime(value)
        return f"{long_date(timezone.localtime(at))} {clock_time(at)}"
    if isinstance(field, models.DateField):
        return long_date(parse_date(value))
    return value


# --- What the family is told ----------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def openings(request, case):
    """A parent has asked who has opened the case."""
    case = _case(request, case)
    form = OpeningsForm(
        request.POST if request.method == "POST" else None,
        case=case,
        people=rules.owed_openings(case),
    )
    if request.method == "POST" and form.is_valid():
        actions.give_openings(case, by=request.user, on=timezone.localdate(), **form.cleaned_data)
        messages.success(request, _("Listen lages nå, og ligger under «Brev»."))
        return redirect("family:log", case.pk)
    basis = rules.log_basis(request.user, case)
    record("family.listed", case, by=request.user, basis=basis)
    context = {"case": case, "title": _("Liste til familien"), "form": form}
    return render(request, "family/openings.html", context)
