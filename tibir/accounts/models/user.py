"""Somebody employed here, and the browsers they are logged in with."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Coalesce, Greatest, Now
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models.place import Municipality, Unit
from tibir.audit.models import Event


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
    model = user.memberships.model
    membership = _read(
        model,
        id=pk,
        user_id=user.pk,
        role=role,
        unit_id=unit_id,
        municipality_id=municipality_id,
        region_id=region_id,
    )
    place = of_place[0] and _read(Municipality, **dict(zip(OF_PLACE, of_place, strict=True)))
    if municipality_id:
        model.municipality.field.set_cached_value(membership, place)
    if unit_id:
        unit = _read(Unit, id=unit_id, municipality_id=place.pk, leader_reads=leader_reads)
        Unit.municipality.field.set_cached_value(unit, place)
        model.unit.field.set_cached_value(membership, unit)
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
