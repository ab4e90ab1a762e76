"""Fjordvik, an invented municipality; built through the same actions that people use."""

from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone

from referrals import actions
from referrals.questions import door_of
from tibir.accounts.models import Membership, Municipality, Region, Unit, User
from tibir.audit.record import SENDER
from tibir.core.codes import TOKEN_BITS, new_secret
from tibir.demo.assessment import assess
from tibir.demo.families import DISCUSSIONS, FAMILIES
from tibir.demo.given import give
from tibir.demo.hidden import hide
from tibir.demo.measured import measure
from tibir.demo.people import CAST, PASSWORD
from tibir.demo.relations import relate
from tibir.demo.routing import recommend
from tibir.demo.screened import screen
from tibir.demo.trust import trust
from tibir.staff import factors

UNITS = {
    "familiens-hus": ("Familiens hus", Unit.LawProfile.UPBRINGING),
    "ppt": ("PPT", Unit.LawProfile.EDUCATIONAL_PSYCHOLOGY),
    "barnevern": ("Barneverntjenesten", Unit.LawProfile.CHILD_WELFARE),
    "helsestasjonen": ("Helsestasjonen", Unit.LawProfile.HEALTH),
}


@transaction.atomic
def build():
    """Build it once; True when it was not there before."""
    if Municipality.objects.filter(slug="fjordvik").exists():
        return False
    region = Region.objects.create(name="Nordfjord og Sør-Kyst")
    fjordvik = Municipality.objects.create(
        name="Fjordvik kommune",
        slug="fjordvik",
        region=region,
        phone="75 00 00 00",
        email="familienshus@fjordvik.example",
        postal_address="Storgata 1\n0000 Fjordvik",
        duty_phone="75 00 00 01",
    )
    units = {
        key: Unit.objects.create(municipality=fjordvik, name=name, law_profile=profile)
        for key, (name, profile) in UNITS.items()
    }
    fjordvik.intake_unit = units["familiens-hus"]
    fjordvik.save(update_fields=["intake_unit"])
    _employ(units, fjordvik, region)
    _refer(fjordvik)
    _discuss(fjordvik.intake_unit)
    staff = {user.email.partition("@")[0]: user for user in User.objects.all()}
    assess(fjordvik, by=staff["koordinator"], clerk=staff["merkantil"])
    relate(fjordvik, by=staff["koordinator"], practitioner=staff["behandler"])
    trust(fjordvik, by=staff["koordinator"])
    measure(fjordvik, by=staff["behandler"])
    recommend(fjordvik, by=staff["koordinator"])
    screen(fjordvik, by=staff["koordinator"], staff=staff)
    give(by=staff["koordinator"], staff=staff)
    cleared = [staff["klarert"], staff["klarert-behandler"]]
    hide(by=staff["koordinator"], cleared=cleared, kept_out=staff["behandler"])
    return True


def _employ(units, municipality, region):
    places = {key: {"unit": unit} for key, unit in units.items()}
    places |= {"fjordvik": {"municipality": municipality}, "nordfjord": {"region": region}}
    for email, name, _about, roles in CAST:
        is_admin = not roles
        user = User.objects.create_user(
            email, PASSWORD, name=name, is_staff=is_admin, is_superuser=is_admin
        )
        factors.keep_codes(user, factors.new_secret())
        for role, scope in roles:
            Membership.objects.create(
                user=user, role=role, started_on=date(2022, 8, 1), **places[scope]
            )


def _refer(municipality):
    today = timezone.localdate()
    for family in FAMILIES:
        day = today - timedelta(days=family["days_ago"])
        at = timezone.make_aware(datetime.combine(day, time(family["hour"], 12)))
        actions.receive(
            municipality,
            by=SENDER,
            token=new_secret(TOKEN_BITS),
            channel=door_of(family["answers"]).channel,
            language="nb",
            answers=family["answers"],
            received_at=min(at, timezone.now()),
        )


def _discuss(unit):
    today = timezone.localdate()
    coordinator = User.objects.get(email="koordinator@fjordvik.example")
    for days_ago, caller_kind, topic, minutes in DISCUSSIONS:
        actions.discuss(
            unit,
            by=coordinator,
            token=new_secret(TOKEN_BITS),
            held_on=today - timedelta(days=days_ago),
            caller_kind=caller_kind,
            topic=topic,
            minutes=minutes,
        )
