"""The player as every answer and page shows them."""

from dataclasses import asdict
from datetime import datetime

from accounts.users.models import User
from casino_club.core import clock
from economy.ledger.selectors import WalletView, wallet_of
from economy.streaks import selectors as streaks
from economy.streaks.rules import Action
from economy.vip.rules import standing_of
from events.battlepass.selectors import level_of
from games.rounds.rules import HUNDREDTHS
from games.stats.selectors import stats_of


def user_payload(user: User, *, now: datetime) -> dict:
    """`user` of SPEC §3: who they are, what they hold, how far they have come."""
    return _payload(user, wallet_of(user.pk), now)


def shown(user: User, *, now: datetime) -> dict:
    """The same for pages, which offer to play, collect and buy only to whoever `has_wallet`: an operator may have none."""
    wallet = wallet_of(user.pk)
    return {**_payload(user, wallet, now), "has_wallet": wallet.is_open}


def _payload(user: User, wallet: WalletView, now: datetime) -> dict:
    return {
        "id": user.pk,
        "site_id": user.site_id,
        "nickname": user.nickname,
        "phone_number": user.phone_number,
        "email": user.email,
        "is_active": user.is_active,
        "is_admin": user.is_staff,
        "created_at": clock.iso(user.created_at),
        "last_login": clock.iso(user.last_login) if user.last_login else None,
        "must_change_password": user.must_change_password,
        "gold_balance": wallet.gold,
        "regular_coin_balance": wallet.gold,
        "premium_gem_balance": wallet.gems,
        "level": wallet.level.level,
        "experience": wallet.level.experience,
        "max_experience": wallet.level.max_experience,
        "total_experience": wallet.level.total_experience,
        "battlepass_level": level_of(user.pk, now=now),
        "vip_points": wallet.vip_points,
        "vip_tier": standing_of(wallet.vip_points).tier,
    }


def profile_payload(user: User, *, now: datetime) -> dict:
    """The player with their choice of language, their statistics and where their streak stands."""
    streak = streaks.status(user_id=user.pk, action=Action.DAILY_LOGIN, now=now)
    return {
        **user_payload(user, now=now),
        "language": user.language,
        "stats": _stats(user),
        "streak": {
            "action_type": streak.action,
            "count": streak.count,
            "longest": streak.longest,
            "claimed_today": streak.claimed_today,
            "protections": streak.protections,
            "month_total": streak.month_total,
        },
    }


def _stats(user: User) -> dict:
    total, _ = stats_of(user.pk)
    return {
        **asdict(total),
        "highest_multiplier": total.highest_multiplier / HUNDREDTHS,
        "updated_at": clock.iso(total.updated_at) if total.updated_at else None,
    }
