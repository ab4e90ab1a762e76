"""The colleagues, and family by family what became of it. What is there already stays."""

import logging
from datetime import date

from django.db import transaction
from django.utils import timezone

from tibir.accounts.models import Membership, Municipality, Qualification, User
from tibir.audit.record import at_once
from tibir.cases.models import Case
from tibir.demo.lives.courses import LIVES, Story
from tibir.demo.lives.people import COLLEAGUES, FAMILIES, Status
from tibir.notifications import actions as notifications
from tibir.notifications.models import Delivery, Notification

log = logging.getLogger(__name__)

SINCE = date(2022, 8, 1)
DOMAIN = "fjordvik.example"


def live(say=lambda text: None, families=FAMILIES):
    """Each family in a transaction of its own: one that is cut off is begun again, and one that
    went wrong takes none of the others with it."""
    municipality = Municipality.objects.get(slug="fjordvik")
    staff = _colleagues(municipality)
    today = timezone.localdate()
    went_wrong = []
    for number, about in enumerate(families):
        name = f"{about.child[0]} {about.child[1]}"
        story = Story(about, municipality, staff, number, today)
        try:
            is_new = _live(story)
        except Exception:  # whatever it is, the others are lived, and at the end it is said
            log.exception("%s did not live", name)
            went_wrong.append(name)
            continue
        if is_new:
            say(name)
    if went_wrong:
        raise RuntimeError(f"did not live: {', '.join(went_wrong)}")


@transaction.atomic
def _live(story):
    """True when they were not there before."""
    first, last, _age = story.about.child
    if Case.objects.filter(child__first_name=first, child__last_name=last).exists():
        return False
    with at_once():
        LIVES[story.about.life](story)
        _all_is_read(story)
    return True


@transaction.atomic
def _colleagues(municipality):
    staff = {user.email.partition("@")[0]: user for user in User.objects.all()}
    for name, full_name, role, trained in COLLEAGUES:
        if name in staff:
            continue
        user = User.objects.create_user(f"{name}@{DOMAIN}", None, name=full_name)
        staff[name] = user
        Membership.objects.create(
            user=user, role=role, unit=municipality.intake_unit, started_on=SINCE
        )
        for kind, supervisor in trained:
            Qualification.objects.create(
                user=user, kind=kind, started_on=SINCE, source="Kursbevis i personalmappen",
                status=Status.IN_TRAINING if supervisor else Status.QUALIFIED,
                supervisor=staff[supervisor] if supervisor else None,
            )  # fmt: skip
    return staff


def _all_is_read(story):
    """What was told in those years has been read, and nobody gets an e-mail of it today."""
    told = Notification.objects.filter(case=story.case)
    notifications.read(told, by=story.coordinator)
    waiting = Delivery.objects.filter(notification__in=told, state=Delivery.State.WAITING)
    waiting.update(state=Delivery.State.STOPPED, error="demo")
