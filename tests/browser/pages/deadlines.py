"""What is due, and the notices of it."""

import re

from django.utils import timezone

from tests.browser.pages.people import LONG
from tests.factories import UserFactory
from tibir.audit.record import CLOCK
from tibir.deadlines import actions as deadlines
from tibir.deadlines.kinds import Kind
from tibir.deadlines.models import Deadline
from tibir.notifications.actions import tell
from tibir.notifications.kinds import Kind as Told
from tibir.notifications.models import Notification


def notices_pages(page, coordinator, referrals):
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


def deadlines_pages(page, place, referral, coordinator):
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
