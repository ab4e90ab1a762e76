"""The case and the people in it; the one place where visibility begins."""

from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from tibir.access.roles import Kind, has_role, units_where
from tibir.accounts.models import Municipality, Role, Unit, User
from tibir.cases.names import key
from tibir.core import phones
from tibir.core.encryption import EncryptedTextField, blind_index

# Norwegian order without ICU: æ, ø, å (and aa, ä, ö, ü) follow z in this order.
SORT_KEY = (
    "translate(replace(lower((%(expressions)s) COLLATE \"pg_unicode_fast\"), 'aa', 'å'), "
    "'æøåäöüé', '{|}{|ye')"
)


class Grade(models.TextChoices):
    """Address protection, mildest first; the strictest of the family governs the case."""

    OPEN = "open", _("ugradert")
    CONFIDENTIAL = "confidential", _("fortrolig")
    STRICT = "strict", _("strengt fortrolig")
    STRICT_ABROAD = "strict_abroad", _("strengt fortrolig, utland")


STRICT = [Grade.STRICT, Grade.STRICT_ABROAD]


def strictest(grades):
    return max(grades, key=Grade.values.index, default=Grade.OPEN)


def _looked_up_by(*names):
    """A generated column of these names, one after the other."""
    return models.GeneratedField(
        expression=Func(*map(F, names), template=SORT_KEY, arg_joiner=" || ' ' || "),
        output_field=models.TextField(),
        db_persist=True,
    )


class PersonQuerySet(models.QuerySet):
    def named(self, beginning):
        """Whose name begins so: «ødegård od», «odin» or «odin ød», in any case of letters."""
        start = key(" ".join(beginning.split()))
        return self.filter(Q(sort_key__startswith=start) | Q(given_key__startswith=start))

    def with_national_id(self, digits):
        return self.filter(national_id_index=Person.index_of(digits))


class Person(models.Model):
    """Somebody in a family, or around a child; known to one municipality."""

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    first_name = models.CharField(_("fornavn"), max_length=100, blank=True)
    last_name = models.CharField(_("etternavn"), max_length=100, blank=True)
    sort_key = _looked_up_by("last_name", "first_name")
    given_key = _looked_up_by("first_name", "last_name")
    birth_date = models.DateField(_("fødselsdato"), null=True, blank=True)
    national_id = EncryptedTextField(_("fødselsnummer"), default="")
    national_id_index = models.BinaryField(max_length=16, null=True, editable=False)
    phone = EncryptedTextField(_("telefon"), default="")
    email = EncryptedTextField(_("e-post"), default="")
    address = EncryptedTextField(_("adresse"), default="")
    language = models.CharField(_("språk"), max_length=40, blank=True)
    interpreter = models.BooleanField(_("trenger tolk"), null=True)
    grade = models.CharField(_("adressesperre"), max_length=20, choices=Grade, default=Grade.OPEN)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("personer")
        indexes = [
            models.Index(
                fields=["municipality", "national_id_index"], name="person_by_national_id"
            ),
            # By their letters alone, so that «begins with» is a range whatever the collation.
            *(
                models.Index(
                    fields=["municipality", field],
                    opclasses=["int8_ops", "text_pattern_ops"],
                    name=f"person_by_{field}",
                )
                for field in ("sort_key", "given_key")
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="person_under_strict_protection_has_no_address",
                condition=~Q(grade__in=STRICT) | Q(address=""),
            )
        ]

    def __str__(self):
        return self.name

    @property
    def name(self):
        return f"{self.first_name} {self.last_name}".strip() or str(_("uten navn"))

    @property
    def initials(self):
        return "".join(part[0] for part in (self.first_name, self.last_name) if part) or "–"

    @staticmethod
    def index_of(national_id):
        return blind_index("cases.person.national_id", national_id) if national_id else None


class CaseQuerySet(models.QuerySet):
    def visible_to(self, user):
        """What this user may know of: see `known_to`."""
        return self.filter(known_to(user))


def known_to(user, case=""):
    """When this user may know of a case: as a member, or by a role in the case's unit.

    A case under strict protection is there for its cleared members alone. `case` is the way to
    the case from the rows that are asked for, so that one join serves them all.
    """
    way = f"{case}__" if case else ""
    memberships = CaseMember.objects.current().filter(case=OuterRef(f"{way}pk"), user=user)
    member, is_strict = Q(Exists(memberships)), Q(**{f"{way}grade__in": STRICT})
    known = ~is_strict & (Q(**{f"{way}unit__in": units_where(user, Kind.CASE)}) | member)
    return known | (is_strict & member) if has_role(user, Role.CLEARED) else known


class Case(models.Model):
    """One child, and everything that is done for it."""

    class State(models.TextChoices):
        OPEN = "open", _("åpen")
        CLOSED = "closed", _("avsluttet")
        MERGED = "merged", _("slått sammen")

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="cases", verbose_name=_("enhet")
    )
    child = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="+", verbose_name=_("barn")
    )
    state = models.CharField(_("status"), max_length=20, choices=State, default=State.OPEN)
    responsible = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("ansvarlig"),
    )
    grade = models.CharField(_("adressesperre"), max_length=20, choices=Grade, default=Grade.OPEN)
    opened_on = models.DateField(_("åpnet"))
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="merged_from"
    )

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("sak")
        verbose_name_plural = _("saker")
        indexes = [models.Index(fields=["unit", "state"], name="case_of_unit")]
        constraints = [
            models.CheckConstraint(
                name="case_is_merged_into_another",
                condition=Q(state="merged") ^ Q(merged_into=None),
            ),
        ]

    def __str__(self):
        return f"{_('sak')} {self.pk}"


class CasePersonQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(known_to(user, "case"))

    def for_list(self):
        return self.select_related("person", "verified_by").order_by("pk")


class CasePerson(models.Model):
    """How one person belongs to one case. What a form said is unverified until staff says so."""

    class Relation(models.TextChoices):
        MOTHER = "mother", _("mor")
        FATHER = "father", _("far")
        CO_MOTHER = "co_mother", _("medmor")
        STEP_PARENT = "step_parent", _("steforelder")
        FOSTER_PARENT = "foster_parent", _("fosterforelder")
        GRANDPARENT = "grandparent", _("besteforelder")
        SIBLING = "sibling", _("søsken")
        GUARDIAN = "guardian", _("verge")
        TEACHER = "teacher", _("ansatt i barnehage eller skole")
        PROFESSIONAL = "professional", _("annen fagperson")
        OTHER = "other", _("en annen")

    class YesNo(models.TextChoices):
        YES = "yes", _("ja")
        NO = "no", _("nei")
        UNKNOWN = "unknown", _("vet ikke")

    class LivesWith(models.TextChoices):
        YES = "yes", _("ja, fast")
        PARTLY = "partly", _("ja, noe av tiden")
        NO = "no", _("nei")
        UNKNOWN = "unknown", _("vet ikke")

    class Verification(models.TextChoices):
        CALLED = "called", _("ringte og snakket med personen")
        MET = "met", _("møtte personen")
        REGISTER = "register", _("slo opp i Folkeregisteret")
        KNOWN = "known", _("kjenner familien fra før i tjenesten")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="people")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="roles")
    relation = models.CharField(_("relasjon"), max_length=20, choices=Relation)
    responsibility = models.CharField(
        _("foreldreansvar"), max_length=10, choices=YesNo, default=YesNo.UNKNOWN
    )
    lives_with = models.CharField(
        _("bor med barnet"), max_length=10, choices=LivesWith, default=LivesWith.UNKNOWN
    )
    is_sender = models.BooleanField(_("sendte henvisningen"), default=False)
    safe_phone = models.CharField(
        _("trygt å ringe"), max_length=10, choices=YesNo, default=YesNo.UNKNOWN
    )
    safe_email = models.CharField(
        _("trygt å sende e-post"), max_length=10, choices=YesNo, default=YesNo.UNKNOWN
    )
    verified_at = models.DateTimeField(_("bekreftet"), null=True)
    verified_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    verified_how = models.CharField(
        _("hvordan bekreftet"), max_length=10, choices=Verification, blank=True
    )

    objects = CasePersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person i saken")
        verbose_name_plural = _("personer i saken")
        constraints = [
            models.UniqueConstraint(fields=["case", "person"], name="caseperson_once_per_case"),
            models.CheckConstraint(
                name="caseperson_verification_is_whole",
                condition=Q(verified_at=None, verified_by=None, verified_how="")
                | Q(verified_at__isnull=False, verified_by__isnull=False) & ~Q(verified_how=""),
            ),
        ]

    def __str__(self):
        return f"{self.person} ({self.get_relation_display()})"

    @property
    def is_verified(self):
        return self.verified_at is not None

    @property
    def may_be_emailed(self):
        """Confirmed by staff, with an address, and never said to be unsafe."""
        return self.is_verified and bool(self.person.email) and self.safe_email == self.YesNo.YES

    @property
    def may_be_texted(self):
        """Confirmed by staff, with a mobile telephone, and never said to be unsafe."""
        is_safe = self.is_verified and self.safe_phone == self.YesNo.YES
        return is_safe and phones.is_mobile(self.person.phone)


class CaseMemberQuerySet(models.QuerySet):
    def current(self):
        today = models.functions.TruncDate(models.functions.Now())
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=today), started_on__lte=today)


class CaseMember(models.Model):
    """Staff who work with the family, for a time and for a reason."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="case_memberships")
    role = models.CharField(_("rolle"), max_length=30, choices=Role)
    started_on = models.DateField(_("fra og med"))
    ended_on = models.DateField(_("til og med"), null=True, blank=True)
    reason = models.CharField(_("begrunnelse"), max_length=200, blank=True)

    objects = CaseMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("saksmedlem")
        verbose_name_plural = _("saksmedlemmer")
        indexes = [models.Index(fields=["case", "user"], name="casemember_of_case")]
        constraints = [
            models.CheckConstraint(
                name="casemember_ends_after_it_starts",
                condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
            )
        ]

    def __str__(self):
        return f"{self.user} ({self.get_role_display()})"
