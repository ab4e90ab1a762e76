"""Samtykker: what each has agreed to, what is stopped, and what the child says."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tibir.access.gate import find, permit
from tibir.audit.record import record
from tibir.cases.consensus import Answer
from tibir.cases.models import (
    IN_PLACE,
    CasePerson,
    ChildView,
    Consent,
    ConsentDecision,
    Notice,
    Purpose,
    StandIn,
)
from tibir.core.dates import long_date
from tibir.core.errors import StaleState
from tibir.documents.kinds import Kind as Paper
from tibir.documents.models import Document
from tibir.family import actions, forms, rules
from tibir.family.views.page import PAGE, act, find_case, ground, today, typed

MOST_PAPERS = 10
LANGUAGES = dict(settings.LANGUAGES)


def _case(request, pk):
    case = find_case(request, pk)
    permit(rules.may_consent(request.user, case))
    return case


def _person(request, case, pk):
    people = CasePerson.objects.visible_to(request.user).filter(case=case)
    return find(people.select_related("person", "case"), pk=pk)


def _consent(request, case, pk):
    of_case = Consent.objects.visible_to(request.user).of_case(case)
    return find(of_case.select_related("person__person", "person__case", "stand_in"), pk=pk)


def _back(case):
    return reverse("family:consents", args=[case.pk])


@require_safe
def consents(request, pk):
    case = _case(request, pk)
    record("consent.read", case, by=request.user, basis=ground(request, case))
    found = rules.agreements(case, today())
    decides = rules.may_decide(request.user, case)
    views = ChildView.objects.visible_to(request.user).filter(case=case).for_list()
    context = {
        "case": case,
        "title": _("Samtykker"),
        "rows": [_row(each, decides) for each in found if each.is_asked],
        "not_asked": [each.what for each in found if not each.is_asked],
        "people": _people(request, case),
        "papers": [
            {"paper": each, "language": LANGUAGES[each.language]}
            for each in _papers(request, case)[:MOST_PAPERS]
        ],
        "views": list(views[:3]),
        "stand_ins": list(_stand_ins(request, case).on(today()).for_list()),
    }
    return render(request, "family/consents.html", context)


def _row(agreement, decides):
    said = [each for each in agreement.said if each.consent or _is_missing(agreement, each)]
    return {
        "agreement": agreement,
        "said": [
            {
                "name": each.person.person.name,
                "relation": each.person.get_relation_display(),
                "stand_in": each.stand_in,
                "counts": agreement.is_personal or each.holds == "yes",
                "consent": each.consent,
                "state": each.state.label if each.state else _("har ikke svart"),
                "may_withdraw": each.state == Consent.State.GIVEN,
            }
            for each in said
        ],
        "may_decide": decides and agreement.can_be_decided,
        "is_urgent": agreement.answer == Answer.DISAGREE,
    }


def _is_missing(agreement, said):
    return said.person.pk in agreement.standing.unheard


def _people(request, case):
    """Those who can be asked something, and what they were told first."""
    notices = Notice.objects.visible_to(request.user).filter(person__case=case).for_list()
    told = {}
    for notice in notices:
        told.setdefault(notice.person_id, notice)
    people = CasePerson.objects.visible_to(request.user).filter(case=case).for_list()
    return [{"person": each, "notice": told.get(each.pk)} for each in people]


def _stand_ins(request, case):
    return StandIn.objects.visible_to(request.user).of_case(case)


@require_safe
def history(request, pk):
    """Every word of it, the newest first."""
    case = _case(request, pk)
    record("consent.history_read", case, by=request.user, basis=ground(request, case))
    of_case = Consent.objects.visible_to(request.user).of_case(case)
    decisions = ConsentDecision.objects.visible_to(request.user).filter(case=case)
    context = {
        "case": case,
        "title": _("Alt som er sagt om samtykke"),
        "consents": of_case.for_list().newest_first(),
        "decisions": decisions.for_list(),
        "stand_ins": _stand_ins(request, case).for_list(),
        "notices": Notice.objects.visible_to(request.user).filter(person__case=case).for_list(),
    }
    return render(request, "family/consent_history.html", context)


@require_http_methods(PAGE)
def say(request, pk, person):
    case = _case(request, pk)
    person = _person(request, case, person)
    initial = {"said_on": today().strftime("%d.%m.%Y"), "language": get_language()}
    papers = _papers(request, case).filter(recipient=person)
    form = forms.SayForm(typed(request), initial=initial, papers=papers)
    if form.is_valid():
        actions.say(person, by=request.user, **form.cleaned_data)
        messages.success(request, _("Svaret er skrevet inn."))
        return redirect(_back(case))
    return act(
        request,
        case,
        form,
        title=_("Hva svarer %(name)s?") % {"name": person.person.name},
        lead=_("Fyll ut bare det dere har spurt om. Det som er sagt før, blir stående."),
        button=_("Lagre svarene"),
        back=_back(case),
    )


def _papers(request, case):
    """The forms that were made to be signed, the newest first."""
    made = Document.objects.visible_to(request.user).filter(case=case, kind=Paper.CONSENT_FORM)
    return made.select_related("recipient__person").order_by("-pk")


@require_http_methods(PAGE)
def ask_on_paper(request, pk, person):
    """Words on paper for one person to sign; what they answer is typed in afterwards."""
    case = _case(request, pk)
    person = _person(request, case, person)
    form = forms.PaperForm(typed(request), initial={"language": get_language()})
    if form.is_valid():
        actions.ask_on_paper(person, by=request.user, **form.cleaned_data)
        messages.success(request, _("Skjemaet lages nå. Skriv det ut her om et øyeblikk."))
        return redirect(_back(case))
    return act(
        request,
        case,
        form,
        title=_("Samtykkeskjema til %(name)s") % {"name": person.person.name},
        lead=_("Skriv det ut, la personen krysse av og skrive under, og skriv inn svaret her."),
        button=_("Lag skjemaet"),
        back=_back(case),
    )


@require_http_methods(PAGE)
def inform(request, pk, person):
    case = _case(request, pk)
    person = _person(request, case, person)
    initial = {"given_on": today().strftime("%d.%m.%Y"), "language": get_language()}
    form = forms.InformForm(typed(request), initial=initial)
    if form.is_valid():
        actions.inform(person, by=request.user, **form.cleaned_data)
        messages.success(request, _("Det er skrevet inn at personen er informert."))
        return redirect(_back(case))
    return act(
        request,
        case,
        form,
        title=_("Informasjon til %(name)s") % {"name": person.person.name},
        lead=_("Skriv inn når du ga personen informasjonen om personvern som gjelder nå."),
        button=_("Lagre"),
        back=_back(case),
    )


@require_http_methods(PAGE)
def withdraw(request, pk, consent):
    case = _case(request, pk)
    consent = _consent(request, case, consent)
    initial = {"said_on": today().strftime("%d.%m.%Y")}
    form = forms.WithdrawForm(typed(request), initial=initial, consent=consent)
    if form.is_valid():
        actions.withdraw(consent, by=request.user, **form.cleaned_data)
        messages.success(request, _("Samtykket er trukket. Det som må gjøres, står i «Frister»."))
        return redirect(_back(case))
    name = consent.person.person.name
    about = {"name": name, "what": consent.what, "day": long_date(consent.said_on)}
    return act(
        request,
        case,
        form,
        title=_("%(name)s trekker samtykket") % about,
        lead=_("Det gjelder %(what)s, og ble gitt %(day)s. Det virker med en gang.") % about,
        button=_("Trekk samtykket"),
        back=_back(case),
    )


@require_http_methods(PAGE)
def decide(request, pk, consent):
    """About the purpose that this consent is about; a purpose is decided by itself."""
    case = _case(request, pk)
    permit(rules.may_decide(request.user, case))
    consent = _consent(request, case, consent)
    purpose = Purpose(consent.purpose)
    agreement = next(
        each
        for each in rules.agreements(case, today())
        if (each.purpose, each.service) == (purpose, consent.service)
    )
    if not agreement.can_be_decided:
        raise StaleState(_("Her er det ikke lenger noe å avgjøre. Se på svarene på nytt."))
    outcomes = rules.possible_outcomes(purpose)
    form = forms.DecisionForm(typed(request), outcomes=outcomes, municipality=case.municipality)
    if form.is_valid():
        about = {"purpose": purpose, "service": consent.service}
        actions.decide(case, by=request.user, **about, **form.cleaned_data)
        messages.success(request, _("Avgjørelsen er skrevet inn med navnet ditt."))
        return redirect(_back(case))
    return act(
        request,
        case,
        form,
        title=_("Avgjør: %(what)s") % {"what": agreement.what},
        lead=_("Det gjelder bare dette. Endrer noen svaret sitt, må det avgjøres på nytt."),
        button=_("Avgjør"),
        back=_back(case),
        alert=" ".join(agreement.sentences),
    )


@require_http_methods(PAGE)
def stand_in(request, pk):
    case = _case(request, pk)
    permit(rules.may_decide(request.user, case))
    people = CasePerson.objects.visible_to(request.user).filter(case=case).current()
    form = forms.StandInForm(
        typed(request),
        deciders=people.filter(relation__in=IN_PLACE).for_list(),
        people=people.filter(responsibility=CasePerson.YesNo.YES).for_list(),
        municipality=case.municipality,
    )
    if form.is_valid():
        actions.stand_in(case, by=request.user, **form.cleaned_data)
        messages.success(request, _("Fra den dagen er det de som svarer."))
        return redirect(_back(case))
    return act(
        request,
        case,
        form,
        title=_("Noen andre bestemmer i stedet"),
        lead=_(
            "For eksempel når barnevernet har overtatt omsorgen. Det foreldrene har sagt, blir "
            "stående. De som bestemmer i stedet, får også svaret på henvisningen."
        ),
        button=_("Lagre"),
        back=_back(case),
    )


@require_http_methods(PAGE)
def end_stand_in(request, pk, stand_in):
    case = _case(request, pk)
    permit(rules.may_decide(request.user, case))
    running = _stand_ins(request, case).select_related("person__person", "decider__person")
    stand_in = find(running, pk=stand_in)
    form = forms.EndForm(typed(request), started_on=stand_in.started_on)
    if form.is_valid():
        actions.end_stand_in(stand_in, by=request.user, **form.cleaned_data)
        messages.success(request, _("Det er avsluttet. Se over svarene."))
        return redirect(_back(case))
    title = _("%(name)s bestemmer ikke lenger i foreldrenes sted") % {"name": stand_in.name}
    lead = ""
    if stand_in.person:
        whose = {"person": stand_in.person.person.name}
        lead = _("Fra da av teller det %(person)s selv har svart.") % whose
    return act(
        request,
        case,
        form,
        title=title,
        lead=lead,
        button=_("Lagre"),
        back=_back(case),
    )


@require_http_methods(PAGE)
def child_view(request, pk):
    case = _case(request, pk)
    form = forms.ChildViewForm(typed(request), initial={"talked_on": today().strftime("%d.%m.%Y")})
    if form.is_valid():
        actions.hear(case, by=request.user, **form.cleaned_data)
        messages.success(request, _("Det er skrevet inn."))
        return redirect("family:child_view", pk=case.pk)
    record("family.child_views_read", case, by=request.user, basis=ground(request, case))
    context = {
        "case": case,
        "title": _("Barnets mening"),
        "form": form,
        "views": ChildView.objects.visible_to(request.user).filter(case=case).for_list(),
    }
    return render(request, "family/child_view.html", context)
