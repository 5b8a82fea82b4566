"""What the shop's pages are asked for."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from casino_club.core.errors import InvalidInput
from economy.shop.rules import QUANTITY_MAX, looks_like_card_number


class OrderForm(forms.Form):
    """How many, a promo code, and what the page said it costs."""

    quantity = forms.TypedChoiceField(
        label=_("How many"),
        coerce=int,
        choices=[(n, n) for n in range(1, QUANTITY_MAX + 1)],
        empty_value=1,
        required=False,
    )
    promo = forms.RegexField(
        label=_("Promo code"),
        regex=r"^[A-Za-z0-9-]{3,32}$",
        required=False,
        error_messages={"invalid": _("This promo code isn't valid here.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "maxlength": 32}),
    )

    def clean_promo(self) -> str:
        if looks_like_card_number(self.cleaned_data["promo"]):
            raise forms.ValidationError(_("Never send us a card's number."))
        return self.cleaned_data["promo"].upper()

    expected = forms.IntegerField(min_value=1, required=False)

    @classmethod
    def read(cls, data: QueryDict) -> tuple[int, str, int | None]:
        """Quantity, promo code, and the amount that the page showed. Raises InvalidInput."""
        form = cls(data)
        if not form.is_valid():
            raise InvalidInput({name: list(texts) for name, texts in form.errors.items()})
        return form.cleaned_data["quantity"], form.cleaned_data["promo"], form.cleaned_data["expected"]
