"""The one field of two-factor sign-in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.twofactor.rules import CODE_MAX
from casino_club.web.signin.forms import AccountForm


class CodeForm(AccountForm):
    """A code of the authenticator, or, where that is offered, a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=CODE_MAX,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "text",
                "autocapitalize": "none",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )
