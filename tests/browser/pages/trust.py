"""What a family agrees to, what is reported, and what they complain of."""

from datetime import date
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone

from tests.browser.pages.people import LONG
from tests.factories import CALL, refer
from tests.family import families
from tests.family.families import NO, YES, decides, says, takes_over
from tibir.cases.models import Purpose
from tibir.family import actions as family

LONG_AGO = date(2020, 1, 1)


def trusting(page, place, coordinator):
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
    family.ask_on_paper(mother, by=by, purposes=list(Purpose), language="nn", service="BUP")
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
        "paper": [case.pk, mother.pk],
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
