"""Is this child known here? One look at two referrals side by side, and one decision."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from referrals import actions, rules
from referrals.letters import sections
from referrals.models import Referral, Triage
from tibir.access.gate import find, permit
from tibir.audit.record import record
from tibir.cases.places import CONTACT

DO = {
    Triage.Verdict.APART: actions.keep_apart,
    Triage.Verdict.LINKED: actions.link,
    Triage.Verdict.MERGED: actions.merge,
}


def _both(request, pk, other):
    visible = Referral.objects.visible_to(request.user).select_related(
        "submission", "case__child", "unit", "owner"
    )
    pair = find(visible, pk=pk), find(visible.exclude(pk=pk), pk=other)
    for each in pair:
        permit(rules.may_assess(request.user, each))
    return pair


@require_safe
def compare(request, pk, other):
    referral, other = _both(request, pk, other)
    for each in (referral, other):
        record("referral.read", each, by=request.user, basis=rules.basis(request.user, each))
    context = {
        "referral": referral,
        "pair": [
            {
                "referral": each,
                "sections": sections(
                    each.submission.answers, CONTACT if each.case.is_hidden else frozenset()
                ),
                "prefix": f"{each.reference}-",
            }
            for each in (referral, other)
        ],
        "other": other,
        "verdicts": Triage.Verdict,
    }
    return render(request, "referrals/compare.html", context)


@require_POST
def decide(request, pk, other):
    referral, other = _both(request, pk, other)
    verdict = request.POST.get("verdict")
    if verdict not in DO:
        return redirect("referrals:compare", referral.pk, other.pk)
    DO[verdict](referral, other, by=request.user)
    messages.success(request, _("Avgjørelsen er lagret."))
    return redirect(other if verdict == Triage.Verdict.MERGED else referral)
