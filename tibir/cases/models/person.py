"""Who somebody is, and how strictly where they are is kept."""

from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from tibir.accounts.models import Municipality, User
from tibir.cases.names import initials, key
from tibir.core.encryption import (
    EncryptedJSONField,
    EncryptedTextField,
    blind_index,
    blind_indexes,
)

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


HIDDEN = "●●●●"  # stands where somebody must ask to see


def strictest(grades):
    return max(grades, key=Grade.values.index, default=Grade.OPEN)


def is_stricter(grade, than):
    return Grade.values.index(grade) > Grade.values.index(than)


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
        """Those who have this number, or are known under it too."""
        indexes = blind_indexes(Person.NUMBER, digits)
        own = Person.objects.filter(national_id_index__in=indexes).values("pk")
        also = OtherNumber.objects.filter(national_id_index__in=indexes).values("person")
        return self.filter(pk__in=own.union(also))

    def in_cases(self, cases):
        """The children, and everybody around them."""
        return self.filter(Q(child_of__in=cases) | Q(roles__case__in=cases)).distinct()


class Person(models.Model):
    """Somebody in a family, or around a child; known to one municipality."""

    NUMBER = "cases.person.national_id"
    # Where the index of a number stands, and the number: made anew with a new key of the index.
    INDEXED = {"national_id_index": ("national_id", NUMBER)}

    class NoNumber(models.TextChoices):
        """Why there is no identity number; nothing, as long as nobody has asked."""

        NOT_YET = "not_yet", _("har ikke fått noe nummer ennå")
        UNKNOWN = "unknown", _("familien vet det ikke")
        WITHHELD = "withheld", _("familien vil ikke oppgi det")
        NOT_NEEDED = "not_needed", _("trengs ikke")

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    first_name = models.CharField(_("fornavn"), max_length=100, blank=True)
    last_name = models.CharField(_("etternavn"), max_length=100, blank=True)
    sort_key = _looked_up_by("last_name", "first_name")
    given_key = _looked_up_by("first_name", "last_name")
    birth_date = models.DateField(_("fødselsdato"), null=True, blank=True)
    national_id = EncryptedTextField(_("fødselsnummer"), default="")
    national_id_index = models.BinaryField(max_length=16, null=True, editable=False)
    no_number = models.CharField(
        _("hvorfor uten nummer"), max_length=20, choices=NoNumber, blank=True
    )
    phone = EncryptedTextField(_("telefon"), default="")
    email = EncryptedTextField(_("e-post"), default="")
    address = EncryptedTextField(_("adresse"), default="")
    language = models.CharField(_("språk"), max_length=40, blank=True)
    interpreter = models.BooleanField(_("trenger tolk"), null=True)
    grade = models.CharField(_("adressesperre"), max_length=20, choices=Grade, default=Grade.OPEN)
    temporary_stay = models.BooleanField(
        _("bor på krisesenter eller et annet midlertidig sted"), default=False, db_default=False
    )

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
            ),
            models.CheckConstraint(
                name="person_number_has_its_index",
                condition=Q(national_id="", national_id_index=None)
                | ~Q(national_id="") & Q(national_id_index__isnull=False),
            ),
            models.CheckConstraint(
                name="person_without_number_for_a_reason",
                condition=Q(no_number="") | Q(national_id=""),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def name(self):
        return f"{self.first_name} {self.last_name}".strip() or str(_("uten navn"))

    @property
    def governing_grade(self):
        """What this person asks of the case: a temporary stay is kept as confidential."""
        return strictest([self.grade, Grade.CONFIDENTIAL if self.temporary_stay else Grade.OPEN])

    @property
    def initials(self):
        return initials(self.first_name, self.last_name)

    @staticmethod
    def index_of(national_id):
        return blind_index(Person.NUMBER, national_id) if national_id else None

    def may_be(self, other):
        """Whether the two rows can be of one person, by the numbers they are known under."""
        mine, theirs = self.known_indexes, other.known_indexes
        return not mine or not theirs or bool(mine & theirs)

    @property
    def known_indexes(self):
        """The blind indexes of each number; none for a person without."""
        if self.national_id_index is None:
            return set()
        others = self.other_numbers.values_list("national_id_index", flat=True)
        return {bytes(self.national_id_index), *map(bytes, others)}

    def age(self, today):
        """Whole years, or None as long as the birth date is not known."""
        born = self.birth_date
        if born is None:
            return None
        return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


class OtherNumber(models.Model):
    """A number that somebody is known under too: one that was changed, or a second one."""

    INDEXED = {"national_id_index": ("national_id", Person.NUMBER)}

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="other_numbers")
    national_id = EncryptedTextField(_("fødselsnummer"))
    national_id_index = models.BinaryField(max_length=16, editable=False)
    added_on = models.DateField(_("ført"))
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("annet nummer")
        verbose_name_plural = _("andre numre")
        indexes = [models.Index(fields=["national_id_index"], name="othernumber_by_national_id")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "national_id_index"], name="othernumber_once_per_person"
            )
        ]

    def __str__(self):
        return f"{_('annet nummer')} {self.pk}"


class Correction(models.Model):
    """Something about a person that was put right: what it was before, by whom and why."""

    class Part(models.TextChoices):
        NAME = "name", _("navn")
        BIRTH_DATE = "birth_date", _("fødselsdato")
        NUMBER = "national_id", _("fødselsnummer")
        RELATION = "relation", _("relasjon")
        CONTACT = "contact", _("kontaktopplysninger")
        ARRANGEMENT = "arrangement", _("bosted og samvær")
        INFORMATION = "information", _("rett til opplysninger")
        IN_PLACE = "in_place", _("hvem som bestemmer")
        LANGUAGE = "language", _("språk og tolk")

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="corrections")
    parts = models.JSONField(_("hva"), default=list)
    was = EncryptedJSONField(_("før"), default=dict)
    reason = models.CharField(_("begrunnelse"), max_length=300)
    at = models.DateTimeField(_("tidspunkt"), db_default=Now())
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("retting")
        verbose_name_plural = _("rettinger")
        constraints = [
            models.CheckConstraint(name="correction_has_a_reason", condition=~Q(reason=""))
        ]

    def __str__(self):
        return f"{_('retting')} {self.pk}"

    @property
    def about(self):
        return [self.Part(part).label for part in self.parts]
