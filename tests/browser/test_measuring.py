"""An ECBI on paper, and somebody who does not look at the screen."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.browser.hands import Keyboard, log_in
from tests.browser.looking import barriers, overflow
from tests.factories import UserFactory
from tests.family.families import family, join
from tests.instruments.paper import licensed
from tests.instruments.shipped import SHIPPED
from tests.logins import PASSWORD, employed
from tibir.cases.models import Person
from tibir.instruments.models import Choice, Measurement
from tibir.instruments.scoring import score


@pytest.fixture
def given(place):
    case, (mother,) = family(place)
    user = employed(UserFactory(practises_in=case.unit, works_with=case))
    licensed(case, user)
    return case, mother, user


def opened(page, given, **about):
    case, _mother, user = given
    page.goto(reverse("instruments:items", args=[case.pk, "ecbi"]))
    log_in(page, user, PASSWORD, **about)


def running(page):
    return page.locator("[data-running]").first.inner_text().split()


def test_36_numbers_are_36_keys_and_enter_on_a_telephone_with_the_keyboard_alone(devices, given):
    page = devices(360)
    opened(page, given, hand=Keyboard)
    hand = Keyboard(page)
    assert barriers(page) == []
    assert overflow(page) <= 0
    hand.reach("[name=occasion]")
    page.keyboard.press("ArrowDown")
    hand.reach("[name=intensity-1]")

    answers = [number * 3 % 7 + 1 for number in range(36)]
    for answer in answers:
        page.keyboard.press(str(answer))
    assert running(page) == ["Besvart", "36", "av", "36", "Intensitet", str(sum(answers))]
    page.keyboard.press("Enter")
    page.wait_for_selector(".ds-alert[data-color=success]")

    made = Measurement.objects.get()
    assert made.values == {"intensity": answers}
    assert made.scores["intensity"]["value"] == sum(answers)
    assert barriers(page) == []
    assert overflow(page) <= 0


@pytest.mark.prove
def test_arrows_move_space_skips_and_a_wrong_key_is_replaced_by_the_next(devices, given):
    page = devices(360)
    opened(page, given)

    def focused():
        return page.evaluate("() => document.activeElement.name")

    page.focus("[name=intensity-1]")
    page.keyboard.press("9")
    assert focused() == "intensity-1"
    assert page.get_attribute("[name=intensity-1]", "aria-invalid") == "true"
    page.keyboard.press("7")
    assert (focused(), page.input_value("[name=intensity-1]")) == ("intensity-2", "7")
    page.keyboard.press("Space")
    page.keyboard.press("5")
    assert focused() == "intensity-4"
    assert running(page)[1] == "2"
    page.keyboard.press("ArrowLeft")
    assert focused() == "intensity-3"
    page.keyboard.press("ArrowDown")
    below = int(focused().partition("-")[2])
    assert below > 4
    page.keyboard.press("ArrowUp")
    assert focused() == "intensity-3"
    page.keyboard.press("Delete")
    page.keyboard.press("Backspace")
    assert focused() == "intensity-2"
    page.keyboard.press("Enter")
    page.wait_for_selector("ds-error-summary")
    assert page.input_value("[name=intensity-1]") == "7"


@pytest.mark.prove
def test_without_javascript_the_numbers_are_plain_fields(devices, given):
    page = devices(360, javascript=False)
    opened(page, given)
    page.select_option("[name=occasion]", "before")
    for item in range(1, 37):
        page.fill(f"[name=intensity-{item}]", "2")
    assert not page.is_visible("[data-running]")
    page.press("[name=intensity-36]", "Enter")
    page.wait_for_selector(".ds-alert[data-color=success]")
    assert Measurement.objects.get().scores["intensity"]["value"] == 72


@pytest.mark.prove
@pytest.mark.parametrize("code", SHIPPED)
def test_what_is_counted_while_typing_is_what_is_counted_afterwards(devices, given, code):
    """Reversed items and answers that count as something else, in every shipped instrument."""
    case, _mother, user = given
    join(case, "teacher", "no")
    if code.endswith("-2-4"):
        born = timezone.localdate() - timedelta(days=3 * 366)
        Person.objects.filter(pk=case.child_id).update(birth_date=born)
    Choice.objects.create(municipality=case.municipality, code=code, is_on=True)
    licensed(case, user, code)
    page = devices(1280)
    page.goto(reverse("instruments:items", args=[case.pk, code]))
    log_in(page, user, PASSWORD)
    definition, answers = SHIPPED[code], {}
    for column in definition.columns:
        span = column.most - column.least + 1
        answers[column.key] = [column.least + n * 5 % span for n in range(1, column.count + 1)]
        for item, answer in enumerate(answers[column.key], 1):
            page.fill(f"[name={column.key}-{item}]", str(answer))
    shown = [int(text) for text in page.locator("output[data-items]").all_inner_texts()]
    found = score(definition, answers)
    expected = [
        found[scale.key].value
        for column in definition.columns
        for scale in definition.scales
        if scale.column == column.key
    ]
    assert shown == expected
