"""Bringing a development player back to nothing: by entries, never by changing history."""

from datetime import datetime, timedelta

from django.db import transaction

from casino_club.core import clock
from casino_club.core.redis import quietly
from economy.ledger import services as ledger
from economy.ledger.rules import Asset, Move
from economy.streaks import mirror
from economy.streaks.models import AttendanceDay, StreakState
from economy.vip.rules import flag_key

REASON = "dev.reset"


def reset(*, player_id: int, now: datetime) -> None:
    """Gold and XP to 0 by ledger entries, streaks forgotten, Redis keys dropped; rewards and rounds are kept.

    A repeat finds nothing to do. Raises WalletMissing.
    """
    today = clock.game_date(now)
    flags = [flag_key(player_id, today - timedelta(days=ago)) for ago in (0, 1)]
    with transaction.atomic():
        wallet = ledger.lock_wallet(player_id)
        held = {Asset.GOLD: wallet.gold, Asset.XP: wallet.xp}
        moves = [Move(asset, -amount, REASON, f"reset:{now.isoformat()}") for asset, amount in held.items() if amount]
        if moves:
            ledger.post(player_id, moves, now=now)
        StreakState.objects.filter(player_id=player_id).delete()
        AttendanceDay.objects.filter(player_id=player_id).delete()
        mirror.forget_after_commit(player_id=player_id)
        transaction.on_commit(lambda: quietly(lambda redis: redis.delete(*flags), purpose="vip_flag"))
