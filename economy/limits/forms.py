"""The forms of the settings page."""

from django import forms
from django.utils.translation import gettext_lazy as _

from economy.limits.rules import GOLD_MOST, MINUTES_MOST, Kind

_EXPECTED = _("Enter a whole number, or leave it empty for no limit.")


def _amount(kind: Kind, label: str, most: int, help_text: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=1,
        max_value=most,
        help_text=help_text,
        error_messages={"invalid": _EXPECTED, "min_value": _EXPECTED, "max_value": _EXPECTED},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": len(str(most))}),
    )


class LimitsForm(forms.Form):
    """All three limits as they shall be; empty is none."""

    daily_wager = _amount(Kind.WAGER, _("Gold I stake a day"), GOLD_MOST, _("All bets together. Empty means no limit."))
    daily_loss = _amount(
        Kind.LOSS, _("Gold I lose a day"), GOLD_MOST, _("Bets minus winnings. A bet that could pass it is refused.")
    )
    daily_minutes = _amount(
        Kind.MINUTES, _("Minutes I play a day"), MINUTES_MOST, _("Each minute in which I bet counts once.")
    )


def _choice(choices: list[tuple[int, str]]) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(coerce=int, choices=choices, initial=choices[0][0], widget=forms.RadioSelect)


def _understood(label: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, error_messages={"required": _("Please confirm this first.")})


class PauseForm(forms.Form):
    """A break that ends by itself."""

    prefix = "pause"
    hours = _choice([(24, _("1 day")), (168, _("7 days")), (720, _("30 days"))])
    understood = _understood(_("I know that a break can't be ended early."))


class ExcludeForm(forms.Form):
    """Half a year or more."""

    prefix = "exclude"
    days = _choice([(180, _("180 days")), (365, _("1 year")), (1825, _("5 years"))])
    understood = _understood(_("I know that nobody can end this early, not even the operators."))
