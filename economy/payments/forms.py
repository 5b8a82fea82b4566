"""What operators are asked before they settle, refund or review a payment."""

from django import forms
from django.utils.translation import gettext_lazy as _

from economy.payments.rules import REASON_MAX, REASON_MIN, RECEIPT_MAX, Decision, Outcome


class ActForm(forms.Form):
    """Why it is done; the hidden key makes a double press one act."""

    reason = forms.CharField(
        label=_("Reason"),
        min_length=REASON_MIN,
        max_length=REASON_MAX,
        widget=forms.TextInput(attrs={"size": 60}),
        help_text=_("Kept in the audit. No personal data, please."),
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    field_order = ["outcome", "decision", "receipt_id", "amount", "reason"]

    def asked(self) -> dict:
        """The answer without its key."""
        return {name: value for name, value in self.cleaned_data.items() if name != "key"}


class SettleForm(ActForm):
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[(Outcome.PAID.value, _("paid")), (Outcome.FAILED.value, _("not paid"))],
        widget=forms.RadioSelect,
    )
    receipt_id = forms.CharField(
        label=_("Receipt"),
        max_length=RECEIPT_MAX,
        required=False,
        widget=forms.TextInput(attrs={"size": 60}),
        help_text=_("The provider's; needed when it is paid. A receipt counts once."),
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("outcome") == Outcome.PAID and not cleaned.get("receipt_id"):
            self.add_error("receipt_id", _("A payment has a receipt."))
        return cleaned


class RefundForm(ActForm):
    amount = forms.IntegerField(
        label=_("Amount"), min_value=1, help_text=_("At most what was paid. A purchase is refunded once.")
    )


class ReviewForm(ActForm):
    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            (Decision.APPROVE.value, _("approve: it may be paid for, within 5 minutes")),
            (Decision.DENY.value, _("deny: the purchase fails")),
        ],
        widget=forms.RadioSelect,
    )
