"""Every page, in every state that looks different, one after the other.

`parents_pages` and `staff_pages` are walks: they stop at each look, and yield what it is called.
"""

import re
from datetime import date, timedelta
from typing import NamedTuple

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from referrals import actions
from referrals.models import Referral
from tests.browser.hands import Form, log_in
from tests.documents import corpus
from tests.factories import (
    ANSWERS,
    CALL,
    PROFESSIONAL,
    UnitFactory,
    UserFactory,
    attach,
    confirm,
    refer,
    register,
    submit,
)
from tests.family import families
from tests.family.families import NO, YES, decides, says, takes_over
from tests.logins import code_of, employed, forget_last_code
from tests.referrals.parent import SLUGS
from tests.referrals.professional import Professional
from tibir.accounts.models import Municipality
from tibir.audit.record import CLOCK
from tibir.cases.models import Grade, Purpose
from tibir.core.models import JobRun
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind
from tibir.deadlines.models import Deadline
from tibir.documents import tasks
from tibir.documents.models import Attachment, Document
from tibir.family import actions as family
from tibir.notifications.actions import tell
from tibir.notifications.kinds import Kind as Told
from tibir.notifications.models import Notification
from tibir.staff.actions import links
from tibir.staff.models import Link
from tibir.staff.schedule import ask_for_reviews

LONG_AGO = date(2020, 1, 1)
LONG = "Åse-Lill Čáhppe-Søndergaard Wærnhus-Østensjøhøgda av Ytterøya og Innlandet"
PASSWORD = "fjorden er blank i dag"

# The addresses behind which a person sees something. The walks come to all of them.
LOOKED_AT = {
    "home:start", "home:notifications", "home:search", "login", "operations:health",
    "referrals:start", "referrals:call_me", "referrals:step", "referrals:later",
    "referrals:resume", "referrals:discard", "referrals:summary", "referrals:enclose",
    "referrals:register", "referrals:registered", "referrals:discuss",
    "referrals:list", "referrals:detail", "referrals:confirm_contact", "referrals:submission",
    "referrals:attach",
    "portal:receipt", "portal:forget", "portal:status",
    "deadlines:list", "deadlines:detail", "deadlines:give",
    "referrals:give", "referrals:ask", "referrals:told", "referrals:preliminary",
    "referrals:withdraw", "referrals:reopen", "referrals:forwarded", "referrals:correct",
    "referrals:compare", "interventions:answer",
    "family:log", "family:changes", "family:openings",
    "documents:letters", "documents:done", "documents:failed", "documents:again",
    "home:case", "home:give_unit",
    "family:people", "family:person", "family:child", "family:add_person",
    "family:correct_person", "family:verify_responsibility", "family:end_person",
    "family:correct_child", "family:members", "family:add_member", "family:end_member",
    "family:responsible", "family:close", "family:reopen",
    "family:consents", "family:consent_history", "family:say", "family:inform",
    "family:withdraw", "family:decide", "family:stand_in", "family:end_stand_in",
    "family:child_view", "family:duty_reports", "family:report", "family:heard_from",
    "family:release", "family:complaints", "family:complain", "family:complaint",
    "family:end_complaint", "family:case_complaints", "family:case_complain",
    "referrals:reveal", "family:emergency", "family:shielded", "family:access", "family:open",
    "family:review", "family:disqualify", "family:recuse", "family:protection", "family:loosen",
    "family:group", "family:siblings", "family:part", "family:reveal",
    "staff:code", "staff:enrol", "staff:paper", "staff:forgotten", "staff:link",
    "staff:password_by_link", "staff:own", "staff:proof", "staff:password", "staff:make",
    "staff:reviews", "staff:review",
}  # fmt: skip
# They answer machines, hand out a file, or only send the browser on.
NO_PAGES = {
    "operations:live", "operations:ready", "operations:whole", "portal:receipt_ready",
    "portal:receipt_pdf", "referrals:begin", "set_language", "logout", "logged_in",
    "admin_door", "home:read", "home:read_all", "deadlines:take", "deadlines:finish",
    "referrals:take_out", "referrals:attachment",
    "referrals:take", "referrals:settle_correction", "referrals:triage",
    "documents:print", "documents:posted", "documents:document", "family:take_back",
    "family:let_in_again",
    "staff:oidc", "staff:oidc_answer", "staff:paper_anew", "staff:remove_passkey",
}  # fmt: skip
# What is shown when something else cannot be; each is laid over the front page.
ERROR_PAGES = ["400", "405", "409", "429", "500", "503"]


def error_pages(page, language):
    for code in ERROR_PAGES:
        with translation.override(language):
            html = render_to_string(f"{code}.html", {"message": "«Svaret» er endret."}, _request())
        page.route(f"**/{code}/", _with(html))
        page.goto(f"/{code}/")
        yield code


def _with(html):
    return lambda route: route.fulfill(body=html.encode(), content_type="text/html")


def _request():
    from django.contrib.auth.models import AnonymousUser
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    return request


def parents_pages(page, place, rings):
    """A parent who makes every mistake, and comes back later; then a professional."""
    page.goto("/")
    yield "the front page"
    page.goto("/nei/")
    yield "an address that is nowhere"

    form = Form(page, place)
    form.begin()
    yield from _steps_with_mistakes(form)
    yield from _another_tab(form)
    yield from _enclosing(form, rings)
    yield from _later(form)
    yield from _receipt(form, rings)
    yield from _discarded(form)
    yield from _protected(form)
    yield from _call_me(form)
    yield from _page_left_open(form)
    yield from _professional(Form(page, place, person=Professional))


def _professional(form):
    page = form.page
    form.begin()
    slugs = list(form.typed)
    for slug, after in zip(slugs, [*slugs[1:], "oppsummering"], strict=True):
        yield f"a professional: {slug}, empty"
        if slug in ("fagperson", "kontakt", "foreldrene", "barnet", "bekreft"):
            form.press("next")
            page.wait_for_selector("ds-error-summary")
            yield f"a professional: {slug}, with mistakes"
        form.fill_in(slug, **({"name": LONG} if slug == "fagperson" else {}))
        form.press("next")
        page.wait_for_url(f"**/{after}/")
    yield "a professional: the summary"
    form.send()
    yield "a professional: the receipt"
    page.goto(page.inner_text("#lenke").partition("#")[0])
    yield "a professional: the status"


MISTAKES = {
    "deg": {},
    "kontakt": {"phone": "12", "email": "post"},
    "barnet": {"birth_date_2": "2039", "national_id": "12345678901"},
    "familien": {"person-0-phone": "12", "person-0-email": "x" * 80},
    "bekymringen": {"examples": "å" * 5001},
    "samtykke": {},
}


def _steps_with_mistakes(form):
    page = form.page
    for slug, after in zip(SLUGS, [*SLUGS[1:], "oppsummering"], strict=True):
        yield f"{slug}, empty"
        if slug == "familien":
            form.press("add")
        for name, text in MISTAKES.get(slug, {}).items():
            form.hand.type(name, text)
        if slug in MISTAKES:
            form.press("next")
            page.wait_for_selector("ds-error-summary")
            yield f"{slug}, with mistakes"
        if slug == "samtykke":
            page.click(".t-progress summary")
            yield "all the steps"
        if slug == "familien":
            form.press("remove-0")
        elif slug in MISTAKES:
            for name in MISTAKES[slug]:
                form.hand.type(name, "")
        form.fill_in(slug, **({"name": LONG} if slug == "deg" else {}))
        form.press("next")
        page.wait_for_url(f"**/{after}/")
    yield "the summary"


def _another_tab(form):
    page = form.page
    summary = page.url
    page.goto(summary.replace("oppsummering", "onsker"))
    page.evaluate("document.querySelector('[name=version]').value = 0")
    form.hand.type("hopes", "At kveldene blir rolige")
    form.press("next")
    page.wait_for_selector(".t-alert .t-description")
    yield "a step that another tab has changed"
    page.goto(summary.replace("oppsummering", "deg"))
    form.hand.type("name", "")
    form.press("next")
    page.goto(summary)
    yield "a summary in which something is wrong"
    page.click(".t-alert a")
    form.hand.type("name", LONG)
    form.press("next")
    page.wait_for_url(summary)


def _enclosing(form, rings):
    page = form.page
    summary = page.url
    page.click("section a[href$='/vedlegg/']")
    page.wait_for_url("**/vedlegg/")
    yield "nothing is enclosed yet"
    page.click("main .t-form button")
    page.wait_for_selector("ds-error-summary")
    yield "enclosing, without a file"
    for number, content in enumerate([corpus.pdf(), corpus.locked(), *[corpus.pdf()] * 3]):
        enclose(page, f"{LONG} {number}.pdf", content)
        page.wait_for_selector(f".t-files li:nth-child({number + 1})")
        if number == 1:
            rings.answer()
            page.goto(page.url)
            yield "some files, one of them locked"
    yield "five files"
    page.goto(summary)
    yield "the summary, with files"


def enclose(page, name, content):
    file = {"name": name, "mimeType": "application/pdf", "buffer": content}
    page.set_input_files("main [name=file]", files=[file])
    page.click("main form:has([name=file]) button")


def _later(form):
    page = form.page
    page.click(".t-later a")
    page.wait_for_url("**/senere/")
    yield "later"
    link = page.inner_text("#lenke").partition("#")[0]
    page.goto(link)
    yield "a code is asked for"
    form.hand.type("code", "feil")
    page.click("main .t-form button")
    page.wait_for_selector("ds-error-summary")
    yield "the code is wrong"
    page.goto(link.replace("fortsett", "oppsummering"))


def _receipt(form, rings):
    page = form.page
    form.send()
    yield "the receipt, before its PDF"
    rings.answer()
    page.wait_for_selector("main a[href$='/pdf/']")
    page.click(".t-more summary")
    yield "the receipt"
    link = page.inner_text("#lenke")
    page.goto(link.partition("#")[0])
    yield "the status"
    sent = Referral.objects.latest("pk")
    actions.withdraw(sent, by=UserFactory(coordinates=sent.unit), reason="Vil ikke.")
    page.reload()
    yield "the status of what was withdrawn"
    page.context.clear_cookies(name=re.compile("status|kvittering"))
    page.reload()
    yield "a code for the status is asked for"
    form.hand.type("code", "feil")
    page.click("main .t-form button")
    page.wait_for_selector("ds-error-summary")
    yield "the code for the status is wrong"


def _discarded(form):
    form.begin()
    form.press("later")
    form.page.wait_for_url("**/senere/")
    form.page.click("main form[action$='/slett/'] button")
    form.page.wait_for_url("**/slett/")
    yield "all is deleted"


def _protected(form):
    form.begin()
    form.fill_in("deg", protection="yes")
    form.press("next")
    form.page.wait_for_url("**/kontakt/")
    form.page.goto(form.page.url.replace("kontakt", "barnet"))
    yield "barnet, protected"


def _call_me(form):
    page = form.page
    page.goto(reverse("referrals:start", args=[form.place.slug]))
    yield "the start page"
    page.click(".t-door a")
    yield "the short door"
    form.hand.press("#steg button:not([name])")
    page.wait_for_selector("ds-error-summary")
    yield "the short door, with mistakes"
    for name, text in (("name", LONG), ("phone", "99000003"), ("child_age", "5")):
        form.hand.type(name, text)
    form.send()
    yield "the receipt of a call"
    page.click("main form[action$='/glem/'] button")
    page.wait_for_url("**/glem/")
    yield "the receipt is forgotten"


def _page_left_open(form):
    form.begin()
    form.page.evaluate("document.querySelector('#steg [name=csrfmiddlewaretoken]').value = 'x'")
    form.press("next")
    form.page.wait_for_selector(".t-code")
    yield "a page that was open for too long"


# --- Staff ----------------------------------------------------------------------------------


def staff_pages(page, place, monkeypatch):
    coordinator = employ(coordinates=place.intake_unit, name=LONG)
    page.goto("/henvisninger/")
    yield "the login"
    page.fill("[name=username]", coordinator.email)
    page.fill("[name=password]", "feil")
    page.click("main form button")
    page.wait_for_selector("ds-error-summary")
    yield "the login, refused"
    yield from _second_step(page, coordinator)
    page.goto("/henvisninger/")
    yield "an empty inbox"
    referrals = send_all_kinds(place, monkeypatch)
    page.goto("/henvisninger/")
    yield "an inbox of all kinds"
    page.goto("/henvisninger/?vis=over")
    yield "an inbox of what is late"
    for kind, referral in referrals.items():
        page.goto(referral.get_absolute_url())
        yield f"a referral, {kind}"
    yield from _attaching(page, referrals["long"])
    page.goto(referrals["a call"].get_absolute_url())
    yield from _confirming(page)
    given = kinds_of_letters(place, coordinator)
    yield from assessing(page, given)
    yield from _log(page, given.mine.case)
    yield from _reconciled(page, referrals.values())
    page.goto("/henvisninger/")
    page.click(".t-alert a")
    yield "a submission that stopped"
    yield from _deadlines(page, place, referrals["late"], coordinator)
    yield from _of_a_case(page, referrals["long"].case, coordinator)
    yield from _at_the_desk(page)
    yield from _trusting(page, place, coordinator)
    yield from _searching(page)
    page.goto("/")
    yield "the coordinator's day"
    yield from _notices(page, coordinator, referrals)
    page.goto("/henvisninger/999999/")
    yield "not there"
    page.goto("/drift/")
    yield "not yours"
    yield from _administrator(page)
    yield from _own_login(page)
    yield from _leader(page, place)
    yield from _first_time(page, place)


def _second_step(page, user):
    page.fill("[name=username]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.click("main form button")
    page.wait_for_url("**/logg-inn/kode/")
    yield "the second step"
    page.click("#steg-to .t-actions button")
    page.wait_for_selector("ds-error-summary")
    yield "the second step, refused"
    forget_last_code(user)
    page.fill("[name=code]", code_of(user))
    page.click("#steg-to .t-actions button")
    page.wait_for_selector(".t-who")


def _own_login(page):
    page.click("a.t-who__name")
    yield "one's own login"
    for name, what in (("make", "a new second step"), ("password", "a new password")):
        page.goto(reverse(f"staff:{name}"))
        yield what
        page.click("main .t-form .t-actions button")
        page.wait_for_selector("ds-error-summary")
        yield f"{what}, with mistakes"
    page.goto(reverse("staff:proof"))
    yield "is it still you"
    page.click("main .t-form .t-actions button")
    page.wait_for_selector("ds-error-summary")
    yield "is it still you, with mistakes"
    page.goto(reverse("staff:own"))
    page.click("main form[action$='/reservekoder/'] button")
    page.wait_for_url("**/logg-inn/reservekoder/")
    yield "codes on paper"
    page.click("main form button[type=submit]")


def _log_out(page):
    page.goto("/")
    page.click(".t-topbar form button")
    page.wait_for_url("**/logg-inn/")


def _leader(page, place):
    _log_out(page)
    log_in(page, employ(leads=place.intake_unit), PASSWORD)
    ask_for_reviews(timezone.localdate())
    page.goto(reverse("staff:reviews"))
    yield "the units to look over"
    page.goto(reverse("staff:review", args=[place.intake_unit.pk]))
    yield "who has which role"
    page.click("main form .t-actions button")
    page.wait_for_selector("ds-error-summary")
    yield "who has which role, with mistakes"


def _first_time(page, place):
    _log_out(page)
    for name in ("forgotten", "link"):
        page.goto(reverse(f"staff:{name}"))
        yield name
        page.click("main .t-form button")
        page.wait_for_selector("ds-error-summary")
        yield f"{name}, with mistakes"
    page.goto(reverse("staff:forgotten"))
    page.fill("main [name=email]", "hvem@kommune.example")
    page.click("main .t-form button")
    page.wait_for_selector("main:not(:has(form))")
    yield "a link is asked for"
    new = UserFactory(coordinates=place.intake_unit)
    links.send_link(new, by=CLOCK, kind=Link.Kind.FIRST)
    secret = Notification.objects.get(user=new, kind=Told.LOGIN_LINK).data["secret"]
    page.goto(f"{reverse('staff:link')}#{secret}")
    page.wait_for_url("**/logg-inn/passord/")
    yield "the first password"
    page.click("main .t-form button")
    page.wait_for_selector("ds-error-summary")
    yield "the first password, with mistakes"
    for name in ("password", "again"):
        page.fill(f"main [name={name}]", PASSWORD)
    page.click("main .t-form button")
    page.wait_for_url("**/logg-inn/to-steg/")
    yield "the first second step"
    page.click("main .t-form .t-actions button >> nth=0")
    page.wait_for_selector("ds-error-summary")
    yield "the first second step, with mistakes"


def _reconciled(page, referrals):
    """The line over the inbox: what the check found, and that it broke."""
    run = JobRun.objects.create(job="reconciliation", finished_at=timezone.now(), outcome="9")
    for referral in referrals:
        about = {"unit": referral.unit, "case": referral.case, "on": referral.received_on}
        deadlines.begin(Kind.DISCREPANCY, referral, by=CLOCK, **about)
    page.goto("/henvisninger/")
    yield "an inbox with discrepancies"
    at = {"succeeded_at": timezone.now() - timedelta(hours=2)}
    JobRun.objects.filter(pk=run.pk).update(outcome="feilet: X", **at)
    page.reload()
    yield "an inbox, while nobody knows whether all is well"
    Deadline.objects.filter(kind=Kind.DISCREPANCY).delete()
    run.delete()


def _attaching(page, referral):
    for number, state in enumerate(Attachment.State):
        attach(referral, f"{LONG} {number}.pdf", state=state)
    page.goto(referral.get_absolute_url())
    yield "a referral with attachments"
    page.click("main .t-attach button")
    page.wait_for_selector("ds-error-summary")
    yield "attaching, without a file"


def _confirming(page):
    page.click(".t-people a")
    yield "confirming"
    for name, text in (("phone", "12"), ("email", "x")):
        page.fill(f"main [name={name}]", text)
    page.click("main form button")
    page.wait_for_selector("ds-error-summary")
    yield "confirming, with mistakes"
    page.fill("main [name=phone]", "99000001")
    page.fill("main [name=email]", LONG.split()[0].lower().encode("idna").decode() + "@a.example")
    for name, value in (("how", "called"), ("responsibility", "yes")):
        page.check(f"[name={name}][value={value}]")
    for name in ("safe_phone", "safe_email"):
        page.check(f"[name={name}][value=no]")
    page.click("main form button")
    page.wait_for_selector(".t-people")
    yield "a referral, just confirmed"


def _notices(page, coordinator, referrals):
    page.goto("/varsler/")
    yield "no notices"
    tell_all_kinds(coordinator, referrals.values())
    page.goto("/varsler/")
    yield "notices of all kinds"
    page.click("main a[href*='etter=']")
    yield "more notices"
    page.goto("/varsler/")
    page.click(".t-bar form button")
    page.wait_for_selector(".ds-alert")
    yield "notices that are read"
    page.goto("/varsler/?vis=uleste")
    yield "no unread notices"


def tell_all_kinds(user, referrals):
    """More than fit on a page: tasks and deadlines, near and past, met, and found out late."""
    for referral in referrals:
        for deadline in Deadline.objects.filter(case=referral.case):
            for stage in ("owner", "coordinator", "leader"):
                tell(Told.DEADLINE_NOTICE, deadline, by=CLOCK, user=user, stage=stage)
            tell(Told.TASK, deadline, by=CLOCK, user=user)
    tell(Told.EMERGENCY_ACCESS, referral, by=CLOCK, user=user)
    Notification.objects.filter(stage="leader").update(late=True)
    Deadline.objects.filter(case=referral.case).update(met_on=timezone.localdate())


def _deadlines(page, place, referral, coordinator):
    UserFactory(clerks_in=place.intake_unit, name=LONG)
    about = {"by": CLOCK, "unit": referral.unit, "case": referral.case, "on": referral.received_on}
    deadlines.begin(Kind.DOCUMENT_FAILED, referral, owner=coordinator, **about)
    deadlines.begin(Kind.MESSAGE_FAILED, referral, **about)
    page.goto("/frister/")
    yield "the deadlines of the unit, while no notices are written"
    page.goto("/frister/?vis=mine")
    yield "my deadlines"
    page.click("main .t-row-actions a")
    yield "giving a deadline away"
    page.click("main form button")
    page.wait_for_selector("ds-error-summary")
    yield "giving a deadline to nobody"
    page.check("main [name=to] >> nth=0")
    page.click("main form button")
    page.wait_for_url(re.compile(r"/frister/\d+/$"))
    yield "a deadline, just given away"
    page.goto("/frister/?vis=mine")
    yield "no deadlines of mine"


def _of_a_case(page, case, coordinator):
    """The case, each page of its people and of those who work with it, empty and with mistakes."""
    family.add(
        case, by=coordinator, first_name=LONG, relation="child_welfare", responsibility="no",
        lives_with="no", safe_phone="no", safe_email="no", phone="+4799000044",
    )  # fmt: skip
    service = case.people.order_by("pk").last()
    member = family.add_member(
        case, by=coordinator, user=coordinator, role="coordinator", reason=LONG
    )
    family.entrust(case, by=coordinator, to=coordinator)
    family.correct_child(case, by=coordinator, reason=LONG, first_name=LONG, address=LONG)
    page.goto(reverse("home:case", args=[case.pk]))
    yield "a case"
    for name, *more in (
        ("people",),
        ("person", service.pk),
        ("child",),
        ("members",),
    ):
        page.goto(reverse(f"family:{name}", args=[case.pk, *more]))
        yield f"of a case: {name}"
    for name, *more in (
        ("add_person",),
        ("correct_person", service.pk, "hvem"),
        ("correct_person", service.pk, "kontakt"),
        ("correct_person", service.pk, "forhold"),
        ("verify_responsibility", service.pk),
        ("end_person", service.pk),
        ("correct_child",),
        ("add_member",),
        ("end_member", member.pk),
        ("responsible",),
        ("close",),
        ("reopen",),
    ):
        page.goto(reverse(f"family:{name}", args=[case.pk, *more]))
        yield f"of a case: {name} {more[-1:]}, empty"
        if page.locator("main form.t-form button").count():
            page.click("main form.t-form button")
            page.wait_for_selector("ds-error-summary")
            yield f"of a case: {name} {more[-1:]}, with mistakes"
    page.goto(reverse("home:give_unit", args=[case.pk]))
    yield "no other unit to give a case to"
    family.end(service, by=coordinator, on=timezone.localdate(), reason=LONG)
    page.goto(reverse("family:person", args=[case.pk, service.pk]))
    yield "somebody who no longer belongs to a case"


def _log(page, case):
    page.goto(reverse("family:log", args=[case.pk]))
    yield "the log of a case"
    page.fill("main [name=first]", "x")
    page.click("main .t-log-form button")
    page.wait_for_selector(".ds-validation-message")
    yield "the log, with a mistake"
    page.goto(reverse("family:log", args=[case.pk]) + "?kind=system")
    yield "nothing in the log"
    page.goto(reverse("family:changes", args=[case.pk]))
    yield "the changes of a case"
    page.goto(reverse("family:openings", args=[case.pk]))
    yield "a list for the family"
    page.click("main .t-form button")
    page.wait_for_selector("ds-error-summary")
    yield "a list for the family, with mistakes"


def _searching(page):
    page.goto(reverse("home:search"))
    yield "a search that nobody has made"
    for typed, what in (
        ("odin", "what was found"),
        ("zzz", "nothing was found"),
        ("o", "too short"),
    ):
        page.fill("main [name=q]", typed)
        page.click("main form button")
        yield f"a search, {what}"


def _at_the_desk(page):
    for name, address in (("registering", "ny"), ("discussing", "drofting")):
        page.goto(f"/henvisninger/{address}/")
        yield name
        page.click("main .t-form .t-actions button")
        page.wait_for_selector("ds-error-summary")
        yield f"{name}, with mistakes"
    for name, value in (("caller_kind", "school"), ("topic", "talking_with_parents")):
        page.check(f"[name={name}][value={value}]")
    page.fill("main [name=minutes]", "25")
    page.click("main .t-form .t-actions button")
    page.wait_for_selector(".t-counts")
    yield "a discussion that is counted"
    place = Municipality.objects.get(slug="fjordvik")
    page.goto(reverse("referrals:registered", args=[register(place).pk]))
    yield "a receipt at the desk"


def _trusting(page, place, coordinator):
    """What a family agrees to and disagrees on, what is reported, and what they complain of."""
    case = refer(place, answers=CALL).case
    at = reverse("family:consents", args=[case.pk])
    page.goto(at)
    yield "nobody is asked"
    page.goto(reverse("family:duty_reports", args=[case.pk]))
    yield "nothing is reported"
    page.goto(reverse("family:complaints"))
    yield "no complaints"
    page.goto(reverse("family:case_complaints", args=[case.pk]))
    yield "no complaints in a case"
    given = disagreeing(place, by=coordinator)
    page.goto(reverse("family:consents", args=[given.case.pk]))
    yield "parents who disagree"
    for name, ids in given.acts.items():
        page.goto(reverse(f"family:{name}", args=ids))
        yield f"{name}, empty"
        for field in page.query_selector_all("main .t-form [type=text]"):
            field.fill("1.1.2099" if name == "heard_from" else "")
        page.click("main .t-form .t-actions button")
        page.wait_for_selector("ds-error-summary")
        yield f"{name}, with mistakes"
    for name in ("consent_history", "duty_reports", "case_complaints"):
        page.goto(reverse(f"family:{name}", args=[given.case.pk]))
        yield f"{name}, with rows"
    page.goto(reverse("family:complaints"))
    yield "complaints"
    page.goto(reverse("family:complaint", args=given.acts["end_complaint"]))
    yield "a complaint"
    page.goto(reverse("family:end_complaint", args=given.acts["end_complaint"]))
    page.check("[name=way][value=upheld]")
    page.fill("[name=explanation]", LONG)
    page.click("main .t-form .t-actions button")
    page.wait_for_url(f"**{reverse('family:complaint', args=given.acts['end_complaint'])}")
    yield "a complaint that is answered"


class Trust(NamedTuple):
    case: object
    acts: dict


def disagreeing(place, *, by, words=LONG):
    """A case with something of it all, and each form about it: {address: ids}."""
    case, (mother, father, teacher) = families.family(place, father="yes", teacher="no")
    consent = says(mother, YES, by=by, limits=words)
    says(father, NO, by=by)
    for purpose in (Purpose.PLACE_CONTACT, Purpose.TEAM, Purpose.VIDEO_SUPERVISION):
        says(mother, YES, by=by, purpose=purpose)
    says(mother, YES, by=by, purpose=Purpose.COOPERATION, service=words)
    says(father, YES, by=by, purpose=Purpose.PLACE_CONTACT)
    said = says(mother, YES, by=by, purpose=Purpose.SOCIAL_SKILLS)
    says(father, NO, by=by, purpose=Purpose.SOCIAL_SKILLS)
    decides(case, by=by, purpose=Purpose.SOCIAL_SKILLS, outcome="stop")
    today = timezone.localdate()
    family.withdraw(said, by=by, channel="phone", said_on=today)
    takes_over(case, [teacher], by=by)
    family.hear(case, by=by, how="talk", talked_on=today, talked_with=by.name, said=words)
    family.inform(mother, by=by, how="paper", given_on=today, language="nb")
    about = {"grounds": ["neglect", "illness"], "concern": words, "channel": "digital"}
    report = family.report(case, by=by, sent_to=words, reported_on=today, **about)
    about = {"channel": "phone", "complainant": words, "about": words, "told_on": LONG_AGO}
    complaint = family.complain(
        case.unit, by=by, case=case, sort="administrative", received_on=today, **about
    )
    acts = {
        "say": [case.pk, mother.pk],
        "inform": [case.pk, father.pk],
        "withdraw": [case.pk, consent.pk],
        "decide": [case.pk, consent.pk],
        "stand_in": [case.pk],
        "end_stand_in": [case.pk, teacher.stand_ins.get().pk],
        "child_view": [case.pk],
        "report": [case.pk],
        "release": [case.pk, report.pk],
        "complain": [],
        "case_complain": [case.pk],
        "end_complaint": [complaint.pk],
    }
    family.heard_from(report, by=by, receipt_on=today)
    return Trust(case, acts | {"heard_from": [case.pk, report.pk]})


class Letters(NamedTuple):
    mine: object
    other: object
    colleague: object


def kinds_of_letters(place, coordinator):
    """A referral that the coordinator has taken, another of the same child, and one with whom."""
    mine, other = refer(place), refer(place)
    confirm(mine, by=coordinator)
    colleague = employ(coordinates=place.intake_unit)
    actions.take(mine, by=coordinator)
    return Letters(mine, other, colleague)


def assessing(page, given):
    """From a referral that was taken to letters that came back."""
    mine, other, colleague = given
    yield from _acts(page, mine)
    page.goto(reverse("referrals:compare", args=[mine.pk, other.pk]))
    yield "two that may be about one child"
    page.click("main button[value=apart]")
    page.wait_for_url(f"**{mine.get_absolute_url()}")
    actions.propose_correction(
        mine, by=colleague, becomes=mine.received_on - timedelta(days=1), reason=LONG
    )
    page.reload()
    page.click(".t-buttons summary")
    yield "all that can be done with a referral"
    yield from _answering(page, mine)
    yield from _sending(page, mine)
    page.goto(reverse("referrals:reopen", args=[mine.pk]))
    yield "opening again"
    page.fill("main [name=reason]", LONG)
    page.click("main form button")
    page.wait_for_url(f"**{mine.get_absolute_url()}")
    yield "a referral, opened again"


WRONG = {
    "give": {},
    "ask": {},
    "preliminary": {"why": LONG, "when": "31.02.2050"},
    "withdraw": {},
    "correct": {"becomes": "22.11.2099", "reason": LONG},
}


def _acts(page, mine):
    """Each form that is on its way to the answer: empty, and with mistakes."""
    for name, typed in WRONG.items():
        page.goto(reverse(f"referrals:{name}", args=[mine.pk]))
        yield f"{name}, empty"
        for field, text in typed.items():
            page.fill(f"main [name={field}]", text)
        page.click("main form button")
        page.wait_for_selector("ds-error-summary")
        yield f"{name}, with mistakes"
    page.goto(reverse("referrals:ask", args=[mine.pk]))
    page.check("[name=how][value=phone]")
    page.fill("main [name=question]", LONG)
    page.click("main form button")
    page.wait_for_url(f"**{mine.get_absolute_url()}")
    page.click("main a[href*='/spor/'][href$='/']:not([href$='/spor/'])")
    yield "what the family said"
    page.click("main form button")
    page.wait_for_selector("ds-error-summary")
    yield "what the family said, with mistakes"
    page.fill("main [name=answer]", LONG)
    page.click("main form button")
    page.wait_for_url(f"**{mine.get_absolute_url()}")


def _answering(page, mine):
    page.goto(reverse("interventions:answer", args=[mine.pk]))
    yield "the answer, empty"
    for outcome in ("waitlist", "referred_on"):
        page.check(f"[name=outcome][value={outcome}]")
        page.click("main button[value=preview]")
        page.wait_for_selector("ds-error-summary")
        yield f"the answer, {outcome}, with mistakes"
    page.fill("main [name=reason]", f"{LONG}\n\n{LONG}")
    page.fill("main [name=referred_to]", "Pedagogisk-psykologisk tjeneste")
    page.check("[name=consent][value=yes]")
    page.check("[name^=way-][value=post]")
    page.fill("main [name^=address-]", "Storgata 1\n0000 Fjordvik")
    page.wait_for_selector(".t-letter")
    yield "the answer, with its letter"
    page.click("main button[value=preview]")
    page.wait_for_selector(".t-letter")
    yield "the answer, with its letter, asked for"
    page.click("main button[value=send]")
    page.wait_for_url(f"**{mine.get_absolute_url()}")
    yield "a referral that is decided"
    page.goto(reverse("referrals:forwarded", args=[mine.pk]))
    yield "forwarded"
    page.click("main form button")
    page.wait_for_selector("ds-error-summary")
    yield "forwarded, with mistakes"


def _sending(page, mine):
    letters = reverse("documents:letters")
    page.goto(letters)
    yield "a letter that is being made"
    document = Document.objects.get(case=mine.case)
    tasks.render(document.pk)
    page.reload()
    yield "letters to post"
    page.click("main button:not([formaction])")
    page.wait_for_selector(".ds-alert[data-color=success]")
    yield "no letters"
    (posted,) = document.dispatches.all()
    page.goto(reverse("documents:failed", args=[posted.pk]))
    yield "what went wrong"
    page.click("main form button")
    page.wait_for_selector("ds-error-summary")
    yield "what went wrong, with mistakes"
    page.fill("main [name=why]", "Ukjent adresse")
    page.click("main form button")
    page.wait_for_url(f"**{letters}")
    yield "a letter that came back"
    page.click("main .t-rows a")
    yield "sending again"
    page.click("main form button")
    page.wait_for_selector("ds-error-summary")
    yield "sending again, with mistakes"
    page.check("[name=channel][value=read_out]")
    page.click("main form button")
    page.wait_for_url(f"**{letters}")
    yield "a letter to read out"
    page.click("main .t-rows a.ds-button")
    page.fill("main [name=on]", "i går")
    page.click("main form button")
    page.wait_for_selector("ds-error-summary")
    yield "read out, with mistakes"


# --- Who may see what -----------------------------------------------------------------------


def access_pages(page, place):
    """A family that is hidden more and more, and those who are let in and kept out."""
    unit = place.intake_unit
    one, other = refer(place), refer(place)
    case, coordinator = one.case, employ(coordinates=unit, name=LONG)
    member = employ(practises_in=unit, works_with=case)
    used = family.open_in_emergency(case, by=member, reason="danger", text=LONG)
    cleared = [employ(cleared_in=place, name=f"Klarert {LONG}"), employ(cleared_in=place)]
    page.goto("/henvisninger/")
    log_in(page, coordinator, PASSWORD)
    yield from _forms(page, ["disqualify", "recuse"], case)
    family.keep_out(case, by=coordinator, user=employ(practises_in=unit), reason="close")
    family.link(case, other.case, by=coordinator, reason=LONG)
    page.goto(reverse("family:access", args=[case.pk]))
    yield "who has access"
    yield from _forms(page, ["siblings"], case)
    page.click("main .t-rows a")
    yield "parting siblings"
    yield from _forms(page, ["protection"], case)
    family.shelter(case.child, case, by=coordinator)
    page.goto(one.get_absolute_url())
    yield "a referral with hidden contacts"
    page.click("main form[action$='/vis/'] button")
    page.wait_for_selector("main form[action$='/vis/']", state="detached")
    yield "a referral with contacts shown once"
    page.goto(reverse("family:protection", args=[case.pk]))
    yield "a confidential family"
    page.click("main form[action$='/vis/'] button")
    page.wait_for_selector(".t-sheet")
    yield "contacts shown once"
    yield from _as_leader(page, employ(leads=unit), case, used)
    yield from _in_an_emergency(page, employ(practises_in=UnitFactory(municipality=place)), one)
    family.protect(case.child, case, by=coordinator, grade=Grade.STRICT, group=cleared[:1])
    _change_to(page, cleared[0])
    page.goto(one.get_absolute_url())
    yield "a strictly protected referral, with too few who know of it"
    page.goto(reverse("family:shielded"))
    yield "shielded cases"
    yield from _forms(page, ["group", "protection"], case)
    _change_to(page, cleared[1])
    page.goto(reverse("family:shielded"))
    yield "no shielded cases"


def _forms(page, names, case):
    for name in names:
        page.goto(reverse(f"family:{name}", args=[case.pk]))
        yield name
        page.click("main .t-form .t-actions button")
        page.wait_for_selector("ds-error-summary")
        yield f"{name}, with mistakes"


def _change_to(page, user):
    page.goto("/")
    page.click(".t-topbar form[action$='/logg-ut/'] button")
    page.wait_for_url("**/logg-inn/")
    log_in(page, user, PASSWORD)


def _as_leader(page, leader, case, used):
    _change_to(page, leader)
    yield from _forms(page, ["open", "loosen"], case)
    page.goto(reverse("family:review", args=[case.pk, used.pk]))
    yield "reviewing"
    page.click("main .t-form .t-actions button")
    page.wait_for_selector("ds-error-summary")
    yield "reviewing, with mistakes"
    family.review(used, by=leader, justified=False, review=LONG)
    page.reload()
    yield "reviewed"


def _in_an_emergency(page, outsider, referral):
    _change_to(page, outsider)
    page.goto(reverse("family:emergency"))
    yield "asking in an emergency"
    page.fill("main [name=q]", "TB-0000-0000")
    page.check("main [name=reason][value=danger]")
    page.fill("main [name=text]", LONG)
    page.click("main .t-form .t-actions button")
    page.wait_for_selector("ds-error-summary")
    yield "asking in an emergency for what is not there"
    page.fill("main [name=q]", referral.reference)
    page.click("main .t-form .t-actions button")
    page.wait_for_url(f"**{referral.get_absolute_url()}")
    yield "a referral that is read in an emergency"


def _administrator(page):
    page.click(".t-topbar form button")
    page.wait_for_url("**/logg-inn/")
    log_in(page, employ(is_staff=True, is_superuser=True), PASSWORD)
    yield "the day of one without a role"
    page.goto("/drift/")
    yield "the health of it all"


def employ(**about):
    return employed(UserFactory(**about), password=PASSWORD)


def send_all_kinds(place, monkeypatch):
    """A referral of each kind that is shown in its own way, and a submission that stopped."""

    def sent(step=None, days_ago=0, **said):
        answers = {**ANSWERS, step: {**ANSWERS[step], **said}} if step else ANSWERS
        return refer(place, answers=answers, received_at=timezone.now() - timedelta(days=days_ago))

    kinds = {
        "late": sent(days_ago=16),
        "protected": sent("deg", protection="yes", days_ago=11),
        "too young": sent("barnet", birth_date="2025-06-01", days_ago=2),
        "long": sent("deg", name=LONG),
        "a call": refer(place, answers=CALL),
        "a professional's": refer(place, answers=PROFESSIONAL),
        "nobody has agreed": refer(place, answers=_nobody_has_agreed()),
    }
    with monkeypatch.context() as broken:
        broken.setattr("tibir.family.actions.add", _breaks)
        submit(place)
    return kinds


def _nobody_has_agreed():
    people = [{**one, "agrees": "no"} for one in PROFESSIONAL["foreldrene"]["people"]]
    return {**PROFESSIONAL, "foreldrene": {"people": people}}


def _breaks(*args, **kwargs):
    raise ValueError("cannot be read in")


LANGUAGES = [code for code, _name in settings.LANGUAGES]
