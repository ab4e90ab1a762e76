from django import forms
from django.utils.translation import gettext_lazy as _

from tibir.core import fields


class PutAsideForm(forms.Form):
    """It will not be taken, and why."""

    reason = fields.TextField(
        label=_("Hvorfor blir den ikke tatt?"),
        required=True,
        max_length=300,
        help_text=_(
            "For eksempel at familien ikke ville svare. Det står i rapporten som «ikke målt»."
        ),
    )
