"""What comes in: referrals of all kinds, what is done with them at first, and the desk."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from tests.browser.pages.people import LONG
from tests.factories import ANSWERS, CALL, PROFESSIONAL, attach, refer, register, submit
from tibir.accounts.models import Municipality
from tibir.audit.record import CLOCK
from tibir.core.models import JobRun
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind
from tibir.deadlines.models import Deadline
from tibir.documents.models import Attachment


def reconciled(page, referrals):
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


def attaching(page, referral):
    for number, state in enumerate(Attachment.State):
        attach(referral, f"{LONG} {number}.pdf", state=state)
    page.goto(referral.get_absolute_url())
    yield "a referral with attachments"
    page.click("main .t-attach button")
    page.wait_for_selector("ds-error-summary")
    yield "attaching, without a file"


def confirming(page):
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


def searching(page):
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


def at_the_desk(page):
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
