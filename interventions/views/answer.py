from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from interventions import actions, letters, rules
from interventions.forms.answer import AnswerForm
from interventions.forms.recipients import known_ways
from referrals.models import Referral
from referrals.rules import basis
from tibir.access.gate import find, permit
from tibir.audit.record import record
from tibir.cases.models import CasePerson
from tibir.core.errors import DomainError, say_why
from tibir.documents.models import Dispatch


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request, pk):
    """One page: the choice, and beside it the letter as the family will read it."""
    visible = Referral.objects.visible_to(request.user)
    referral = find(
        visible.select_related("submission", "case__child", "unit", "municipality", "owner"), pk=pk
    )
    permit(rules.may_answer(request.user, referral))
    people = list(CasePerson.objects.visible_to(request.user).filter(case=referral.case).for_list())
    form = AnswerForm(
        request.POST if request.method == "POST" else None,
        referral=referral,
        people=people,
        today=timezone.localdate(),
        initial=known_ways(people, referral.case),
    )
    is_whole = request.method == "POST" and form.is_valid()
    sends = is_whole and request.POST.get("action") == "send"
    if sends and _answered(referral, form, request.user):
        messages.success(
            request, _("Svaret er avgjort. Fristen er holdt når alle har fått brevet sitt.")
        )
        return redirect(referral)
    record("referral.read", referral, by=request.user, basis=basis(request.user, referral))
    context = {
        "referral": referral,
        "form": form,
        "several": len(form.recipients) > 1,
        "letters": list(_letters(form, request.user)) if is_whole else [],
    }
    return render(request, "interventions/answer.html", context, status=409 if sends else 200)


def _answered(referral, form, user):
    """Or why not, on the form with all that was typed."""
    try:
        actions.answer(referral, by=user, recipients=list(form.chosen()), **form.said())
    except DomainError as error:
        say_why(form, error)
        referral.refresh_from_db()  # what the action had changed before it said no
    return not form.errors


def _letters(form, user):
    for person, way, address in form.chosen():
        words = letters.answer(
            form.referral, person, by=user, on=form.today, address=address, **form.said()
        )
        language = form.referral.as_sent_by(person).submission.language
        shown = Dispatch.Channel(way).label
        yield {"person": person, "way": shown, "language": language, "words": words}
