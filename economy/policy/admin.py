"""The special-reward policy as operators see and publish it."""

from django import forms
from django.contrib import admin
from django.contrib.postgres.forms import SimpleArrayField
from django.utils.translation import gettext_lazy as _

from casino_club.core import clock
from casino_club.core.admin import OperatorAdmin
from economy.policy.models import RewardPolicy
from economy.policy.rules import faults_of
from economy.policy.selectors import current
from economy.policy.services import publish

EXAMPLE = 8_000


class PolicyForm(forms.ModelForm):
    """A new version; what does not fit together is said beside its field."""

    widths = SimpleArrayField(
        forms.IntegerField(),
        required=False,
        label=RewardPolicy._meta.get_field("widths").verbose_name,
        help_text=RewardPolicy._meta.get_field("widths").help_text,
    )

    class Meta:
        model = RewardPolicy
        fields = ["widths", "percents", "cap", "reason"]

    def clean(self):
        given = super().clean()
        if {"widths", "percents", "cap"} <= given.keys():
            for name, texts in faults_of(given["widths"], given["percents"], given["cap"]).items():
                self.add_error(name, texts)
        return given


@admin.register(RewardPolicy)
class RewardPolicyAdmin(OperatorAdmin):
    """Every version is a row of its own: adding one puts it in force, none is ever changed."""

    form = PolicyForm
    list_display = ["version", "bands", "cap", "example", "reason", "created_by", "created_at"]
    list_select_related = ["created_by"]
    ordering = ["-version"]
    readonly_fields = ["version", "created_by", "created_at"]

    def has_change_permission(self, request, obj=None) -> bool:
        return False

    def get_fields(self, request, obj=None):
        fields = ["widths", "percents", "cap", "reason"]
        return fields if obj is None else ["version", *fields, "created_by", "created_at"]

    def get_changeform_initial_data(self, request):
        policy = current()
        return {
            "widths": ",".join(map(str, policy.widths)),
            "percents": ",".join(map(str, policy.percents)),
            "cap": policy.cap,
        }

    def save_model(self, request, obj, form, change):
        made = publish(
            widths=obj.widths,
            percents=obj.percents,
            cap=obj.cap,
            reason=obj.reason,
            operator_id=request.user.pk,
            now=clock.now(),
        )
        obj.pk, obj.version = made.pk, made.version

    @admin.display(description=_("bands"))
    def bands(self, policy: RewardPolicy) -> str:
        parts = [f"{width:,}: {percent} %" for width, percent in zip(policy.widths, policy.percents, strict=False)]
        return " → ".join([*parts, f"{policy.percents[-1]} %"])

    @admin.display(description=_("of 8,000"))
    def example(self, policy: RewardPolicy) -> str:
        return f"{policy.as_rules().granted(EXAMPLE):,}"
