"""Instruments, norms, and which of them a municipality uses: configuration."""

import re

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from tibir.accounts.admin import Logged
from tibir.instruments.definition import InvalidDefinition, parse
from tibir.instruments.kinds import FAULTS, Band
from tibir.instruments.models import Choice, Instrument, Licence, NormRow, NormSet
from tibir.instruments.scoring import are_bands

CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def possible_codes():
    return [(each.code, each.label) for each in Instrument.objects.newest()]


def definition_of(code):
    found = Instrument.objects.newest().filter(code=code).first()
    return found.parsed if found else None


class InstrumentForm(forms.ModelForm):
    class Meta:
        model = Instrument
        fields = ["code", "name", "licence", "definition", "is_on"]

    def clean_code(self):
        """It stands in addresses."""
        code = self.cleaned_data["code"]
        if not CODE.fullmatch(code):
            raise ValidationError(_("Bruk små bokstaver, tall og bindestrek."))
        return code

    def clean_definition(self):
        """Nothing that is let through can fail when it is scored."""
        try:
            parse(self.cleaned_data["definition"])
        except InvalidDefinition as wrong:
            said = str(FAULTS[wrong.fault])
            raise ValidationError(f"{wrong.where}: {said}" if wrong.where else said) from None
        return self.cleaned_data["definition"]

    def clean(self):
        """The next version of this instrument; those before it stay as they were used."""
        said = super().clean()
        newest = Instrument.objects.filter(code=said.get("code")).aggregate(n=Max("version"))["n"]
        self.instance.version = (newest or 0) + 1
        return said


@admin.register(Instrument)
class InstrumentAdmin(Logged):
    """A version is never changed. Never write what the items say: it is licensed."""

    form = InstrumentForm
    list_display = ["name", "code", "version", "is_on"]
    ordering = ["code", "-version"]

    def get_changeform_initial_data(self, request):
        """The newest version of `?code=`, to be changed into the next."""
        found = Instrument.objects.newest().filter(code=request.GET.get("code", "")).first()
        if found is None:
            return super().get_changeform_initial_data(request)
        return {name: getattr(found, name) for name in InstrumentForm.Meta.fields}

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ChoiceForm(forms.ModelForm):
    code = forms.ChoiceField(label=_("instrument"), choices=possible_codes)

    class Meta:
        model = Choice
        fields = ["municipality", "code", "is_on"]


@admin.register(Choice)
class ChoiceAdmin(Logged):
    form = ChoiceForm
    list_display = ["code", "municipality", "is_on"]
    list_select_related = ["municipality"]
    ordering = ["municipality", "code"]


@admin.register(Licence)
class LicenceAdmin(Logged):
    """Who has said that the municipality may use what; to be read only."""

    list_display = ["licence", "municipality", "confirmed_by", "confirmed_at"]
    list_select_related = ["municipality", "confirmed_by"]
    ordering = ["municipality", "licence"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class NormRowForm(forms.ModelForm):
    class Meta:
        model = NormRow
        fields = ["scale", "sex", "least_age", "most_age", "bands", "mean", "sd", "reliability"]

    def clean_bands(self):
        bands = self.cleaned_data["bands"] or []
        is_shaped = isinstance(bands, list) and all(
            isinstance(each, list)
            and len(each) == 2
            and each[0] in Band.values
            and isinstance(each[1], int)
            and not isinstance(each[1], bool)
            for each in bands
        )
        if not is_shaped:
            codes = {"codes": ", ".join(Band.values)}
            raise ValidationError(
                _('Skriv nivåene slik: [["under", 0], ["over", 15]]. Nivåene er %(codes)s.') % codes
            )
        return bands


class NormRowsOfOne(forms.BaseInlineFormSet):
    def clean(self):
        """The rows fit the instrument: its scales, and each score in some band."""
        super().clean()
        definition = definition_of(self.instance.code)
        if definition is None or any(self.errors):
            return
        for form in self.forms:
            said = form.cleaned_data
            if not said or said.get("DELETE"):
                continue
            if said["scale"] not in {scale.key for scale in definition.scales}:
                form.add_error("scale", _("Instrumentet har ingen slik skala."))
                continue
            least, most = definition.range_of(said["scale"])
            if said["bands"] and not are_bands(said["bands"], least, most):
                ends = {"least": least, "most": most}
                first = _("Det første nivået må begynne på %(least)d, det siste på høyst %(most)d.")
                form.add_error("bands", first % ends)


class NormRowInline(admin.TabularInline):
    model = NormRow
    form = NormRowForm
    formset = NormRowsOfOne
    extra = 1


class NormSetForm(forms.ModelForm):
    code = forms.ChoiceField(label=_("instrument"), choices=possible_codes)

    class Meta:
        model = NormSet
        fields = [
            "code", "municipality", "name", "source", "valid_from", "valid_until", "rank",
            "is_in_use",
        ]  # fmt: skip

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"].disabled = not _is_unused(self.instance)


@admin.register(NormSet)
class NormSetAdmin(Logged):
    """A set that scores were held against is not changed any more: make another, of a lower rank,
    and take this one out of use."""

    form = NormSetForm
    inlines = [NormRowInline]
    list_display = ["code", "name", "municipality", "rank", "is_in_use"]
    list_select_related = ["municipality"]
    ordering = ["code", "rank"]

    def get_readonly_fields(self, request, obj=None):
        if obj is None or _is_unused(obj):
            return []
        return ["municipality", "name", "source", "valid_from"]

    def get_inline_instances(self, request, obj=None):
        return super().get_inline_instances(request, obj) if _is_unused(obj) else []

    def has_delete_permission(self, request, obj=None):
        return _is_unused(obj) and super().has_delete_permission(request, obj)


def _is_unused(norm_set):
    return (
        norm_set is None
        or norm_set.pk is None
        or NormSet.objects.unused().filter(pk=norm_set.pk).exists()
    )
