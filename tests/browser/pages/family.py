"""The case, its people, those who work with it, and its log."""

from django.urls import reverse
from django.utils import timezone

from tests.browser.pages.people import LONG
from tibir.family import actions as family


def of_a_case(page, case, coordinator):
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
        ("same", service.pk),
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


def log_pages(page, case):
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
