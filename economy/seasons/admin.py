"""Seasons as operators schedule them: before a season starts everything can change, afterwards nothing."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from casino_club.core import clock
from casino_club.core.admin import InlineRows, OperatorAdmin
from economy.seasons.models import TIER_AMOUNTS, Season, SeasonTier
from economy.seasons.rules import is_whole_hour


class SeasonForm(forms.ModelForm):
    class Meta:
        model = Season
        fields = ["name", "name_en", "starts_at", "ends_at", "premium_price_gems"]

    def clean(self):
        cleaned = super().clean()
        for name in ("starts_at", "ends_at"):
            if cleaned.get(name) and not is_whole_hour(cleaned[name]):
                self.add_error(name, _("A season begins and ends on the hour."))
        if cleaned.get("starts_at") and cleaned["starts_at"] <= clock.now():
            self.add_error("starts_at", _("A season starts in the future; a running one can't be changed."))
        return cleaned


class TierFormSet(InlineRows):
    def clean(self):
        super().clean()
        if any(self.errors):
            return
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        rows.sort(key=lambda row: row["tier"])
        if not rows or [row["tier"] for row in rows] != list(range(1, len(rows) + 1)):
            raise forms.ValidationError(_("Number the tiers 1, 2, 3 … without a gap."))
        if [row["xp"] for row in rows] != sorted({row["xp"] for row in rows}):
            raise forms.ValidationError(_("Each tier takes more XP than the one before."))


class TierInline(admin.TabularInline):
    model = SeasonTier
    formset = TierFormSet
    fields = ["tier", "xp", *TIER_AMOUNTS]
    extra = 3


@admin.register(Season)
class SeasonAdmin(OperatorAdmin):
    form = SeasonForm
    inlines = [TierInline]
    list_display = ["name", "starts_at", "ends_at", "premium_price_gems", "settled_at"]
    ordering = ["-starts_at"]

    def get_fieldsets(self, request, obj=None):
        fields = {"fields": [*SeasonForm.Meta.fields]}
        if obj is not None and obj.starts_at <= clock.now():
            fields = {
                "fields": [*SeasonForm.Meta.fields, "settled_at"],
                "description": _("This season has begun: nothing of it can be changed any more."),
            }
        return [(None, fields)]

    def get_readonly_fields(self, request, obj=None):
        return ["settled_at"]

    def has_change_permission(self, request, obj=None) -> bool:
        has_begun = obj is not None and obj.starts_at <= clock.now()
        return super().has_change_permission(request, obj) and not has_begun
