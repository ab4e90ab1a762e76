"""Those who log in during the walks, and how they do it."""

from tests.factories import UserFactory
from tests.logins import employed

LONG = "Åse-Lill Čáhppe-Søndergaard Wærnhus-Østensjøhøgda av Ytterøya og Innlandet"
PASSWORD = "fjorden er blank i dag"


def employ(**about):
    return employed(UserFactory(**about), password=PASSWORD)
