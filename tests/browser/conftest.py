"""Telephones and computers for the tests. What the browser complains about fails the test."""

import pytest

from tests.factories import MunicipalityFactory

HEIGHTS = {320: 640, 360: 740, 768: 1024, 820: 1180, 1280: 900}


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(__file__.rpartition("/")[0]):
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def place(server):
    return MunicipalityFactory(name="Fjordvik kommune", slug="fjordvik", duty_phone="75 00 00 01")


class Devices:
    """`devices(360)` is a page on a telephone that nobody has used before."""

    def __init__(self, browser, about, address):
        self.browser, self.about, self.address = browser, about, address
        self.complaints = []
        self._contexts = []

    def __call__(self, width=360, *, javascript=True):
        context = self.browser.new_context(
            **self.about,
            base_url=self.address,
            viewport={"width": width, "height": HEIGHTS[width]},
            java_script_enabled=javascript,
        )
        context.set_default_timeout(10_000)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self._contexts.append(context)
        return context.new_page()

    def speaking(self, language):
        """The cookie of one who has chosen a language; only HTTPS may set such a name."""
        address = self.address.replace("http:", "https:")
        return {"name": "__Host-language", "value": language, "url": address, "secure": True}

    def _hear(self, message):
        if message.type not in ("error", "warning"):
            return
        # A page that says 404 to a person says it to the console too.
        is_page = message.page is not None and message.location["url"] == message.page.url
        if not (is_page and message.text.startswith("Failed to load resource")):
            self.complaints.append(f"{message.location['url']}: {message.text}")

    def close(self):
        for context in self._contexts:
            context.close()


@pytest.fixture
def devices(browser, browser_context_args, server):
    devices = Devices(browser, browser_context_args, server)
    yield devices
    devices.close()
    assert devices.complaints == []
