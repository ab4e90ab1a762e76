"""Reports to barnevern: who may know of them, and what a family is told of the log."""

from django.db.models import Q

from tibir.access.roles import Kind, sees
from tibir.cases.models import STRICT, DutyReport
from tibir.deadlines.kinds import Kind as Due
from tibir.deadlines.models import Deadline
from tibir.notifications.models import Notification

VERBS = "duty."
REPORT = DutyReport._meta.label_lower
DEADLINE = Deadline._meta.label_lower
NOTICE = Notification._meta.label_lower


def may_report(user, case) -> bool:
    """The duty is personal: whoever may know of the case, and no leader is asked."""
    return user.is_active


def may_release(user, case) -> bool:
    """Let the family know of it: the responsible, or a coordinator."""
    is_responsible = case.responsible_id == user.pk
    return is_responsible or case.grade in STRICT or sees(user, Kind.DUTY_REPORT, case.unit_id)


def hidden_reports(case):
    """What may stand on no page, letter, report, log extract or bundle that the family gets."""
    return DutyReport.objects.filter(case=case).hidden()


def told(events):
    """These rows of the log without those that would tell a family of a report that is hidden.

    Only what is about a report that was released is left of the reports, their deadlines and the
    notices of those. Anything new that is recorded as `duty.…` is hidden until then, too.
    """
    released = DutyReport.objects.exclude(released_at=None).values("pk")
    due = Deadline.objects.filter(kind=Due.FEEDBACK, target_type=REPORT)
    hidden_due = due.exclude(target_id__in=released).values("pk")
    notices = Notification.objects.filter(target_type=DEADLINE, target_id__in=hidden_due)
    return (
        events.exclude(Q(verb__startswith=VERBS) & ~Q(target_type=REPORT, target_id__in=released))
        .exclude(target_type=DEADLINE, target_id__in=hidden_due)
        .exclude(target_type=NOTICE, target_id__in=notices.values("pk"))
    )
