"""Seasons are scheduled here, and a player's XP at their edges is kept at first touch."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from casino_club.core import metrics
from casino_club.core.errors import DomainError, InvalidInput
from economy.ledger import services as ledger
from economy.ledger.models import Wallet
from economy.seasons.models import Season, SeasonTier, SeasonXp
from economy.seasons.rules import is_whole_hour
from economy.seasons.selectors import moved_in, xp_of

FOREVER = timedelta(days=36525)
_scheduled = metrics.counter("seasons_scheduled_total", "Seasons scheduled.")


class SeasonsOverlap(DomainError):
    code = "seasons_overlap"
    message = gettext_lazy("Another season runs at that time.")


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier to schedule: the XP that reaches it and what each track gives."""

    xp: int
    free_gold: int = 0
    free_gems: int = 0
    free_vip_points: int = 0
    premium_gold: int = 0
    premium_gems: int = 0
    premium_vip_points: int = 0


def schedule(
    *,
    name: str,
    name_en: str = "",
    starts_at: datetime,
    ends_at: datetime,
    premium_price_gems: int,
    tiers: Sequence[Tier],
) -> Season:
    """Make a season with its tiers, the first being tier 1. Raises InvalidInput, SeasonsOverlap."""
    faults = {}
    if not (is_whole_hour(starts_at) and is_whole_hour(ends_at) and starts_at < ends_at):
        faults["ends_at"] = [_("A season begins and ends on the hour, its end after its start.")]
    thresholds = [tier.xp for tier in tiers]
    if not tiers or thresholds != sorted(set(thresholds)) or thresholds[0] < 1:
        faults["tiers"] = [_("A season has tiers, each at more XP than the one before.")]
    if faults:
        raise InvalidInput(faults)
    try:
        with transaction.atomic():
            season = Season.objects.create(
                name=name,
                name_en=name_en,
                starts_at=starts_at,
                ends_at=ends_at,
                premium_price_gems=premium_price_gems,
            )
            SeasonTier.objects.bulk_create(
                SeasonTier(season=season, tier=number, **asdict(tier)) for number, tier in enumerate(tiers, start=1)
            )
            metrics.committed(_scheduled)
    except IntegrityError as error:
        if error.__cause__.diag.constraint_name == "seasons_do_not_overlap":
            raise SeasonsOverlap from error
        raise
    return season


def touch(*, player_id: int, season: Season, now: datetime) -> int:
    """The player's XP of the season; its edges are kept from now on, so that the next read is one row.

    Of an account that never played (an operator's) nothing is kept.
    """
    known = xp_of(player_id, season, now=now)
    if known.is_kept or not Wallet.objects.filter(player_id=player_id).exists():
        return known.xp
    with transaction.atomic():
        wallet = ledger.lock_wallet(player_id)
        row = SeasonXp.objects.filter(player_id=player_id, season=season).first()
        if row is None:
            # Under the wallet's lock nothing moves: today's total less what moved since the start is the total then.
            since_start = moved_in(player_id, season, until=now + FOREVER)
            row = SeasonXp(player_id=player_id, season=season, xp_at_start=wallet.xp - since_start)
        if now >= season.ends_at and row.xp_at_end is None:
            row.xp_at_end = row.xp_at_start + moved_in(player_id, season, until=season.ends_at)
        row.save()
    return max(0, (row.xp_at_end if now >= season.ends_at else wallet.xp) - row.xp_at_start)
