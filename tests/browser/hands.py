"""How a person fills in the form: with a finger, or with the keyboard alone."""

from django.urls import reverse

from tests.browser.looking import ask
from tests.logins import code_of, forget_last_code
from tests.referrals.parent import Parent


class Finger:
    def __init__(self, page):
        self.page = page

    def type(self, name, text):
        self._field(name).fill(text)

    def choose(self, name, value):
        self.page.check(f"main {_option(name, value)}")

    def press(self, selector):
        self.page.click(selector)

    def is_choice(self, name):
        return self._field(name).first.get_attribute("type") in ("radio", "checkbox")

    def _field(self, name):
        return self.page.locator(f'main [name="{name}"]')


class Keyboard(Finger):
    """Tab, Space, arrows, Enter."""

    def type(self, name, text):
        self.reach(f'main [name="{name}"]')
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def choose(self, name, value):
        """Tab comes to the group of radio buttons, arrows go on within it."""
        wanted = _option(name, value)
        if self._field(name).first.get_attribute("type") == "checkbox":
            self.reach(wanted)
        else:
            self.reach(f'[name="{name}"]')
            while not self.has_focus(wanted):
                self.page.keyboard.press("ArrowDown")
        if not self.page.is_checked(wanted):
            self.page.keyboard.press("Space")

    def press(self, selector):
        self.reach(selector)
        self.page.keyboard.press("Enter")

    def reach(self, selector):
        for _press in range(150):
            self.page.keyboard.press("Tab")
            if self.has_focus(selector):
                assert self.is_seen(), f"nobody sees that {selector} has the focus"
                return
        raise AssertionError(f"Tab never comes to {selector} on {self.page.url}")

    def has_focus(self, selector):
        return ask(self.page, "it => document.activeElement.matches(it)", selector)

    def is_seen(self):
        """The element, or what stands around it, is drawn with a line around."""
        return ask(
            self.page,
            """() => {
                const drawn = (it) => parseFloat(getComputedStyle(it).outlineWidth) >= 2
                    && getComputedStyle(it).outlineStyle !== "none";
                const it = document.activeElement;
                return drawn(it) || drawn(it.parentElement);
            }""",
        )


def _option(name, value):
    """A box that stands alone has no value of its own."""
    return f'[name="{name}"]' + (f'[value="{value}"]' if value != "on" else "")


class Form:
    """The public form in a browser, from the start page to the receipt."""

    def __init__(self, page, place, hand=Finger, person=Parent):
        self.page, self.place, self.hand = page, place, hand(page)
        self.door, self.typed = person.door, person.typed

    def begin(self, language=""):
        self.page.goto(reverse("referrals:start", args=[self.place.slug]))
        if language:
            self.hand.press(f'[name="language"][value="{language}"]')
            self.page.wait_for_selector(f'html[lang="{language}"]')
        is_parent = self.door is Parent.door
        which = ":not([name])" if is_parent else f'[value="{self.door.key}"]'
        self.hand.press(f"main form[action$='/begynn/'] button{which}")
        self.page.wait_for_url(f"**/{self.door.first.slug}/")

    def fill_in(self, slug, **typed):
        """What is typed as a rule, and what the test says."""
        if slug == "familien":
            self.press("add")
        for name, texts in (self.typed[slug] | typed).items():
            if name == "people":
                continue
            is_choice = self.hand.is_choice(name)
            for text in texts if isinstance(texts, list) else [texts]:
                if is_choice:
                    self.hand.choose(name, text)
                elif text:
                    self.hand.type(name, text)

    def press(self, action):
        self.hand.press(f'main button[name="action"][value="{action}"]')

    def fill_in_all(self, **typed):
        """From the first step to the summary; what differs stands under the step's name."""
        slugs = list(self.typed)
        for slug, after in zip(slugs, [*slugs[1:], "oppsummering"], strict=True):
            self.fill_in(slug, **typed.get(slug, {}))
            self.press("next")
            self.page.wait_for_url(f"**/{after}/")

    def send(self):
        self.hand.press("#steg button:not([name])")
        self.page.wait_for_url("**/kvittering/**")


def log_in(page, user, password, hand=Finger):
    hand = hand(page)
    hand.type("username", user.email)
    hand.type("password", password)
    hand.press("main form button")
    page.wait_for_url("**/logg-inn/kode/")
    forget_last_code(user)
    hand.type("code", code_of(user))
    hand.press("#steg-to .t-actions button")
    page.wait_for_selector(".t-who")
