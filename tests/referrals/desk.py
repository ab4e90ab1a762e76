"""Somebody with a telephone at the ear, and one page to fill in."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from tests.referrals.parent import URLENCODED, Page

TYPED = {
    "registrert-channel": "phone",
    "henviser-name": "Turid Avsender",
    "henviser-who": "mother",
    "henviser-phone": "99 00 00 01",
    "henviser-safe_phone": "yes",
    "skjerming-protection": "no",
    "barnet-first_name": "Odin",
    "barnet-last_name": "Barnesen",
    "barnet-birth_date_0": "14",
    "barnet-birth_date_1": "3",
    "barnet-birth_date_2": "2019",
    "barnet-address": "Kanariveien 7, 0000 Fjordvik",
    "barnet-place": "Kanari barnehage",
    "bekymringen-situations": ["bedtime"],
    "bekymringen-examples": "Kanarieksempel: det tar to timer.",
}


class Desk:
    def __init__(self, client, user, query=""):
        self.client, self.address = client, reverse("referrals:register") + query
        client.force_login(user)

    def open(self):
        return Page(self.client.get(self.address))

    def press(self, page, action="save", received_on=None, **typed):
        """Send the page as it stands, with what TYPED and the test say."""
        day = received_on or timezone.localdate()
        when = {
            f"registrert-received_on_{n}": part
            for n, part in enumerate((day.day, day.month, day.year))
        }
        fields = page.fields() | TYPED | when | {"action": action} | typed
        body = urlencode(fields, doseq=True)
        return self.client.post(self.address, body, content_type=URLENCODED)

    def register(self, **typed):
        return self.press(self.open(), **typed)
