"""How many sign-ins may fail, and against whom they count."""

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings


@dataclass(frozen=True)
class Limits:
    """Failures allowed in one window: for an account from one address, for an address, for an account from anywhere."""

    pair: int
    address: int
    account: int
    window: timedelta


def limits() -> Limits:
    return Limits(
        pair=settings.LOGIN_ACCOUNT_ADDRESS_LIMIT,
        address=settings.LOGIN_ADDRESS_LIMIT,
        account=settings.LOGIN_ACCOUNT_LIMIT,
        window=timedelta(seconds=settings.LOGIN_WINDOW_SECONDS),
    )


@dataclass(frozen=True)
class Subjects:
    """The three subjects that one attempt counts against, hashed."""

    pair: str
    address: str
    account: str


def subjects(*, account: str, address: str) -> Subjects:
    """`account` names a user, or stands for a name that nobody has: both are counted alike."""
    return Subjects(
        pair=_digest("pair", account, address),
        address=_digest("address", address),
        account=_digest("account", account),
    )


def minutes_left(until: datetime, now: datetime) -> int:
    """Whole minutes until the lock opens, rounded up, at least 1."""
    return max(1, math.ceil((until - now).total_seconds() / 60))


def seconds_left(until: datetime, now: datetime) -> int:
    """Whole seconds until the lock opens, rounded up, at least 1."""
    return max(1, math.ceil((until - now).total_seconds()))


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()
