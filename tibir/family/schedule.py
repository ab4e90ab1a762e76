from celery import shared_task

from tibir.audit.record import CLOCK
from tibir.cases.models import STRICT, Case
from tibir.core.jobs import noted
from tibir.family import actions


@shared_task(name="family.groups")
def groups():
    noted("named groups", _look_after)


def _look_after():
    """A clearance, a membership or an employment may have ended since somebody last looked."""
    cases = Case.objects.filter(grade__in=STRICT, merged_into=None)
    for case in cases.select_related("unit").order_by("pk").iterator():
        actions.look_after_group(case, by=CLOCK)
    return ""
