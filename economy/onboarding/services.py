"""A new player: user, wallet and welcome gift together, or nothing."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction

from accounts.invites import services as invites
from accounts.users import services as users
from casino_club.core import metrics
from economy.ledger.models import Wallet
from economy.rewards import services as rewards
from economy.rewards.batches import Grant, grant_many
from economy.rewards.rules import Amounts
from economy.webhooks import services as webhooks
from economy.webhooks.rules import EventType

WELCOME_GIFT = Amounts(gold=1_000)
BATCH = 1_000
_sign_ups = metrics.counter("sign_ups_total", "Players who signed up.")


def sign_up(
    *,
    site_id: str,
    nickname: str,
    password: str,
    invite_code: str,
    age_confirmed: bool,
    phone_number: str | None = None,
    email: str | None = None,
    language: str | None = None,
    now: datetime,
) -> AbstractBaseUser:
    """Make a player with a wallet and the welcome gift, and use up the invite code, in one transaction.

    Raises AgeNotConfirmed, what `users.services.create_user` raises, and InviteInvalid, InviteExpired, InviteExhausted.
    """
    if age_confirmed is not True:
        raise users.AgeNotConfirmed
    with transaction.atomic():
        user = users.create_user(
            site_id=site_id,
            nickname=nickname,
            password=password,
            phone_number=phone_number,
            email=email,
            language=language,
            age_confirmed_at=now,
            now=now,
        )
        open_wallet(user_id=user.pk, now=now)
        webhooks.publish(event_type=EventType.PLAYER_REGISTERED, payload={"player_id": user.pk}, now=now)
        # The code is the hot row that many sign-ups share: last, so that nobody holds it while waiting.
        invites.consume(code=invite_code, now=now)
        metrics.committed(_sign_ups)
    return user


def open_wallet(*, user_id: int, now: datetime) -> None:
    """Give the user a wallet and the welcome gift; a repeat changes nothing."""
    with transaction.atomic(savepoint=False):
        Wallet.objects.bulk_create([Wallet(player_id=user_id)], ignore_conflicts=True)
        rewards.grant(
            player_id=user_id,
            reward_type="WELCOME",
            amounts=WELCOME_GIFT,
            key=f"welcome:{user_id}",
            reason="welcome.grant",
            now=now,
        )


def open_wallets(*, user_ids: Sequence[int], now: datetime) -> None:
    """The same for many users, a thousand at a time, in one transaction."""
    with transaction.atomic(savepoint=False):
        for start in range(0, len(user_ids), BATCH):
            part = user_ids[start : start + BATCH]
            Wallet.objects.bulk_create([Wallet(player_id=user_id) for user_id in part], ignore_conflicts=True)
            grants = [Grant(user_id, f"welcome:{user_id}", WELCOME_GIFT) for user_id in part]
            grant_many(grants, reward_type="WELCOME", reason="welcome.grant", now=now)
