"""A player's pass: the season's tiers with what each gives, what is reached and what has been collected."""

from dataclasses import dataclass
from datetime import datetime

from economy.rewards.rules import Amounts
from economy.seasons.models import Season
from economy.seasons.rules import GRACE, reached
from economy.seasons.selectors import season_at, season_in_grace, xp_of
from events.battlepass.models import PassClaim, PremiumPass
from events.battlepass.rules import Track


@dataclass(frozen=True, slots=True)
class Step:
    """One reward of a tier on one track; `amounts` is None where the track gives nothing."""

    track: Track
    amounts: Amounts | None
    claimed: bool
    claimable: bool


@dataclass(frozen=True, slots=True)
class TierState:
    """A tier, whether its XP is reached, and its two steps."""

    tier: int
    xp: int
    reached: bool
    free: Step
    premium: Step

    @property
    def steps(self) -> tuple[Step, Step]:
        return self.free, self.premium


@dataclass(frozen=True, slots=True)
class PassState:
    """A player's pass of one season."""

    season: Season
    xp: int
    level: int
    is_premium: bool
    is_over: bool
    tiers: list[TierState]

    @property
    def closes_at(self) -> datetime:
        """When what is not collected is granted automatically."""
        return self.season.ends_at + GRACE

    @property
    def claimable(self) -> list[tuple[int, Step]]:
        """(tier, step) of everything that can be collected now."""
        return [(tier.tier, step) for tier in self.tiers for step in tier.steps if step.claimable]

    @property
    def next_tier(self) -> TierState | None:
        """The first tier that is not reached; None on the summit."""
        return next((tier for tier in self.tiers if not tier.reached), None)

    @property
    def step_size(self) -> int:
        """The XP between the last tier reached and the next one."""
        return self.next_tier.xp - self._standing_at

    @property
    def climbed(self) -> int:
        """The XP earned since the last tier reached."""
        return self.xp - self._standing_at

    @property
    def missing(self) -> int:
        """The XP that the next tier still takes."""
        return self.next_tier.xp - self.xp

    @property
    def _standing_at(self) -> int:
        return max((tier.xp for tier in self.tiers if tier.reached), default=0)


def open_seasons(now: datetime) -> list[Season]:
    """The seasons whose rewards can be collected: the one that runs and the one in its days of grace, in that order."""
    return [season for season in (season_at(now), season_in_grace(now)) if season is not None]


def level_of(player_id: int, *, now: datetime) -> int:
    """How many tiers of the running season the player has reached; 0 where none runs."""
    season = season_at(now)
    if season is None:
        return 0
    return reached(xp_of(player_id, season, now=now).xp, [tier.xp for tier in season.tiers.all()])


def state_of(player_id: int, season: Season, *, xp: int, now: datetime) -> PassState:
    """The pass of a season at an amount of season XP. Two statements."""
    is_premium = PremiumPass.objects.filter(player_id=player_id, season=season).exists()
    rows = PassClaim.objects.filter(player_id=player_id, season=season).values_list("tier", "track")
    claimed = {(tier, Track(track)) for tier, track in rows}
    is_open = season.starts_at <= now < season.ends_at + GRACE
    tiers = []
    for row in season.tiers.all():
        is_reached = xp >= row.xp
        steps = {
            track: Step(
                track=track,
                amounts=(amounts := row.amounts(track)),
                claimed=(done := (row.tier, track) in claimed),
                claimable=is_open
                and is_reached
                and amounts is not None
                and not done
                and (is_premium or track is Track.FREE),
            )
            for track in Track
        }
        tiers.append(TierState(row.tier, row.xp, is_reached, steps[Track.FREE], steps[Track.PREMIUM]))
    level = reached(xp, [tier.xp for tier in tiers])
    return PassState(season, xp, level, is_premium, now >= season.ends_at, tiers)
