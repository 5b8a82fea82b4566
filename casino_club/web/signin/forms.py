"""The forms of the account pages: what a browser is shown and what of a refusal stands beside which field."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.users import rules
from accounts.users.models import Language
from casino_club.core.errors import DomainError, InvalidInput
from casino_club.web.signin.shapes import INVITE_CODE_MAX, NAME_MAX

_FIELD_OF = {
    "site_id_taken": "site_id",
    "nickname_taken": "nickname",
    "phone_taken": "phone_number",
    "age_not_confirmed": "age_confirmed",
    "invite_invalid": "invite_code",
    "invite_expired": "invite_code",
    "invite_exhausted": "invite_code",
    "invalid_credentials": "password",
    "otp_invalid": "code",
}


class AccountForm(forms.Form):
    """A form whose refusals by the services are shown where they belong."""

    def show(self, refusal: DomainError) -> None:
        """Put the refusal beside its field, or above the form."""
        if isinstance(refusal, InvalidInput):
            for name, texts in refusal.fields.items():
                self.add_error(name if name in self.fields else None, texts)
        else:
            self.add_error(_FIELD_OF.get(refusal.code), str(refusal.message))


def password_input(autocomplete: str, **attributes: object) -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"autocomplete": autocomplete, "data-reveal": True, **attributes})


def _nickname() -> forms.CharField:
    return forms.CharField(
        label=_("Nickname"),
        min_length=rules.NICKNAME_MIN,
        max_length=rules.NICKNAME_MAX,
        help_text=_("What others see, 2 to 50 characters."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )


def _phone_number() -> forms.CharField:
    return forms.CharField(
        label=_("Phone number"),
        required=False,
        min_length=rules.PHONE_MIN,
        max_length=rules.PHONE_MAX,
        help_text=_("Digits only."),
        widget=forms.TextInput(attrs={"autocomplete": "tel-national", "inputmode": "numeric"}),
    )


def _email() -> forms.EmailField:
    return forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=rules.EMAIL_MAX,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class SignUpForm(AccountForm):
    site_id = forms.CharField(
        label=_("ID"),
        min_length=rules.SITE_ID_MIN,
        max_length=rules.SITE_ID_MAX,
        help_text=_("3 to 50 letters, digits, dots, hyphens or underscores."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    nickname = _nickname()
    password = forms.CharField(
        label=_("Password"),
        min_length=rules.PASSWORD_MIN,
        max_length=rules.PASSWORD_MAX,
        strip=False,
        help_text=_("At least 8 characters, not a common one."),
        widget=password_input("new-password"),
    )
    invite_code = forms.CharField(
        label=_("Invite code"),
        max_length=INVITE_CODE_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    phone_number = _phone_number()
    email = _email()
    age_confirmed = forms.BooleanField(label=_("I am 19 or older."))


class SignInForm(AccountForm):
    site_id = forms.CharField(
        label=_("ID or nickname"),
        max_length=NAME_MAX,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Password"), max_length=rules.PASSWORD_MAX, strip=False, widget=password_input("current-password")
    )


class ProfileForm(AccountForm):
    nickname = _nickname()
    phone_number = _phone_number()
    email = _email()
    language = forms.ChoiceField(label=_("Language"), required=False, choices=Language.choices)


class PasswordResetForm(AccountForm):
    email = forms.EmailField(
        label=_("E-mail"), max_length=rules.EMAIL_MAX, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class NewPasswordForm(AccountForm):
    new_password = forms.CharField(
        label=_("New password"),
        min_length=rules.PASSWORD_MIN,
        max_length=rules.PASSWORD_MAX,
        strip=False,
        help_text=_("At least 8 characters, not a common one."),
        widget=password_input("new-password"),
    )


class PasswordChangeForm(AccountForm):
    current_password = forms.CharField(
        label=_("Current password"),
        max_length=rules.PASSWORD_MAX,
        strip=False,
        widget=password_input("current-password"),
    )
    new_password = forms.CharField(
        label=_("New password"),
        min_length=rules.PASSWORD_MIN,
        max_length=rules.PASSWORD_MAX,
        strip=False,
        help_text=_("At least 8 characters, not a common one."),
        widget=password_input("new-password"),
    )
