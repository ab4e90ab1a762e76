"""Instruments and norms, which are data that a used version of never changes; and measurements."""

from functools import cached_property

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tibir.access.roles import Kind, units_where
from tibir.accounts.models import Municipality, User
from tibir.cases.models import CasePerson, known_to
from tibir.cases.models.member import IsInside
from tibir.instruments.definition import parse
from tibir.instruments.kinds import Occasion, Sex, Way
from tibir.instruments.scoring import Norm


class InstrumentQuerySet(models.QuerySet):
    def newest(self):
        """The version of each that is used from now on."""
        return self.order_by("code", "-version").distinct("code")

    def used_in(self, municipality):
        """The newest of each that the municipality has on: by its own choice, or as shipped."""
        newest = Instrument.objects.newest().values("pk")
        choice = Choice.objects.filter(municipality=municipality, code=OuterRef("code"))
        chosen = self.filter(pk__in=newest).annotate(
            chosen=Coalesce(models.Subquery(choice.values("is_on")), F("is_on"))
        )
        return chosen.filter(chosen=True).order_by("code")


class Instrument(models.Model):
    """One version of an instrument. It never changes: what replaces it is the next version."""

    APPEND_ONLY = True

    code = models.SlugField(_("kode"), max_length=30)
    version = models.PositiveSmallIntegerField(_("versjon"))
    name = models.CharField(_("navn"), max_length=60)
    licence = models.SlugField(_("lisens"), max_length=30)
    definition = models.JSONField(_("definisjon"))
    is_on = models.BooleanField(_("på når kommunen ikke har valgt noe annet"), default=False)
    created_at = models.DateTimeField(_("laget"), db_default=Now())

    objects = InstrumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("instrument")
        verbose_name_plural = _("instrumenter")
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="instrument_once_per_version")
        ]

    def __str__(self):
        return self.label

    @property
    def label(self):
        return gettext(self.name)

    @cached_property
    def parsed(self):
        return parse(self.definition)


class Choice(models.Model):
    """The municipality has this instrument on, or off, whatever is shipped."""

    municipality = models.ForeignKey(
        Municipality, on_delete=models.CASCADE, related_name="+", verbose_name=_("kommune")
    )
    code = models.SlugField(_("instrument"), max_length=30)
    is_on = models.BooleanField(_("på"))

    class Meta:
        verbose_name = _("valg av instrument")
        verbose_name_plural = _("valg av instrumenter")
        constraints = [models.UniqueConstraint(fields=["municipality", "code"], name="choice_once")]

    def __str__(self):
        return self.code


class Licence(models.Model):
    """Somebody has said that the municipality may use an instrument, item by item."""

    APPEND_ONLY = True

    municipality = models.ForeignKey(
        Municipality, on_delete=models.PROTECT, related_name="+", verbose_name=_("kommune")
    )
    licence = models.SlugField(_("lisens"), max_length=30)
    confirmed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", verbose_name=_("bekreftet av")
    )
    confirmed_at = models.DateTimeField(_("bekreftet"), db_default=Now())

    class Meta:
        verbose_name = _("lisens")
        verbose_name_plural = _("lisenser")
        constraints = [
            models.UniqueConstraint(fields=["municipality", "licence"], name="licence_once")
        ]

    def __str__(self):
        return self.licence


class NormSetQuerySet(models.QuerySet):
    def valid_for(self, code, municipality, day):
        """Those that may be used, the first to be preferred: the municipality's own go first."""
        own = Q(municipality=municipality) | Q(municipality=None)
        begun = Q(valid_from=None) | Q(valid_from__lte=day)
        lasting = Q(valid_until=None) | Q(valid_until__gte=day)
        found = self.filter(own, begun, lasting, code=code, is_in_use=True)
        order = (F("municipality").asc(nulls_last=True), "rank", "-pk")
        return found.prefetch_related("rows").order_by(*order)

    def unused(self):
        return self.filter(~Exists(Measurement.objects.filter(norm_set=OuterRef("pk"))))


class NormSet(models.Model):
    """Cut-offs from one source. A set that scores were held against never changes."""

    code = models.SlugField(_("instrument"), max_length=30)
    municipality = models.ForeignKey(
        Municipality,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("kommune"),
    )
    name = models.CharField(_("navn"), max_length=60)
    source = models.CharField(_("kilde"), max_length=300)
    valid_from = models.DateField(_("gjelder fra og med"), null=True, blank=True)
    valid_until = models.DateField(_("gjelder til og med"), null=True, blank=True)
    rank = models.PositiveSmallIntegerField(
        _("rekkefølge"), default=10, help_text=_("Det laveste tallet brukes først.")
    )
    is_in_use = models.BooleanField(_("i bruk"), default=True)

    objects = NormSetQuerySet.as_manager()

    class Meta:
        verbose_name = _("normsett")
        verbose_name_plural = _("normsett")
        constraints = [
            models.CheckConstraint(
                name="normset_ends_after_it_starts",
                condition=Q(valid_until=None)
                | Q(valid_from=None)
                | Q(valid_until__gte=F("valid_from")),
            )
        ]

    def __str__(self):
        return self.label

    @property
    def label(self):
        return gettext(self.name)

    @property
    def source_label(self):
        return gettext(self.source)

    @cached_property
    def norms(self):
        return [row.norm for row in self.rows.all()]


class NormRow(models.Model):
    """The bands of one scale, for an age and perhaps a sex. Empty until somebody fills it in."""

    norm_set = models.ForeignKey(NormSet, on_delete=models.CASCADE, related_name="rows")
    scale = models.SlugField(_("skala"), max_length=20)
    sex = models.CharField(_("kjønn"), max_length=10, choices=Sex, blank=True)
    least_age = models.PositiveSmallIntegerField(_("fra og med alder"), null=True, blank=True)
    most_age = models.PositiveSmallIntegerField(_("til og med alder"), null=True, blank=True)
    bands = models.JSONField(_("nivåer"), default=list, blank=True)
    mean = models.DecimalField(
        _("gjennomsnitt"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    sd = models.DecimalField(
        _("standardavvik"), max_digits=6, decimal_places=2, null=True, blank=True
    )
    reliability = models.DecimalField(
        _("reliabilitet"), max_digits=4, decimal_places=3, null=True, blank=True
    )

    class Meta:
        verbose_name = _("normrad")
        verbose_name_plural = _("normrader")
        constraints = [
            models.UniqueConstraint(
                fields=["norm_set", "scale", "sex", "least_age"],
                name="normrow_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="normrow_ages_are_in_order",
                condition=Q(least_age=None) | Q(most_age=None) | Q(most_age__gte=F("least_age")),
            ),
            models.CheckConstraint(
                name="normrow_spread_is_possible",
                condition=(Q(sd=None) | Q(sd__gt=0))
                & (Q(reliability=None) | Q(reliability__gte=0, reliability__lt=1)),
                violation_error_message=_(
                    "Standardavviket må være over 0, og reliabiliteten fra 0 til under 1."
                ),
            ),
        ]

    def __str__(self):
        return self.scale

    @property
    def norm(self):
        return Norm(
            scale=self.scale,
            bands=tuple((code, least) for code, least in self.bands),
            least_age=self.least_age,
            most_age=self.most_age,
            sex=self.sex,
            sd=None if self.sd is None else float(self.sd),
            reliability=None if self.reliability is None else float(self.reliability),
        )


class MeasurementQuerySet(models.QuerySet):
    def visible_to(self, user):
        """For those who work with the family, and leaders who may read what was measured."""
        member = Q(IsInside(F("informant__case"), models.Value(user.pk)))
        reader = Q(informant__case__unit__in=units_where(user, Kind.MEASURE))
        return self.filter(known_to(user, "informant__case"), member | reader)

    def of_case(self, case):
        return self.filter(informant__case=case)

    def standing(self):
        """Without those that were struck out."""
        return self.filter(struck_at=None)

    def for_list(self):
        shown = self.select_related(
            "instrument",
            "norm_set",
            "informant__person",
            "informant__case__child",
            "entered_by",
            "checked_by",
            "struck_by",
        ).prefetch_related("norm_set__rows")
        return shown.order_by("-taken_on", "-pk")


class Measurement(models.Model):
    """What one informant answered on one day. What was typed and counted never changes: a
    mistake is struck out, with a reason, and typed anew."""

    Occasion, Way = Occasion, Way

    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    informant = models.ForeignKey(CasePerson, on_delete=models.PROTECT, related_name="measurements")
    instrument = models.ForeignKey(Instrument, on_delete=models.PROTECT, related_name="+")
    occasion = models.CharField(_("anledning"), max_length=20, choices=Occasion)
    taken_on = models.DateField(_("fylt ut"))
    way = models.CharField(_("skrevet inn som"), max_length=10, choices=Way)
    values = models.JSONField(_("svar"))  # by column, or by scale when they are totals
    scores = models.JSONField(_("skårer"))  # by scale: value, answered, asked, band
    norm_set = models.ForeignKey(NormSet, on_delete=models.PROTECT, null=True, related_name="+")
    age = models.PositiveSmallIntegerField(_("barnets alder den dagen"), null=True)
    sex = models.CharField(_("kjønn"), max_length=10, choices=Sex, blank=True)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("skrevet inn"), db_default=Now())
    checked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(_("skrevet inn to ganger"), null=True)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="replaced_by"
    )
    struck_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    struck_at = models.DateTimeField(_("strøket"), null=True)
    struck_reason = models.CharField(_("hvorfor strøket"), max_length=300, blank=True)

    objects = MeasurementQuerySet.as_manager()

    class Meta:
        verbose_name = _("måling")
        verbose_name_plural = _("målinger")
        constraints = [
            models.UniqueConstraint(
                fields=["informant", "instrument", "taken_on"],
                condition=Q(struck_at=None),
                name="measurement_once_a_day",
            ),
            models.CheckConstraint(
                name="measurement_strike_is_whole",
                condition=Q(struck_at=None, struck_by=None, struck_reason="")
                | Q(struck_at__isnull=False, struck_by__isnull=False) & ~Q(struck_reason=""),
            ),
            models.CheckConstraint(
                name="measurement_check_is_whole",
                condition=Q(checked_at=None, checked_by=None)
                | Q(checked_at__isnull=False, checked_by__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.instrument} {self.pk}"

    @property
    def case(self):
        return self.informant.case

    @property
    def case_id(self):
        return self.informant.case_id

    @property
    def is_struck(self):
        return self.struck_at is not None

    @property
    def can_be_checked(self):
        """There are answers to compare with, and nobody has."""
        return self.way == Way.ITEMS and not self.is_struck and self.checked_at is None
