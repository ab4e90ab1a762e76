"""Children of one family: linked by somebody who knows it, and parted again."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from tibir.audit.record import record
from tibir.cases.models import CaseLink, CaseMember, Disqualification, family_of, named_group
from tibir.core.errors import DomainError, StaleState
from tibir.family.actions.disqualification import keep_out
from tibir.family.actions.protection import regrade


@transaction.atomic
def link(case, other, *, by, reason):
    """The same family: the strictest grade, and everybody who is disqualified, hold for both."""
    if case.municipality_id != other.municipality_id:
        raise DomainError(_("Sakene er i hver sin kommune, og holdes der."))
    if case.pk == other.pk:
        raise DomainError(_("Det er den samme saken."))
    first, second = sorted((case, other), key=lambda each: each.pk)
    if CaseLink.objects.current().filter(case=first, other=second).exists():
        raise DomainError(_("De to sakene er allerede knyttet sammen."))
    made = CaseLink.objects.create(
        case=first, other=second, reason=reason, linked_on=timezone.localdate(), linked_by=by
    )
    for each in (case, other):
        record("case.linked", each, by=by, link=made.pk)
    share(case, by=by)
    return made


@transaction.atomic
def share(case, *, by):
    """What holds for one of the family holds for all: who is kept out, and how strictly."""
    family = family_of(case)
    kept_out = Disqualification.objects.current().filter(case__in=family).order_by("pk")
    for each in kept_out.select_related("user", "case"):
        keep_out(each.case, by=by, user=each.user, reason=each.reason)
    regrade(case, by=by)


@transaction.atomic
def part(made, *, by, reason):
    """Not one family after all. What has been tightened stays so until somebody loosens it."""
    row = CaseLink.objects.current().filter(pk=made.pk)
    if not row.update(ended_on=timezone.localdate(), ended_by=by, end_reason=reason):
        raise StaleState(_("De er allerede skilt."))
    for each in (made.case, made.other):
        record("case.unlinked", each, by=by, link=made.pk)


@transaction.atomic
def carry_over(opened, case, *, by):
    """Two cases were of one child: its siblings and those who are kept out come along."""
    for made in CaseLink.objects.current().filter(Q(case=opened) | Q(other=opened)):
        sibling = made.away_from(opened)
        if sibling.pk != case.pk:
            first, second = sorted((case.pk, sibling.pk))
            CaseLink.objects.get_or_create(
                case_id=first,
                other_id=second,
                ended_on=None,
                defaults={
                    "reason": made.reason,
                    "linked_on": timezone.localdate(),
                    "linked_by": made.linked_by,
                },
            )
    for user in named_group(opened):
        CaseMember.objects.get_or_create(
            case=case,
            user=user,
            ended_on=None,
            defaults={"role": "cleared", "started_on": timezone.localdate()},
        )
    share(case, by=by)
