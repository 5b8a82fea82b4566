"""Missions as operators run them."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.player_admin import OfPlayerAdmin
from casino_club.core.admin import OperatorAdmin
from events.missions.models import ICONS, Mission, MissionClaim
from events.progress.models import MOST, REWARDS
from events.progress.rules import TARGET_MAX

ICON_LABELS = {
    "games": _("Cards"),
    "trophy": _("Trophy"),
    "flame": _("Flame"),
    "gold": _("Gold"),
    "gem": _("Gems"),
    "xp": _("XP"),
    "calendar": _("Calendar"),
    "gift": _("Gift"),
    "mark-slot": _("Slot"),
    "mark-crash": _("Crane flight"),
    "mark-gacha": _("Lacquer box"),
}


class MissionForm(forms.ModelForm):
    icon = forms.ChoiceField(label=_("Icon"), choices=[(name, ICON_LABELS[name]) for name in ICONS])
    target_value = forms.IntegerField(label=_("Target"), min_value=1, max_value=TARGET_MAX)
    gold = forms.IntegerField(label=_("Gold"), min_value=0, max_value=MOST, initial=0)
    gems = forms.IntegerField(label=_("Gems"), min_value=0, max_value=MOST, initial=0)
    exp = forms.IntegerField(label=_("XP"), min_value=0, max_value=MOST, initial=0)
    vip_points = forms.IntegerField(label=_("VIP points"), min_value=0, max_value=MOST, initial=0)

    class Meta:
        model = Mission
        fields = [
            *("title", "title_en", "description", "description_en", "mission_type", "category", "metric"),
            *("target_value", "gold", "gems", "exp", "vip_points", "icon", "sort_order", "is_active"),
        ]
        widgets = {
            "description": forms.Textarea(attrs={"rows": 2}),
            "description_en": forms.Textarea(attrs={"rows": 2}),
        }

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not any(cleaned[name] for name in REWARDS):
            raise forms.ValidationError(_("Give at least one reward."))
        return cleaned


@admin.register(Mission)
class MissionAdmin(OperatorAdmin):
    form = MissionForm
    list_display = ["title", "mission_type", "metric", "target_value", *REWARDS, "sort_order", "is_active"]
    list_filter = ["mission_type", "category", "is_active"]
    list_editable = ["sort_order", "is_active"]
    ordering = ["mission_type", "sort_order", "id"]
    fieldsets = [
        (_("What it is"), {"fields": [("title", "title_en"), ("description", "description_en")]}),
        (_("What to do"), {"fields": [("mission_type", "category"), ("metric", "target_value")]}),
        (_("Reward"), {"fields": [("gold", "gems", "exp", "vip_points")]}),
        (_("How it is shown"), {"fields": [("icon", "sort_order", "is_active")]}),
    ]


@admin.register(MissionClaim)
class MissionClaimAdmin(OfPlayerAdmin):
    list_display = ["claimed_at", "player", "mission", "period"]
    list_select_related = ["player", "mission"]
    list_filter = ["mission"]
