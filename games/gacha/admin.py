"""Banners, scheduled by operators; pity and collections, read-only."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.player_admin import NumberedOfPlayerAdmin
from casino_club.core import clock
from casino_club.core.admin import OperatorAdmin
from games.gacha.labels import FLOWER_LABELS
from games.gacha.models import TERMS, Banner, InventoryItem, Pity
from games.gacha.selectors import has_pulls


@admin.register(Banner)
class BannerAdmin(OperatorAdmin):
    list_display = ["title_ko", "odds_version", "starts_at", "ends_at", "is_active", "on_sale", "sort_order"]
    list_filter = ["is_active", "odds_version"]
    ordering = ["sort_order", "id"]
    fieldsets = [
        (None, {"fields": ["title_ko", "title_en", "art", "sort_order"]}),
        (_("When"), {"fields": ["starts_at", "ends_at", "is_active"]}),
        (
            _("Odds and prices"),
            {"fields": list(TERMS), "description": _("Frozen once somebody has pulled: schedule another banner.")},
        ),
    ]

    @admin.display(description=_("on sale now"), boolean=True)
    def on_sale(self, banner: Banner) -> bool:
        return banner.is_open(clock.now())

    def formfield_for_choice_field(self, db_field, request, **kwargs):
        """The pictures by the flowers’ names."""
        if db_field.name == "art":
            kwargs["choices"] = list(FLOWER_LABELS.items())
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def get_readonly_fields(self, request, obj=None):
        return TERMS if obj is not None and has_pulls(obj.pk) else ()

    def save_model(self, request, obj, form, change):
        if not change:
            obj.created_at = clock.now()
        super().save_model(request, obj, form, change)


@admin.register(Pity)
class PityAdmin(NumberedOfPlayerAdmin):
    list_display = ["id", "player", "banner", "count", "pulls", "updated_at"]
    list_filter = ["banner"]
    list_select_related = ["player", "banner"]


@admin.register(InventoryItem)
class InventoryItemAdmin(NumberedOfPlayerAdmin):
    list_display = ["id", "player", "card", "quantity", "first_at", "last_at"]
    fields = ["player", "card", "quantity", "first_at", "last_at"]

    @admin.display(description=_("card"))
    def card(self, collected: InventoryItem) -> str:
        return collected.card_name
