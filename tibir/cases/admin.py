"""The texts that people are asked by, and the legal bases one may choose from: configuration."""

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from tibir.accounts.admin import Logged
from tibir.cases.models import LegalBasis, Wording


class WordingForm(forms.ModelForm):
    language = forms.ChoiceField(label=_("språk"), choices=settings.LANGUAGES)

    class Meta:
        model = Wording
        fields = ["municipality", "matter", "language", "text"]

    def clean(self):
        """The next version of this text; the ones before it stay as they were used."""
        said = super().clean()
        about = {name: said.get(name) for name in ("municipality", "matter", "language")}
        newest = Wording.objects.filter(**about).aggregate(newest=Max("version"))["newest"]
        self.instance.version = (newest or 0) + 1
        return said


@admin.register(Wording)
class WordingAdmin(Logged):
    """A text is never changed: what replaces it is a new version."""

    form = WordingForm
    list_display = ["matter", "language", "municipality", "label"]
    list_filter = ["matter", "language", "municipality"]
    list_select_related = ["municipality"]
    ordering = ["matter", "language", "municipality", "-version"]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """Shipped texts come with TIBIR; what is written here is a municipality's own."""
        return super().formfield_for_foreignkey(db_field, request, required=True, **kwargs)

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(LegalBasis)
class LegalBasisAdmin(Logged):
    list_display = ["text", "municipality", "is_active"]
    list_select_related = ["municipality"]
    ordering = ["municipality", "text"]
