"""How operators find a player's rows in lists of any size."""

from django.utils.translation import gettext_lazy as _

from accounts.users.selectors import user_named
from casino_club.core.admin import ReadOnlyAdmin


class OfPlayerAdmin(ReadOnlyAdmin):
    """Rows of players, newest first; searched by a player's exact name, so that an index answers at any size.

    `player_ordering` is how one player's rows are ordered, where another index than the whole list's gives them.
    """

    player_field = "player"
    player_ordering: list[str] | None = None
    list_select_related = ["player"]
    search_fields = ["player__site_id"]
    search_help_text = _("Search by the player's exact sign-in name or nickname.")
    ordering = ["-pk"]

    def get_ordering(self, request):
        return self.player_ordering if self.player_ordering and request.GET.get("q") else super().get_ordering(request)

    def get_search_results(self, request, queryset, search_term):
        if not search_term:
            return queryset, False
        player = user_named(search_term)
        return (queryset.filter(**{self.player_field: player}) if player else queryset.none()), False
