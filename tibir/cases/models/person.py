"""Who somebody is, and how strictly where they are is kept."""

from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models import Municipality
from tibir.cases.names import key
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
