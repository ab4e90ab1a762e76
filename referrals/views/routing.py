"""«Ruting»: the rules of a municipality, version by version. None of it names a family."""

from functools import partial

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from referrals import actions, rules
from referrals.forms.routing import ActivateForm, CopyForm, RuleForm, TierForm
from referrals.models import Recommendation, RuleSet, TryOut
from referrals.routing import check, editing
from referrals.views.rule_words import finding_words, outcome_words, rule_words
from tibir.access.gate import find, permit
from tibir.audit.record import record
from tibir.core.errors import DomainError, StaleState, say_why

PAGE = ["GET", "HEAD", "POST"]
BESIDE = {"tillegg": editing.ADDITIONS, "imot": editing.AGAINST}
MOST_SHOWN = 50


def _rule_set(request, pk):
    visible = RuleSet.objects.visible_to(request.user)
    return find(
        visible.select_related("municipality", "author", "approved_by", "copied_from"), pk=pk
    )


def _draft(request, pk):
    rule_set = _rule_set(request, pk)
    permit(rules.may_edit_rules(request.user, rule_set))
    if not rule_set.is_editable:
        raise StaleState(_("«%(thing)s» kan ikke endres lenger.") % {"thing": rule_set})
    return rule_set


def _typed(request):
    return request.POST if request.method == "POST" else None


def _edition(request):
    """The one that was looked at when the button was pressed."""
    edition = request.POST.get("edition", "")
    return int(edition) if edition.isdecimal() and len(edition) < 10 else 0


@require_safe
def rule_list(request):
    permit(rules.may_see_rules(request.user))
    today = timezone.localdate()
    places = list(rules.edits_rules_for(request.user))
    rows = list(RuleSet.objects.visible_to(request.user).for_list())
    in_force = {place.pk: _holding(rows, place, today) for place in places}
    context = {
        "title": _("Regler for anbefaling"),
        "places": [{"place": place, "rule_set": in_force[place.pk]} for place in places],
        "rows": [{"rule_set": row, "standing": row.standing(today)} for row in rows],
        "has_several": len(places) > 1,
    }
    return render(request, "referrals/rule_list.html", context)


def _holding(rows, place, today):
    """`in_force` of each place, of rows that are here already."""
    own = [row for row in rows if row.municipality_id == place.pk and row.holds_on(today)]
    shipped = [row for row in rows if row.is_starting_point]
    return (own or shipped or [None])[0]


@require_safe
def rule_set(request, pk):
    rule_set = _rule_set(request, pk)
    today, table = timezone.localdate(), rule_set.table
    found = check(table)
    may_edit = rules.may_edit_rules(request.user, rule_set)
    may_approve = rules.may_approve_rules(request.user, rule_set)
    others = RuleSet.objects.visible_to(request.user).for_list().exclude(pk=rule_set.pk)
    others = others.filter(rules.comparable_with(rule_set))
    context = {
        "rule_set": rule_set,
        "title": rule_set.title,
        "standing": rule_set.standing(today),
        "tiers": [
            {
                "number": number,
                "anchor": f"trinn-{number}",
                "name": tier.name,
                "rules": [rule_words(rule, found) for rule in tier.rules],
            }
            for number, tier in enumerate(table.tiers, 1)
        ],
        "additions": [rule_words(rule, found) for rule in table.additions],
        "against": [rule_words(rule, found) for rule in table.against],
        "findings": [finding_words(each) for each in found if not each.rule],
        "error_count": sum(each.is_error for each in found),
        "may_edit": may_edit and rule_set.is_editable,
        "may_discard": may_edit and rule_set.active_from is None and rule_set.state != "retired",
        "may_approve": may_approve,
        "may_activate": may_edit and rule_set.state == RuleSet.State.APPROVED,
        "needs_another": may_edit and rule_set.state == "tried" and not may_approve,
        "others": list(others),
        "try_outs": list(TryOut.objects.visible_to(request.user).filter(rule_set=rule_set)
                         .for_list()[:5]),
    }  # fmt: skip
    return render(request, "referrals/rule_set.html", context)


# --- Editing a draft ------------------------------------------------------------------------


@require_http_methods(PAGE)
def add_rule(request, pk, place):
    draft = _draft(request, pk)
    where = _place(draft.table, place)
    return _rule_page(request, draft, where, None, title=_("Ny regel"))


@require_http_methods(PAGE)
def edit_rule(request, pk, key):
    draft = _draft(request, pk)
    where = editing.place_of(draft.table, key)
    if where is None:
        raise Http404
    return _rule_page(request, draft, where, draft.table.rule(key), title=_("Endre regelen"))


def _place(table, text):
    if text in BESIDE:
        return BESIDE[text]
    number = _tier_number(table, f"trinn-{text}")
    if number is None:
        raise Http404
    return number


def _rule_page(request, draft, where, rule, *, title):
    table, status = draft.table, 200
    beside = not isinstance(where, int)
    form = RuleForm(_typed(request), table, beside=beside, rule=rule)
    if form.is_bound and form.is_valid():
        made = form.rule(rule.key if rule else editing.new_key(table))
        status = _change(request, draft, editing.put(table, where, made), form.add_refusal)
        if status == 302:
            return redirect(f"{draft.get_absolute_url()}#{made.key}")
    context = {
        "draft": draft,
        "form": form,
        "title": title,
        "edition": request.POST.get("edition", draft.edition),
        "tier": where if not beside else "",
        "tier_name": table.tiers[where - 1].name if not beside else "",
        "where": where,
    }
    return render(request, "referrals/rule.html", context, status=status)


def _change(request, draft, table, refuse):
    """302 when the draft says so now, or else 409 and why not on top of what was typed."""
    try:
        actions.change_rules(draft, by=request.user, table=table, edition=_edition(request))
    except DomainError as error:
        refuse(error)
        return 409
    messages.success(request, _("Utkastet er lagret."))
    return 302


@require_POST
def arrange(request, pk):
    """A rule or a tier goes up, down or away."""
    draft = _draft(request, pk)
    table = _arranged(draft.table, request.POST.get("what", ""), request.POST.get("do", ""))
    actions.change_rules(draft, by=request.user, table=table, edition=_edition(request))
    return redirect(f"{draft.get_absolute_url()}#{request.POST['what']}")


def _arranged(table, what, do):
    steps = {"up": -1, "down": 1, "remove": None}
    number = _tier_number(table, what)
    if do not in steps or (number is None and table.rule(what) is None):
        # What is not there was removed by somebody meanwhile.
        raise StaleState(_("Det du ville flytte eller fjerne, finnes ikke lenger."))
    step = steps[do]
    if number is not None and step is None:
        return editing.remove_tier(table, number)
    if number is not None:
        return editing.move_tier(table, number, step)
    return editing.remove(table, what) if step is None else editing.move(table, what, step)


def _tier_number(table, text):
    """Of «trinn-2»; None where there is no such tier."""
    start, _sep, number = text.partition("-")
    is_number = start == "trinn" and number.isdecimal() and len(number) < 4
    return int(number) if is_number and 1 <= int(number) <= len(table.tiers) else None


@require_http_methods(PAGE)
def add_tier(request, pk):
    draft = _draft(request, pk)
    form = TierForm(_typed(request))
    return _tier_page(request, draft, form, editing.add_tier, title=_("Nytt trinn"))


@require_http_methods(PAGE)
def rename_tier(request, pk, number):
    draft = _draft(request, pk)
    number = _place(draft.table, str(number))
    form = TierForm(_typed(request), initial={"name": draft.table.tiers[number - 1].name})
    rename = partial(_renamed, number=number)
    return _tier_page(request, draft, form, rename, title=_("Gi trinnet et nytt navn"))


def _renamed(table, name, *, number):
    return editing.rename_tier(table, number, name)


def _tier_page(request, draft, form, change, *, title):
    status = 200
    if form.is_valid():
        table = change(draft.table, form.cleaned_data["name"])
        status = _change(request, draft, table, partial(say_why, form))
        if status == 302:
            return redirect(draft)
    edition = request.POST.get("edition", draft.edition)
    return _form_page(request, draft, form, title, _("Lagre"), status=status, edition=edition)


def _form_page(request, rule_set, form, title, button, *, lead="", status=200, edition=""):
    context = {
        "rule_set": rule_set,
        "form": form,
        "title": title,
        "lead": lead,
        "button": button,
        "edition": edition,
    }
    return render(request, "referrals/rule_act.html", context, status=status)


# --- From a draft to what holds -------------------------------------------------------------


@require_http_methods(PAGE)
def copy(request, pk):
    """A new draft that begins as this version."""
    source = _rule_set(request, pk)
    places = rules.edits_rules_for(request.user)
    places = places.filter(pk=source.municipality_id) if source.municipality_id else places
    places = list(places)
    permit(places)
    only = {"municipality": str(places[0].pk)} if len(places) == 1 else None
    typed = only or request.POST if request.method == "POST" else None
    form = CopyForm(typed, places=places, initial=only)
    if form.is_valid():
        draft = actions.copy_rules(source, by=request.user, **form.cleaned_data)
        messages.success(request, _("Utkastet er klart. Ingenting gjelder før det er godkjent."))
        return redirect(draft)
    lead = _("Utkastet begynner likt. Det som gjelder nå, gjelder til utkastet er tatt i bruk.")
    return _form_page(request, source, form, _("Lag et utkast"), _("Lag utkastet"), lead=lead)


@require_POST
def try_rules(request, pk):
    draft = _draft(request, pk)
    tried = actions.try_rules(draft, by=request.user, today=timezone.localdate())
    return redirect(tried)


@require_POST
def approve(request, pk):
    rule_set = _rule_set(request, pk)
    permit(rules.may_edit_rules(request.user, rule_set))
    actions.approve_rules(rule_set, by=request.user, edition=_edition(request))
    messages.success(request, _("Reglene er godkjent. De gjelder når de tas i bruk."))
    return redirect(rule_set)


@require_http_methods(PAGE)
def activate(request, pk):
    rule_set = _rule_set(request, pk)
    permit(rules.may_edit_rules(request.user, rule_set))
    if rule_set.state != RuleSet.State.APPROVED:
        raise StaleState(_("Reglene må være godkjent før de tas i bruk."))
    today = timezone.localdate()
    form, status = ActivateForm(_typed(request), initial={"on": today.strftime("%d.%m.%Y")}), 200
    if form.is_valid():
        try:
            actions.activate_rules(rule_set, by=request.user, **form.cleaned_data)
        except DomainError as error:
            say_why(form, error)
            status = 409
        else:
            messages.success(request, _("Dagen er bestemt."))
            return redirect(rule_set)
    lead = _("Det som gjelder nå, gjelder til denne dagen. Det som er anbefalt før, blir stående.")
    return _form_page(
        request, rule_set, form, _("Ta reglene i bruk"), _("Ta i bruk"), lead=lead, status=status
    )


@require_POST
def discard(request, pk):
    rule_set = _rule_set(request, pk)
    permit(rules.may_edit_rules(request.user, rule_set))
    actions.discard_rules(rule_set, by=request.user)
    messages.success(request, _("Utkastet er forkastet."))
    return redirect("referrals:rules")


# --- Looking at differences -----------------------------------------------------------------


@require_safe
def compare(request, pk, other):
    later, earlier = _rule_set(request, pk), _rule_set(request, other)
    before, after = earlier.table, later.table
    context = {
        "later": later,
        "earlier": earlier,
        "title": _("Sammenlign regler"),
        "changes": [
            {
                "what": what,
                "was": was and rule_words(was) | _place_words(before, key),
                "becomes": becomes and rule_words(becomes) | _place_words(after, key),
            }
            for key, what, was, becomes in editing.changes(before, after)
        ],
    }
    return render(request, "referrals/rule_compare.html", context)


def _place_words(table, key):
    place = editing.place_of(table, key)
    if isinstance(place, int):
        words = _("Trinn %(number)d: %(name)s") % {
            "number": place,
            "name": table.tiers[place - 1].name,
        }
    else:
        words = _("Tillegg") if place == editing.ADDITIONS else _("Taler imot")
    return {"place": words}


@require_safe
def try_out(request, pk):
    """How it would have gone: figures for all who look after the rules, and which families it
    was for those who may open them."""
    visible = TryOut.objects.visible_to(request.user)
    tried = find(visible.select_related("rule_set__municipality", "against", "by"), pk=pk)
    becomes = {pk: after for pk, _before, after in tried.changed}
    listed = Recommendation.objects.listed_for(request.user).filter(pk__in=becomes)
    shown = list(listed.select_related("case__child", "case__unit").order_by("-made_at", "-pk")
                 [:MOST_SHOWN])  # fmt: skip
    may_see = rules.may_see_families_of_rules(request.user)
    if may_see:
        record("routing.consequences_read", tried, by=request.user, basis="role", rows=len(shown))
    befores = {pk: before for pk, before, _after in tried.changed}
    context = {
        "tried": tried,
        "rule_set": tried.rule_set,
        "title": _("Slik ville det gått"),
        "is_old": tried.edition != tried.rule_set.edition,
        "changes": [
            {"was": outcome_words(was), "becomes": outcome_words(after), "count": count}
            for was, after, count in tried.counts["changes"]
        ],
        "totals": _totals(tried.counts),
        "families": [
            {
                "case": each.case,
                "made_at": each.made_at,
                "was": outcome_words(befores[each.pk]),
                "becomes": outcome_words(becomes[each.pk]),
            }
            for each in shown
        ],
        "may_see_families": may_see,
        "more": max(0, tried.changed_count - len(shown)),
    }
    return render(request, "referrals/try_out.html", context)


def _totals(counts):
    """Each outcome with how many families had it before and would have it after."""
    before = {outcome_words(outcome): count for outcome, count in counts["before"]}
    after = {outcome_words(outcome): count for outcome, count in counts["after"]}
    return [
        {"outcome": words, "before": before.get(words, 0), "after": after.get(words, 0)}
        for words in dict.fromkeys([*before, *after])
    ]
