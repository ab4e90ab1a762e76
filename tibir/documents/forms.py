from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tibir.core import fields
from tibir.documents.kinds import REFUSALS
from tibir.documents.models import Dispatch
from tibir.documents.sanitise import Code, Refused, recognise


class DoneForm(forms.Form):
    on = fields.DayField(label=_("Når?"), required=True, latest=timezone.localdate)


class FailedForm(forms.Form):
    why = fields.TextField(
        label=_("Hva skjedde?"),
        required=True,
        max_length=200,
        help_text=_("For eksempel: brevet kom i retur, ukjent adresse."),
    )


class AgainForm(forms.Form):
    channel = fields.ChoiceField(
        label=_("Hvordan sendes det nå?"), choices=Dispatch.Channel.choices, required=True
    )


BROKEN_OFF = _("Filen kom ikke helt fram. Legg den ved på nytt.")


class AttachmentForm(forms.Form):
    """One file. What it becomes are the two arguments of the actions that take it in."""

    file = forms.FileField(
        label=_("Velg en fil"),
        help_text=_("PDF, JPEG eller PNG, høyst 10 MB."),
        allow_empty_file=True,  # so that we say it in our own words
        widget=forms.FileInput({"accept": "application/pdf,image/jpeg,image/png"}),
        error_messages={"required": _("Velg en fil, og trykk «Legg ved».")},
    )

    # Comes after the file, so a connection that broke in the middle of the file never brought it.
    whole = forms.CharField(widget=forms.HiddenInput, initial="ja", required=False)

    @classmethod
    def sent(cls, request):
        """What came with a request. A file too big for us is not in it: it was never kept."""
        form = cls(request.POST, request.FILES)
        missing = form.fields["file"].error_messages
        if "whole" not in request.POST:
            missing["required"] = BROKEN_OFF
        elif int(request.META.get("CONTENT_LENGTH") or 0) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE:
            missing["required"] = REFUSALS[Code.TOO_BIG]
        return form

    def clean(self):
        file = self.cleaned_data.get("file")
        if file is None:
            return {}
        if not self.cleaned_data.get("whole"):
            self.add_error("file", BROKEN_OFF)
            return {}
        content = file.read()
        try:
            recognise(content, file.name)
        except Refused as refused:
            self.add_error("file", ValidationError(REFUSALS[refused.code]))
        return {"content": content, "name": file.name}
