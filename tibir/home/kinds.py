"""What a notice can be about, and where that leads. A new kind of thing is one entry here."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, Value
from django.urls import reverse

from interventions.models import Course
from referrals.models import Referral, Submission
from tibir.access.roles import Kind, units_where
from tibir.cases.models import STRICT, Case, CaseMember, TimedAccess, known_to


@dataclass(frozen=True)
class Table:
    """Where the rows of a table lead, and those of them that a user may know of.

    Each row has `about`, the id that was asked for, `reference`, and `can_open`.
    """

    page: str
    rows: Callable
    address: Callable = lambda row: [row.pk]


@dataclass(frozen=True)
class Thing:
    reference: str
    url: str


def _referrals(user, ids):
    members = CaseMember.objects.current().inside().filter(case=OuterRef("case"), user=user)
    opened = TimedAccess.objects.current().filter(case=OuterRef("case"), user=user)
    reads = Q(case__unit__in=units_where(user, Kind.REFERRAL)) | Exists(members) | Exists(opened)
    rows = Referral.objects.visible_to(user).filter(pk__in=ids)
    return _with_reference(rows).annotate(about=F("pk"), can_open=_is(reads))


def _contacts(user, ids):
    """A person in a case is confirmed on a page of the referral."""
    confirms = Q(case__unit__in=units_where(user, Kind.CONTACT)) | Q(case__grade__in=STRICT)
    rows = Referral.objects.visible_to(user).filter(case__people__in=ids)
    return _with_reference(rows).annotate(about=F("case__people"), can_open=_is(confirms))


def _submissions(user, ids):
    rows = Submission.objects.visible_to(user).stopped().filter(pk__in=ids)
    return rows.only("reference").annotate(about=F("pk"), can_open=_is(Q(pk__isnull=False)))


def _accesses(user, ids):
    """Those who look after the unit see who was let in; a page of the case says why."""
    rows = TimedAccess.objects.filter(known_to(user, "case"), pk__in=ids)
    watches = Q(case__unit__in=units_where(user, Kind.MEMBER)) | Q(case__grade__in=STRICT)
    rows = rows.annotate(about=F("pk"), can_open=_is(watches), reference=Value(""))
    return rows.only("case")


def _courses(user, ids):
    rows = Course.objects.visible_to(user).filter(pk__in=ids).only("case")
    return rows.annotate(about=F("pk"), can_open=_is(Q(pk__isnull=False)), reference=Value(""))


def _cases(user, ids):
    rows = Case.objects.visible_to(user).filter(pk__in=ids).only("pk")
    protects = Q(unit__in=units_where(user, Kind.PROTECTION)) | Q(grade__in=STRICT)
    return rows.annotate(about=F("pk"), can_open=_is(protects), reference=Value(""))


def _with_reference(referrals):
    return referrals.select_related("submission").only("case", "submission__reference")


def _is(condition):
    return ExpressionWrapper(condition, output_field=BooleanField())


TABLES = {
    "referrals.referral": Table("referrals:detail", _referrals),
    "referrals.submission": Table("referrals:submission", _submissions),
    "cases.caseperson": Table(
        "referrals:confirm_contact", _contacts, lambda row: [row.pk, row.about]
    ),
    "cases.timedaccess": Table("family:access", _accesses, lambda row: [row.case_id]),
    "cases.case": Table("family:protection", _cases),
    "interventions.course": Table(
        "interventions:course", _courses, lambda row: [row.case_id, row.pk]
    ),
}


def things(user, targets):
    """{(table, id): Thing} for those of the targets that there is something to say of."""
    by_table = defaultdict(set)
    for table, pk in targets:
        by_table[table].add(pk)
    return {
        (name, row.about): Thing(
            row.reference, reverse(table.page, args=table.address(row)) if row.can_open else ""
        )
        for name, table in TABLES.items()
        if by_table[name]
        for row in table.rows(user, by_table[name])
    }
