"""People who work here, and the places they work in."""

from datetime import time
from importlib import import_module

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Coalesce, Greatest, Now
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from tibir.audit.models import Event
from tibir.core.dates import hour_and_minute
from tibir.core.ranges import days, same_number, same_word

RESERVED_SLUGS = {"admin", "drift", "helse", "henvisninger", "logg-inn", "logg-ut", "saker"}
RESERVED_SLUGS |= {"sprak", "static", "status", "frister", "venteliste", "grupper", "tall"}
RESERVED_SLUGS |= {"varsler", "nodtilgang", "klager", "tilganger", "min-innlogging", "ruting"}
RESERVED_SLUGS |= {"avvik-fra-regler"}
RESERVED_SLUGS |= {"kartlegginger"}


def not_reserved(slug):
    if slug in RESERVED_SLUGS:
        raise ValidationError(_("Adressen «%(slug)s» er opptatt. Velg en annen.") % {"slug": slug})


class Region(models.Model):
    name = models.CharField(_("navn"), max_length=100, unique=True)

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regioner")
        ordering = ["name"]

    def __str__(self):
        return self.name


class MunicipalityQuerySet(models.QuerySet):
    def receiving(self):
        """Those whose public form is open: there is a unit that takes what comes in."""
        return self.filter(accepts_referrals=True, intake_unit__isnull=False)


class Municipality(models.Model):
    name = models.CharField(_("navn"), max_length=100, unique=True)
    slug = models.SlugField(
        _("adresse"),
        unique=True,
        validators=[not_reserved],
        help_text=_("Del av den offentlige adressen: /<adresse>/henvisning/"),
    )
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, related_name="municipalities", verbose_name=_("region")
    )
    intake_unit = models.ForeignKey(
        "Unit",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("inntaksenhet"),
        help_text=_("Enheten som mottar henvisningene."),
    )
    accepts_referrals = models.BooleanField(_("tar imot henvisninger"), default=True)
    answer_days = models.PositiveSmallIntegerField(
        _("svarfrist i dager"),
        default=14,
        validators=[MinValueValidator(1), MaxValueValidator(14)],
        help_text=_("Kalenderdager. En kommune kan love raskere svar enn to uker, aldri senere."),
    )
    screening_days = models.PositiveSmallIntegerField(
        _("frist for kartlegging i dager"),
        default=42,
        db_default=42,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
        help_text=_(
            "Kalenderdager fra kartleggingen er planlagt til den er avsluttet. Seks uker er et "
            "forslag; kommunen bestemmer."
        ),
    )
    phone = models.CharField(_("telefon"), max_length=30)
    email = models.EmailField(_("e-post"), blank=True)
    postal_address = models.TextField(_("postadresse"), blank=True)
    opens_at = models.TimeField(_("åpner"), default=time(8, 0))
    closes_at = models.TimeField(_("stenger"), default=time(15, 30))
    duty_phone = models.CharField(_("barnevernvakt, telefon"), max_length=30, blank=True)
    privacy_url = models.URLField(_("personvernerklæring, adresse"), blank=True)
    accessibility_url = models.URLField(_("tilgjengelighetserklæring, adresse"), blank=True)

    objects = MunicipalityQuerySet.as_manager()

    class Meta:
        verbose_name = _("kommune")
        verbose_name_plural = _("kommuner")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="municipality_promises_an_answer_within_14_days",
                condition=Q(answer_days__gte=1, answer_days__lte=14),
                violation_error_message=_("Svarfristen må være fra 1 til 14 dager."),
            ),
            models.CheckConstraint(
                name="municipality_concludes_a_screening_within_a_year",
                condition=Q(screening_days__gte=1, screening_days__lte=365),
                violation_error_message=_("Fristen for kartlegging må være fra 1 til 365 dager."),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def office_hours(self):
        """In the reader's language: «mandag–fredag 08.00–15.30»."""
        return _("mandag–fredag %(opens)s–%(closes)s") % {
            "opens": hour_and_minute(self.opens_at),
            "closes": hour_and_minute(self.closes_at),
        }

    def clean(self):
        if self.intake_unit_id and self.intake_unit.municipality_id != self.pk:
            raise ValidationError({"intake_unit": _("Inntaksenheten må høre til kommunen.")})


class Unit(models.Model):
    class LawProfile(models.TextChoices):
        CHILD_WELFARE = "child_welfare", _("barnevern")
        EDUCATIONAL_PSYCHOLOGY = "educational_psychology", _("PPT")
        HEALTH = "health", _("helse")
        UPBRINGING = "upbringing", _("oppvekst")

    municipality = models.ForeignKey(
        Municipality,
        on_delete=models.PROTECT,
        related_name="units",
        verbose_name=_("kommune"),
    )
    name = models.CharField(_("navn"), max_length=100)
    law_profile = models.CharField(_("lovgrunnlag"), max_length=30, choices=LawProfile)
    complaint_text = models.TextField(
        _("slik kan man klage"),
        blank=True,
        help_text=_(
            "Står i hvert svar fra enheten. Er feltet tomt, står det bare at man kan ringe eller "
            "skrive og få saken vurdert på nytt."
        ),
    )
    leader_reads = models.BooleanField(
        _("lederen leser enhetens saker"),
        default=False,
        db_default=False,
        help_text=_("Bare for barnevern. Ellers åpner lederen én sak om gangen, med formål."),
    )

    class Meta:
        verbose_name = _("enhet")
        verbose_name_plural = _("enheter")
        ordering = ["municipality", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["municipality", "name"], name="unit_name_is_unique_in_municipality"
            ),
            models.CheckConstraint(
                name="unit_leader_reads_in_child_welfare_alone",
                condition=Q(leader_reads=False) | Q(law_profile="child_welfare"),
                violation_error_message=_("Bare barnevern kan gi lederen fast innsyn."),
            ),
        ]

    def __str__(self):
        return f"{self.name}, {self.municipality}"


class UserQuerySet(models.QuerySet):
    def unused_since(self, moment):
        """Active, and neither logged in nor made or opened again after that moment."""
        seen = Greatest(Coalesce("last_login", "active_from"), "active_from")
        return self.filter(is_active=True).annotate(used_at=seen).filter(used_at__lt=moment)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def get_by_natural_key(self, email):
        return self.get(email__iexact=email)

    def create_user(self, email, password=None, **fields):
        user = self.model(email=email.lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody employed here. A parent is never a user."""

    email = models.EmailField(_("e-post"), unique=True)
    name = models.CharField(_("navn"), max_length=100)
    is_active = models.BooleanField(_("aktiv"), default=True)
    is_staff = models.BooleanField(
        _("administrator"),
        default=False,
        help_text=_("Kan åpne administrasjonssidene. Gir ingen tilgang til saker."),
    )

    # From when it counts as in use: made, or opened again by an administrator.
    active_from = models.DateTimeField(_("i bruk fra"), db_default=Now(), editable=False)
    locked_at = models.DateTimeField(_("låst"), null=True, editable=False)
    # Counted up to end every session of this user.
    session_round = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    actor_kind = Event.Actor.USER

    class Meta:
        verbose_name = _("bruker")
        verbose_name_plural = _("brukere")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="user_email_is_lower_case",
                condition=Q(email=models.functions.Lower("email")),
                violation_error_message=_("Skriv e-postadressen med små bokstaver."),
            ),
            models.CheckConstraint(
                name="user_locked_is_not_active",
                condition=Q(locked_at=None) | Q(is_active=False),
                violation_error_message=_("Kontoen er låst fordi den ikke er brukt. Lås den opp."),
            ),
        ]

    def __str__(self):
        return self.name

    def get_short_name(self):
        return self.name.split(" ")[0]

    # True while a request is answered that may change something.
    is_writing = False

    def _get_session_auth_hash(self, secret=None):
        """A session lives for as long as the password, and the round, are what they were."""
        of_this = f"{self.password}:{self.session_round}"
        return salted_hmac(
            "tibir.accounts.session", of_this, secret=secret, algorithm="sha256"
        ).hexdigest()

    @cached_property
    def memberships_today(self):
        """Read once per request: the user object lives no longer than the request does."""
        with connection.cursor() as cursor:
            cursor.execute(MEMBERSHIPS, {"user": self.pk, "zone": settings.TIME_ZONE})
            return [_membership(self, *row) for row in cursor.fetchall()]

    @cached_property
    def units_today(self):
        """{municipality: its units} for those in which this user is something as a whole."""
        found = {m.municipality_id: set() for m in self.memberships_today if m.municipality_id}
        units = Unit.objects.filter(municipality__in=found) if found else ()
        for unit in units:
            found[unit.municipality_id].add(unit.pk)
        return found


# `Membership.objects.current()` with what every page shows of where somebody works. Asked on every
# page, and to have the ORM put it together took longer than to ask it.
MEMBERSHIPS = """
SELECT m.id, m.role, m.municipality_id, m.region_id, m.unit_id, unit.leader_reads,
    place.id, place.name, place.privacy_url, place.accessibility_url, place.intake_unit_id
FROM accounts_membership AS m
LEFT JOIN accounts_unit AS unit ON unit.id = m.unit_id
LEFT JOIN accounts_municipality AS place
    ON place.id = COALESCE(m.municipality_id, unit.municipality_id),
    (SELECT (statement_timestamp() AT TIME ZONE %(zone)s)::date AS today) AS day
WHERE m.user_id = %(user)s AND m.started_on <= today
    AND (m.ended_on IS NULL OR m.ended_on >= today)
ORDER BY m.started_on, m.id
"""
OF_PLACE = ["id", "name", "privacy_url", "accessibility_url", "intake_unit_id"]


def _membership(user, pk, role, municipality_id, region_id, unit_id, leader_reads, *of_place):
    membership = _read(
        Membership,
        id=pk,
        user_id=user.pk,
        role=role,
        unit_id=unit_id,
        municipality_id=municipality_id,
        region_id=region_id,
    )
    place = of_place[0] and _read(Municipality, **dict(zip(OF_PLACE, of_place, strict=True)))
    if municipality_id:
        Membership.municipality.field.set_cached_value(membership, place)
    if unit_id:
        unit = _read(Unit, id=unit_id, municipality_id=place.pk, leader_reads=leader_reads)
        Unit.municipality.field.set_cached_value(unit, place)
        Membership.unit.field.set_cached_value(membership, unit)
    return membership


def _read(model, **values):
    """An object as a queryset would give it: what was not read is read when somebody asks."""
    names = [it.attname for it in model._meta.concrete_fields if it.attname in values]
    return model.from_db("default", names, [values[name] for name in names])


class Session(AbstractBaseSession):
    """What a browser's cookie stands for, and whose it is when somebody is logged in."""

    user = models.ForeignKey(
        User, on_delete=models.CASCADE, null=True, related_name="sessions", editable=False
    )

    class Meta(AbstractBaseSession.Meta):
        verbose_name = _("innlogging i en nettleser")
        verbose_name_plural = _("innlogginger i nettlesere")

    @classmethod
    def get_session_store_class(cls):
        """Imported late: the store is made of this class."""
        return import_module(settings.SESSION_ENGINE).SessionStore


class Role(models.TextChoices):
    COORDINATOR = "coordinator", _("koordinator")
    LEADER = "leader", _("leder")
    PRACTITIONER = "practitioner", _("behandler")
    CLERK = "clerk", _("merkantil")
    SUPERVISOR = "supervisor", _("veileder")
    REGIONAL_COORDINATOR = "regional_coordinator", _("regionskoordinator")
    REGIONAL_CONSULTANT = "regional_consultant", _("regionskonsulent")
    CLEARED = "cleared", _("klarert for strengt fortrolig")


REGIONAL_ROLES = {Role.REGIONAL_COORDINATOR, Role.REGIONAL_CONSULTANT}


class MembershipQuerySet(models.QuerySet):
    def on(self, day):
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=day), started_on__lte=day)

    def current(self):
        """By the database's own day in Oslo, as everything else that access depends on."""
        today = models.functions.TruncDate(models.functions.Now())
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=today), started_on__lte=today)


class Membership(models.Model):
    """What somebody is, where, and for how long."""

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("bruker")
    )
    role = models.CharField(_("rolle"), max_length=30, choices=Role)
    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("enhet"),
    )
    municipality = models.ForeignKey(
        Municipality,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("kommune"),
    )
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="memberships",
        verbose_name=_("region"),
    )
    post_percent = models.PositiveSmallIntegerField(
        _("stillingsandel i prosent"), null=True, blank=True
    )
    started_on = models.DateField(_("fra og med"))
    ended_on = models.DateField(_("til og med"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("medlemskap")
        verbose_name_plural = _("medlemskap")
        ordering = ["user", "started_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="membership_has_exactly_one_scope",
                condition=(
                    Q(unit__isnull=False, municipality=None, region=None)
                    | Q(unit=None, municipality__isnull=False, region=None)
                    | Q(unit=None, municipality=None, region__isnull=False)
                ),
                violation_error_message=_("Velg én av enhet, kommune og region."),
            ),
            models.CheckConstraint(
                name="membership_regional_role_is_in_a_region",
                condition=Q(region=None) ^ Q(role__in=sorted(REGIONAL_ROLES)),
                violation_error_message=_(
                    "Bare regionskoordinator og regionskonsulent hører til en region."
                ),
            ),
            models.CheckConstraint(
                name="membership_ends_after_it_starts",
                condition=Q(ended_on=None) | Q(ended_on__gte=models.F("started_on")),
                violation_error_message=_("Sluttdatoen kan ikke være før startdatoen."),
            ),
            models.CheckConstraint(
                name="membership_post_is_a_share",
                condition=Q(post_percent=None) | Q(post_percent__lte=100),
                violation_error_message=_("Stillingsandelen er høyst 100 prosent."),
            ),
        ]

    def __str__(self):
        return f"{self.get_role_display()}, {self.scope}"

    @property
    def scope(self):
        return self.unit or self.municipality or self.region


class QualificationQuerySet(models.QuerySet):
    def on(self, day):
        return self.filter(Q(ended_on=None) | Q(ended_on__gte=day), started_on__lte=day)

    def for_list(self):
        return self.select_related("user", "supervisor")


class Qualification(models.Model):
    """What somebody is trained to give to families, or is in training for, and for how long.

    Nobody is given a course without one that holds on that day.
    """

    class Kind(models.TextChoices):
        SCREENER = "screener", _("kartlegger")
        COUNSELLOR = "counsellor", _("rådgiver")
        PMTO_THERAPIST = "pmto_therapist", _("PMTO-terapeut")
        GROUP_LEADER = "group_leader", _("gruppeleder")
        SOCIAL_SKILLS_TRAINER = "social_skills_trainer", _("trener i sosial ferdighetstrening")
        CONSULTANT = "consultant", _("konsulent")

    class Status(models.TextChoices):
        QUALIFIED = "qualified", _("opplært eller sertifisert")
        IN_TRAINING = "in_training", _("under opplæring")

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="qualifications", verbose_name=_("bruker")
    )
    kind = models.CharField(_("slag"), max_length=30, choices=Kind)
    status = models.CharField(_("status"), max_length=20, choices=Status)
    supervisor = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("veileder"),
        help_text=_("Bare under opplæring: den som veileder."),
    )
    source = models.CharField(
        _("hvor vi vet det fra"),
        max_length=200,
        blank=True,
        help_text=_("For eksempel kursbevis eller sertifikat med dato."),
    )
    started_on = models.DateField(_("fra og med"))
    ended_on = models.DateField(_("til og med"), null=True, blank=True)

    objects = QualificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("kompetanse")
        verbose_name_plural = _("kompetanser")
        ordering = ["user", "kind", "started_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="qualification_ends_after_it_starts",
                condition=Q(ended_on=None) | Q(ended_on__gte=models.F("started_on")),
                violation_error_message=_("Sluttdatoen kan ikke være før startdatoen."),
            ),
            models.CheckConstraint(
                name="qualification_in_training_has_a_supervisor",
                condition=Q(status="in_training", supervisor__isnull=False)
                | Q(status="qualified", supervisor=None),
                violation_error_message=_(
                    "Den som er under opplæring, må ha en veileder, og bare den."
                ),
            ),
            models.CheckConstraint(
                name="qualification_is_supervised_by_another",
                condition=Q(supervisor=None) | ~Q(supervisor=models.F("user")),
                violation_error_message=_("Ingen kan veilede seg selv."),
            ),
            ExclusionConstraint(
                name="qualification_one_of_a_kind_at_a_time",
                expressions=[
                    (same_number("user"), RangeOperators.OVERLAPS),
                    (same_word("kind"), RangeOperators.OVERLAPS),
                    (days("started_on", "ended_on"), RangeOperators.OVERLAPS),
                ],
                violation_error_message=_(
                    "Personen har denne kompetansen fra før i noe av tiden. Avslutt den først."
                ),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.user}"
