"""Operators' forms for what is for sale: each fault said beside its field, before the database would refuse it."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from economy.shop.models import Package, Product, PromoCode
from economy.shop.rules import GOODS, GOODS_MAX, MOST_OFF_PERCENT, PRICE_MAX, Currency, PromoKind

TEXTS = ("code", "name", "name_en", "description", "description_en", "face")
SELLING = ("currency", "price", "gold", "gems", "vip_points", "min_vip_tier")
DISCOUNT = ("discount_percent", "discount_starts_at", "discount_ends_at")
SHOWN = ("is_active", "priority")
WIDE = forms.TextInput(attrs={"size": 50})


class SellingForm(forms.ModelForm):
    """Faults are said beside their fields; the database's own names for them would tell an operator nothing."""

    def _get_validation_exclusions(self):
        """The database's constraints are asked about a form only that has no fault already."""
        return (
            {field.name for field in self.instance._meta.fields}
            if self.errors
            else super()._get_validation_exclusions()
        )


class OnSaleForm(SellingForm):
    """What products and packages have in common."""

    price = forms.IntegerField(
        label=_("price"), min_value=1, max_value=PRICE_MAX, help_text=_("Of one: in gems, or in whole won.")
    )
    gold = forms.IntegerField(label=_("gold"), min_value=0, max_value=GOODS_MAX, initial=0)
    gems = forms.IntegerField(label=_("gems"), min_value=0, max_value=GOODS_MAX, initial=0)
    vip_points = forms.IntegerField(label=_("VIP points"), min_value=0, max_value=GOODS_MAX, initial=0)
    discount_percent = forms.IntegerField(
        label=_("discount, %"), min_value=0, max_value=MOST_OFF_PERCENT, initial=0, help_text=_("0: none.")
    )

    class Meta:
        widgets = {"name": WIDE, "name_en": WIDE, "description": WIDE, "description_en": WIDE}
        help_texts = {
            "name_en": _("Shown to players who read English. Empty: the Korean one."),
            "discount_starts_at": _("Empty: at once."),
            "discount_ends_at": _("Empty: until the discount is taken away."),
        }

    def clean(self):
        given = super().clean()
        if not self.errors:
            if not any(given[asset] for asset in GOODS):
                self.add_error(None, _("It holds nothing: give it gold, gems or VIP points."))
            if given["gems"] and given["currency"] == Currency.GEMS:
                self.add_error("gems", _("What is paid in gems can't hold gems."))
        _demand_order(self, "discount_starts_at", "discount_ends_at")
        return given


class ProductForm(OnSaleForm):
    class Meta(OnSaleForm.Meta):
        model = Product
        fields = [*TEXTS, *SELLING, *DISCOUNT, *SHOWN]


class PackageForm(OnSaleForm):
    class Meta(OnSaleForm.Meta):
        model = Package
        fields = [*TEXTS, *SELLING, "starts_at", "ends_at", "stock", "per_user_limit", *DISCOUNT, *SHOWN]

    def clean(self):
        given = super().clean()
        _demand_order(self, "starts_at", "ends_at")
        gone = self.instance.held + self.instance.sold
        if "stock" in given and given["stock"] < gone:
            self.add_error("stock", _("%(gone)s are sold or held already.") % {"gone": gone})
        if given.get("per_user_limit") == 0:
            self.add_error("per_user_limit", _("At least 1."))
        return given


class PromoCodeForm(SellingForm):
    class Meta:
        model = PromoCode
        fields = [
            *("code", "kind", "value", "currency", "product", "package"),
            *("starts_at", "ends_at", "max_uses", "per_user_limit", "is_active"),
        ]

    def clean_code(self) -> str:
        code = self.cleaned_data["code"].strip().upper()
        if not re.fullmatch(r"[A-Z0-9-]{3,32}", code):
            raise forms.ValidationError(_("3 to 32 capital letters, digits and hyphens."))
        return code

    def clean(self):
        given = super().clean()
        most = MOST_OFF_PERCENT if given.get("kind") == PromoKind.PERCENT else PRICE_MAX
        if "value" in given and not 1 <= given["value"] <= most:
            self.add_error("value", _("From 1 to %(most)s.") % {"most": f"{most:,}"})
        if given.get("product") and given.get("package"):
            self.add_error("package", _("Name a product or a package, not both."))
        meant = given.get("product") or given.get("package")
        if meant and given.get("currency") and meant.currency != given["currency"]:
            self.add_error("currency", _("The chosen item is not priced in this."))
        _demand_order(self, "starts_at", "ends_at")
        if given.get("max_uses") is not None and given["max_uses"] < self.instance.used:
            self.add_error("max_uses", _("It was used %(used)s times already.") % {"used": self.instance.used})
        if given.get("per_user_limit") == 0:
            self.add_error("per_user_limit", _("At least 1."))
        return given


class RefundForm(forms.Form):
    """How much goes back and why; the hidden key makes a double press one refund."""

    amount = forms.IntegerField(label=_("Gems to give back"), min_value=1)
    reason = forms.CharField(
        label=_("Reason"),
        min_length=2,
        max_length=200,
        widget=forms.TextInput(attrs={"size": 60}),
        help_text=_("Kept in the audit. No personal data, please."),
    )
    key = forms.CharField(widget=forms.HiddenInput)


def _demand_order(form: forms.BaseForm, first: str, second: str) -> None:
    starts, ends = form.cleaned_data.get(first), form.cleaned_data.get(second)
    if starts and ends and ends <= starts:
        form.add_error(second, _("It ends after it starts."))
