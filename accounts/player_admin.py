"""How operators find a player's rows in lists of any size."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.users.selectors import user_named
from casino_club.core.admin import ReadOnlyAdmin
from casino_club.core.shapes import BIGINT_MAX


class OfPlayerAdmin(ReadOnlyAdmin):
    """Rows of players, newest first; searched by a player's exact name, so that an index answers at any size.

    `player_ordering` is how one player's rows are ordered, where another index than the whole list's gives them.
    """

    player_field = "player"
    player_ordering: list[str] | None = None
    list_select_related = ["player"]
    search_fields = ["pk"]
    search_help_text = _("Search by the player's exact sign-in name or nickname.")
    ordering = ["-pk"]

    def get_ordering(self, request):
        return self.player_ordering if self.player_ordering and request.GET.get("q") else super().get_ordering(request)

    def get_search_results(self, request, queryset, search_term):
        return (queryset.filter(self.wanted(search_term)) if search_term.strip() else queryset), False

    def wanted(self, term: str) -> Q:
        """The rows of the player who is called so; none when nobody is."""
        player = user_named(term.strip())
        return Q(**{self.player_field: player.pk}) if player else Q(pk__in=[])


class NumberedOfPlayerAdmin(OfPlayerAdmin):
    """Rows that are spoken of by their numbers too, and are found by those."""

    search_help_text = _("A number, or a player’s exact name")

    def wanted(self, term: str) -> Q:
        """The player's rows, and the one with this number."""
        number = term.strip()
        known = number.isascii() and number.isdigit() and int(number) <= BIGINT_MAX
        return super().wanted(term) | (Q(pk=int(number)) if known else Q(pk__in=[]))
