"""Staff who work with a family; and from there, who may know of a case."""

from datetime import timedelta

from django.conf import settings
from django.db import connection, models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.utils.translation import gettext_lazy as _

from tibir.access.roles import Kind, has_role, held_by, units_where
from tibir.accounts.models import Membership, Role, Unit, User
from tibir.cases.models.access import Disqualification
from tibir.cases.models.person import STRICT

# Asked on every page, so in plain SQL, as `IsMember` is; the querysets of both say the same.
TODAY = f"(statement_timestamp() AT TIME ZONE '{settings.TIME_ZONE}')::date"
APART = """
SELECT case_id, 'closed' FROM cases_disqualification,
    (SELECT (statement_timestamp() AT TIME ZONE %(zone)s)::date AS today) AS day
WHERE user_id = %(user)s AND started_on <= today AND (ended_on IS NULL OR ended_on > today)
UNION ALL
SELECT case_id, 'opened' FROM cases_timedaccess
WHERE user_id = %(user)s AND kind = 'emergency'
    AND started_at <= statement_timestamp() AND ends_at > statement_timestamp()
"""


class CaseMemberQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(known_to(user, "case"))

    def current(self):
        today = models.functions.TruncDate(models.functions.Now())
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=today), started_on__lte=today)

    def inside(self):
        """Those who work with all of the case, and not only through a course of another unit."""
        return self.filter(Q(unit=None) | ~Q(wider_basis=""))

    def for_list(self):
        """Those of today first, then those who were there before."""
        return self.select_related("user").order_by(
            F("ended_on").desc(nulls_first=True), "started_on", "pk"
        )


class CaseMember(models.Model):
    """Staff who work with the family, for a time and for a reason."""

    case = models.ForeignKey("Case", on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="case_memberships")
    role = models.CharField(_("rolle"), max_length=30, choices=Role)
    started_on = models.DateField(_("fra og med"))
    ended_on = models.DateField(_("til og med"), null=True, blank=True)
    reason = models.CharField(_("begrunnelse"), max_length=200, blank=True)
    end_reason = models.CharField(_("hvorfor ikke lenger"), max_length=200, blank=True)
    # Works with the family through a course that this other unit gives, and then sees services,
    # dates and contacts; more only on a ground that somebody has written down.
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("enhet")
    )
    wider_basis = models.CharField(_("samtykke eller hjemmel"), max_length=200, blank=True)

    objects = CaseMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("saksmedlem")
        verbose_name_plural = _("saksmedlemmer")
        indexes = [models.Index(fields=["case", "user"], name="casemember_of_case")]
        constraints = [
            # Who is taken out at once had access until the day before: then the end may come first.
            models.CheckConstraint(
                name="casemember_ends_after_it_starts",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on") - timedelta(days=1)),
            ),
            models.CheckConstraint(
                name="casemember_end_reason_is_of_an_end",
                condition=Q(ended_on__isnull=False) | Q(end_reason=""),
            ),
            models.UniqueConstraint(
                fields=["case", "user"],
                name="casemember_once_at_a_time",
                condition=Q(ended_on=None),
            ),
            models.CheckConstraint(
                name="casemember_ground_is_of_another_unit",
                condition=Q(unit__isnull=False) | Q(wider_basis=""),
            ),
        ]

    def __str__(self):
        return f"{self.user} ({self.get_role_display()})"

    def is_current(self, today):
        return self.started_on <= today and (self.ended_on is None or self.ended_on >= today)

    @property
    def is_inside(self):
        return self.unit_id is None or bool(self.wider_basis)


class IsMember(Func):
    """Whether (case, user) are in `CaseMember.objects.current()`.

    Every page asks it several times over, and to have the ORM put it together took longer than
    to ask it.
    """

    template = (
        "EXISTS (SELECT FROM cases_casemember AS member WHERE member.case_id = %(expressions)s"
        f" AND member.started_on <= {TODAY}"
        f" AND (member.ended_on IS NULL OR member.ended_on >= {TODAY}))"
    )
    arg_joiner = " AND member.user_id = "
    output_field = models.BooleanField()


class IsInside(IsMember):
    """The same for `CaseMember.objects.current().inside()`."""

    template = IsMember.template.removesuffix(")") + (
        " AND (member.unit_id IS NULL OR member.wider_basis <> ''))"
    )


def known_to(user, case=""):
    """When this user may know of a case: as a member, by a role in its unit, or in an emergency.

    Never where disqualified, and a member who has no role left anywhere is a member no more. A
    case under strict protection is there for its cleared members alone, whatever the emergency.
    What is let in by emergency is let in to read. `case` is the way to the case from the rows that
    are asked for, so that one join serves them all.
    """
    way = f"{case}__" if case else ""
    member = Q(IsMember(F(case or "pk"), Value(user.pk)))
    is_strict = Q(**{f"{way}grade__in": STRICT})
    let_in = Q(**{f"{way}unit__in": units_where(user, Kind.CASE)})
    if held_by(user):
        let_in |= member
    closed, opened = _apart(user)
    if opened and not user.is_writing:
        let_in |= Q(**{f"{way}pk__in": opened})
    known = ~is_strict & let_in
    if has_role(user, Role.CLEARED):
        known |= is_strict & member
    return known & ~Q(**{f"{way}pk__in": closed}) if closed else known


MEMBER = f"""(%(works)s AND it.id IN (SELECT member.case_id FROM cases_casemember AS member
    WHERE member.user_id = %(user)s AND member.started_on <= {TODAY}
        AND (member.ended_on IS NULL OR member.ended_on >= {TODAY})))"""  # noqa: S608 - our own
# `known_to` in plain SQL, where `it` is the case: for what is asked on the pages that people begin
# with. A test holds the two against each other.
KNOWN = f"""(it.id <> ALL(%(closed)s) AND (
    it.grade <> ALL(%(strict)s)
        AND (it.unit_id = ANY(%(case_units)s) OR it.id = ANY(%(opened)s) OR {MEMBER})
    OR %(is_cleared)s AND it.grade = ANY(%(strict)s) AND {MEMBER}))"""


def knowing(user):
    """What `KNOWN` and `MEMBER` ask of a user."""
    closed, opened = _apart(user)
    return {
        "user": user.pk,
        "works": bool(held_by(user)),
        "case_units": list(units_where(user, Kind.CASE)),
        "is_cleared": has_role(user, Role.CLEARED),
        "closed": closed,
        "opened": [] if user.is_writing else opened,
        "strict": [each.value for each in STRICT],
    }


def _apart(user):
    """Ids of the cases that are closed to this user, and of those opened in an emergency.

    Read once per request, as the memberships are: nearly always there are none, and then they cost
    no other query anything.
    """
    if not hasattr(user, "cases_apart"):
        with connection.cursor() as cursor:
            cursor.execute(APART, {"user": user.pk, "zone": settings.TIME_ZONE})
            rows = cursor.fetchall()
        user.cases_apart = tuple(
            [case for case, what in rows if what == way] for way in ("closed", "opened")
        )
    return user.cases_apart


def opened_in_emergency(user):
    """Ids of the cases that this user may read just now for no other reason."""
    return _apart(user)[1]


def is_member(user, case):
    return CaseMember.objects.current().filter(case=case, user=user).exists()


def works_inside(user, case):
    """A member who is not there only through a course of another unit."""
    return CaseMember.objects.current().inside().filter(case=case, user=user).exists()


def named_group(case):
    """Those who alone may know of a case under strict protection: its cleared members."""
    held = Membership.objects.current().filter(user=OuterRef("pk"), role=Role.CLEARED)
    members = CaseMember.objects.current().filter(case=case, user=OuterRef("pk"))
    kept_out = Disqualification.objects.current().filter(case=case, user=OuterRef("pk"))
    people = User.objects.filter(Exists(members), Exists(held), ~Exists(kept_out), is_active=True)
    return people.order_by("name", "pk")
