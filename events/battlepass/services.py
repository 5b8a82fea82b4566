"""The battle pass: collecting tiers, upgrading, and granting after the days of grace what nobody collected."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from casino_club.core.errors import DomainError, NotFound
from economy.ledger import services as ledger
from economy.ledger.rules import Asset, Balances, Move
from economy.rewards import services as rewards
from economy.rewards.batches import Grant, grant_many
from economy.rewards.rules import Amounts
from economy.seasons.models import Season
from economy.seasons.rules import GRACE
from economy.seasons.selectors import season_at, season_of
from economy.seasons.services import touch
from events.battlepass.models import PassClaim, PremiumPass
from events.battlepass.rules import REWARD_REASON, REWARD_TYPE, UPGRADE_REASON, Track, reward_key, upgrade_reference
from events.battlepass.selectors import PassState, open_seasons, state_of

SETTLEMENT_LOCK = 5507

# A season's bounds are whole hours, so the Tally alone is exact; players in the order of its index.
_EARNERS = """
    SELECT player_id, sum(amount)::bigint FROM economy_tally
     WHERE asset = 'xp' AND player_id > %(after)s AND hour >= %(starts_at)s AND hour < %(ends_at)s
     GROUP BY player_id HAVING sum(amount) >= %(least)s
     ORDER BY player_id LIMIT %(batch)s
"""


class SeasonClosed(DomainError):
    code = "season_closed"
    message = _("This season is over.")


class TierNotReached(DomainError):
    code = "tier_not_reached"
    message = _("You have not reached this tier yet.")


class PremiumRequired(DomainError):
    code = "premium_required"
    message = _("This reward comes with the premium pass.")


class AlreadyPremium(DomainError):
    code = "already_premium"
    message = _("You already have the premium pass of this season.")


@dataclass(frozen=True, slots=True)
class Collected:
    """The rewards of some tiers, what the wallet holds now, and whether they had been given before."""

    season: Season
    tiers: list[int]
    amounts: Amounts | None
    balances: Balances
    idempotent: bool


def passes(*, player_id: int, now: datetime) -> list[PassState]:
    """The player's passes that are open, the running season's first; season XP is kept at first touch."""
    return [
        state_of(player_id, season, xp=touch(player_id=player_id, season=season, now=now), now=now)
        for season in open_seasons(now)
    ]


def claim(*, player_id: int, tier: int, track: Track, season_id: int | None = None, now: datetime) -> Collected:
    """Collect a tier's reward of the running season, or of the one in its days of grace; a repeat pays nothing.

    Raises NotFound, SeasonClosed, TierNotReached, PremiumRequired.
    """
    season = _season(season_id, now)
    with transaction.atomic():
        ledger.lock_wallet(player_id)
        state = state_of(player_id, season, xp=touch(player_id=player_id, season=season, now=now), now=now)
        found = next((row for row in state.tiers if row.tier == tier), None)
        step = found and (found.free if track is Track.FREE else found.premium)
        if step is None or step.amounts is None:
            raise NotFound
        if not step.claimed:
            if now >= state.closes_at:
                raise SeasonClosed
            if not found.reached:
                raise TierNotReached
            if not step.claimable:
                raise PremiumRequired
        return _give(player_id, season, tier, track, step.amounts, now)


def claim_all(*, player_id: int, now: datetime) -> Collected | None:
    """Collect everything that is waiting, in all open seasons; None when nothing is. Raises what `claim` raises."""
    with transaction.atomic():
        ledger.lock_wallet(player_id)
        due = [
            (state.season, tier, step)
            for state in passes(player_id=player_id, now=now)
            for tier, step in state.claimable
        ]
        given = [_give(player_id, season, tier, step.track, step.amounts, now) for season, tier, step in due]
    if not given:
        return None
    total = _sum([step.amounts for _, _, step in due])
    return Collected(due[0][0], [tier for _, tier, _ in due], total, given[-1].balances, idempotent=False)


def upgrade(*, player_id: int, now: datetime) -> Collected:
    """Buy the running season's premium track with gems, and be paid its rewards of the tiers already reached.

    Raises SeasonClosed, AlreadyPremium, InsufficientGems.
    """
    season = season_at(now)
    if season is None:
        raise SeasonClosed
    with transaction.atomic():
        ledger.lock_wallet(player_id)
        if PremiumPass.objects.filter(player_id=player_id, season=season).exists():
            raise AlreadyPremium
        price = season.premium_price_gems
        move = Move(Asset.GEMS, -price, UPGRADE_REASON, upgrade_reference(season.pk))
        balances = ledger.post(player_id, [move], now=now).balances
        PremiumPass.objects.create(player_id=player_id, season=season, price_gems=price, created_at=now)
        state = state_of(player_id, season, xp=touch(player_id=player_id, season=season, now=now), now=now)
        due = [(row.tier, row.premium.amounts) for row in state.tiers if row.premium.claimable]
        for tier, amounts in due:
            balances = _give(player_id, season, tier, Track.PREMIUM, amounts, now).balances
    total = _sum([amounts for _, amounts in due])
    return Collected(season, [tier for tier, _ in due], total, balances, idempotent=False)


def settle(*, now: datetime, batch: int = 500) -> int:
    """Grant what nobody collected in the seasons whose days of grace are over; safe to run twice and at once.

    Set-based, `batch` players a transaction. Returns how many rewards were given.
    """
    given = 0
    for season in Season.objects.filter(settled_at__isnull=True, ends_at__lte=now - GRACE).prefetch_related("tiers"):
        given += _settle(season, now, batch)
        Season.objects.filter(pk=season.pk, settled_at__isnull=True).update(settled_at=now)
    return given


def _season(season_id: int | None, now: datetime) -> Season:
    if season_id is not None:
        season = season_of(season_id)
        if season is None or season.starts_at > now:
            raise NotFound
        return season
    seasons = open_seasons(now)
    if not seasons:
        raise SeasonClosed
    return seasons[0]


def _give(player_id: int, season: Season, tier: int, track: Track, amounts: Amounts, now: datetime) -> Collected:
    granted = rewards.grant(
        player_id=player_id,
        reward_type=REWARD_TYPE,
        amounts=amounts,
        key=reward_key(player_id, season.pk, tier, track),
        reason=REWARD_REASON,
        metadata={"season": season.pk, "tier": tier, "track": track},
        now=now,
    )
    if not granted.idempotent:
        PassClaim.objects.create(player_id=player_id, season=season, tier=tier, track=track, created_at=now)
    return Collected(season, [tier], amounts, granted.balances, granted.idempotent)


def _settle(season: Season, now: datetime, batch: int) -> int:
    tiers = list(season.tiers.all())
    if not tiers:
        return 0
    given, after = 0, 0
    window = {"starts_at": season.starts_at, "ends_at": season.ends_at, "least": tiers[0].xp, "batch": batch}
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            # One settlement at a time: two would only wait for each other's wallets.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SETTLEMENT_LOCK])
            cursor.execute(_EARNERS, {**window, "after": after})
            earners = dict(cursor.fetchall())
            given += _settle_batch(season, tiers, earners, now)
        if len(earners) < batch:
            return given
        after = max(earners)


def _settle_batch(season: Season, tiers: list, earners: dict[int, int], now: datetime) -> int:
    premium = set(PremiumPass.objects.filter(season=season, player_id__in=earners).values_list("player_id", flat=True))
    rows = PassClaim.objects.filter(season=season, player_id__in=earners).values_list("player_id", "tier", "track")
    collected = set(rows)
    grants, claims = [], {}
    for player_id, xp in earners.items():
        for row in tiers:
            for track in Track:
                amounts = row.amounts(track)
                open_to = track is Track.FREE or player_id in premium
                if xp < row.xp or amounts is None or not open_to or (player_id, row.tier, track.value) in collected:
                    continue
                key = reward_key(player_id, season.pk, row.tier, track)
                grants.append(Grant(player_id, key, amounts))
                claims[key] = PassClaim(
                    player_id=player_id, season=season, tier=row.tier, track=track, is_automatic=True, created_at=now
                )
    given = grant_many(grants, reward_type=REWARD_TYPE, reason=REWARD_REASON, now=now)
    PassClaim.objects.bulk_create(claims[key] for key in given)
    return len(given)


def _sum(parts: list[Amounts]) -> Amounts | None:
    if not parts:
        return None
    return Amounts(
        gold=sum(part.gold for part in parts),
        gems=sum(part.gems for part in parts),
        vip_points=sum(part.vip_points for part in parts),
    )
