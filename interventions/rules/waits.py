"""How long one waits for what just now, as far as anybody knows."""

from collections import Counter

from interventions.kinds import ServiceKind
from interventions.models import Screening, ToldWindow
from tibir.cases.models import STRICT
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline


def waiting_for(municipality):
    """{service: how many families have been screened and wait for it}. Nobody strictly protected
    is counted."""
    due = Deadline.objects.filter(kind=Due.START_SERVICE, municipality=municipality).open()
    screened = Screening.objects.filter(course__in=due.values("target_id"))
    chosen = screened.exclude(course__case__grade__in=STRICT).values_list(
        "choice__services", flat=True
    )
    counted = Counter(service for services in chosen for service in services or [])
    return {kind.value: counted[kind.value] for kind in ServiceKind}


def last_told(municipality):
    """The window that a family was told of last; None where no family has been told of any."""
    told = ToldWindow.objects.filter(referral__municipality=municipality)
    return told.exclude(referral__case__grade__in=STRICT).order_by("-told_on", "-pk").first()
