"""Which season it is, and how much XP a player has earned in one."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from economy.ledger import selectors as ledger
from economy.ledger.models import Wallet
from economy.ledger.rules import Asset, Window
from economy.seasons.models import Season, SeasonXp
from economy.seasons.rules import GRACE


@dataclass(frozen=True, slots=True)
class SeasonalXp:
    """A player's XP of one season; `is_kept` says whether the edges it needs were stored already."""

    xp: int
    is_kept: bool


def _seasons() -> QuerySet[Season]:
    return Season.objects.prefetch_related("tiers")


def season_at(now: datetime) -> Season | None:
    """The season that runs now, with its tiers."""
    return _seasons().filter(starts_at__lte=now, ends_at__gt=now).first()


def season_in_grace(now: datetime) -> Season | None:
    """The last season that is over but whose rewards can still be collected, with its tiers."""
    return _seasons().filter(ends_at__lte=now, ends_at__gt=now - GRACE).order_by("-ends_at").first()


def next_season(now: datetime) -> Season | None:
    """The season to come next."""
    return Season.objects.filter(starts_at__gt=now).order_by("starts_at").first()


def season_of(season_id: int) -> Season | None:
    return _seasons().filter(pk=season_id).first()


def xp_of(player_id: int, season: Season, *, now: datetime) -> SeasonalXp:
    """What the player earned in the season so far: one row to read once its edges are kept, else from the Tally."""
    edges = SeasonXp.objects.filter(player_id=player_id, season=season).values_list("xp_at_start", "xp_at_end").first()
    over = now >= season.ends_at
    if edges is not None and (not over or edges[1] is not None):
        total = edges[1] if over else _total(player_id)
        return SeasonalXp(max(0, total - edges[0]), is_kept=True)
    return SeasonalXp(max(0, moved_in(player_id, season, until=min(now, season.ends_at))), is_kept=False)


def moved_in(player_id: int, season: Season, *, until: datetime) -> int:
    """The XP that moved from the season's start up to `until`, by the Tally."""
    return ledger.total(player_id, Window(season.starts_at, until), Asset.XP).amount


def _total(player_id: int) -> int:
    return Wallet.objects.filter(player_id=player_id).values_list("xp", flat=True).first() or 0
