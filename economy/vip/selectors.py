"""A player's place in the VIP club."""

from dataclasses import dataclass
from datetime import date, datetime

from casino_club.core import clock
from economy.ledger.models import Entry
from economy.ledger.rules import Asset
from economy.ledger.selectors import wallet_of
from economy.rewards.models import UserReward
from economy.vip.rules import DAILY_POINTS, REASON, THRESHOLDS, Standing, Tier, claim_key, standing_of


@dataclass(frozen=True, slots=True)
class VipStatus:
    """Points and tier, and whether today's points are in."""

    claimed_today: bool
    points: int
    last_claim_at: datetime | None
    standing: Standing
    resets_at: datetime
    daily_points: int = DAILY_POINTS
    tiers: tuple[tuple[Tier, int], ...] = tuple(THRESHOLDS.items())

    @property
    def progress(self) -> int:
        """Points earned since the tier began."""
        return self.points - self.standing.floor

    @property
    def span(self) -> int:
        """Points from the beginning of the tier to the next."""
        return self.progress + (self.standing.points_to_next or 0)


def status(*, user_id: int, now: datetime) -> VipStatus:
    """Where the account stands now; an account without a wallet stands at the first step."""
    points = wallet_of(user_id).vip_points
    # The references of a player's claims differ in their date alone, so the index that keeps them unique sorts them.
    last = (
        Entry.objects.filter(player_id=user_id, asset=Asset.VIP_POINTS, reason=REASON)
        .order_by("-reference")
        .values_list("reference", "created_at")
        .first()
    )
    reference, last_claim_at = last or (None, None)
    claimed_today = reference == claim_key(user_id, clock.game_date(now))
    return VipStatus(claimed_today, points, last_claim_at, standing_of(points), clock.next_reset(now))


def claim_of(user_id: int, day: date) -> UserReward | None:
    """The day's claim, if there was one."""
    return UserReward.objects.filter(idempotency_key=claim_key(user_id, day)).first()
