"""What an operator is asked before a reward is paid."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ForceClaimForm(forms.Form):
    """Why an operator pays a reward; the hidden key makes a double press one payment."""

    reason = forms.CharField(
        label=_("Reason"),
        min_length=2,
        max_length=200,
        widget=forms.TextInput(attrs={"size": 60, "autofocus": True}),
        help_text=_("Kept in the audit. No personal data, please."),
    )
    key = forms.CharField(widget=forms.HiddenInput)
