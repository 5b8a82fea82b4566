"""What the economy holds about players: numbers and dates, kept so that the books stay balanced."""

from datetime import datetime, timedelta

from django.db import transaction

from casino_club.core import clock, redis
from casino_club.core.privacy import ERASE, KEEP, Held, Holdings
from economy.fraud import signals
from economy.streaks import mirror
from economy.vip import rules as vip


def _forget_streaks(user_id: int, now: datetime) -> None:
    mirror.forget_after_commit(player_id=user_id)


def _forget_vip_flags(user_id: int, now: datetime) -> None:
    today = clock.game_date(now)
    keys = [vip.flag_key(user_id, today - timedelta(days=ago)) for ago in (0, 1)]
    transaction.on_commit(lambda: redis.quietly(lambda client: client.delete(*keys), purpose="vip_flag"))


def _forget_signals(user_id: int, now: datetime) -> None:
    transaction.on_commit(lambda: signals.forget(user_id))


HOLDINGS = Holdings(
    tables=(
        Held("economy.Wallet", "player", KEEP),
        Held("economy.WalletEvent", "pgh_obj__player", KEEP),
        Held("economy.Entry", "player", KEEP),
        Held("economy.Tally", "player", KEEP),
        Held("economy.UserReward", "user", KEEP),
        Held("economy.PlayLimit", "player", KEEP),
        Held("economy.PlayRest", "player", KEEP),
        Held("economy.StreakState", "player", KEEP),
        Held("economy.AttendanceDay", "player", KEEP),
        Held("economy.SeasonXp", "player", KEEP),
        Held("economy.StreakStateEvent", "player", KEEP),
        Held("economy.AttendanceDayEvent", "player", KEEP),
        Held("economy.Approval", "player", KEEP),
        Held("economy.ApprovalEvent", "player", KEEP),
        Held("economy.OperatorGrant", "player", KEEP),
        Held("economy.OperatorGrantEvent", "player", KEEP),
        Held("economy.PlayerSegment", "player", ERASE),
        Held("economy.SegmentChange", "player", ERASE),
        Held("economy.FraudAudit", "user", {"ip_hash": "", "fingerprint_hash": "", "reference": ""}),
        Held("economy.Purchase", "user", KEEP),
        Held("economy.PurchaseEvent", "pgh_obj__user", KEEP),
        Held("economy.PurchaseTransitionEvent", "purchase__user", KEEP),
        Held("economy.PurchaseTransition", "purchase__user", KEEP),
        Held("economy.PaymentSession", "purchase__user", KEEP),
        Held("economy.PaymentRefund", "purchase__user", KEEP),
        Held("economy.PaymentRefundEvent", "purchase__user", KEEP),
    ),
    operators=frozenset(
        {
            "economy.RewardPolicy.created_by",
            "economy.StreakRepairReport.requested_by",
            "economy.PurchaseTransition.operator",
            "economy.Approval.requested_by",
            "economy.Approval.decided_by",
            "economy.OperatorGrant.operator",
            "economy.OperatorGrant.approved_by",
            "economy.PaymentRefund.operator",
        }
    ),
    forget=(_forget_streaks, _forget_vip_flags, _forget_signals),
)
