"""The accounts and things that come with a fresh house, made once and never touched again.

Each app adds a seeder to `SEEDERS`: a function that takes a `Plan`, makes what is missing and names what it made.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from django.conf import settings
from django.db import connection, transaction

from accounts.invites.models import InviteCode
from accounts.invites.services import DEVELOPMENT_CODE
from accounts.sessions import services as sessions
from accounts.sessions.models import AuthSession, RevokedFor, SessionKind
from accounts.signin.services import sign_in
from accounts.users.models import User
from accounts.users.services import create_user
from casino_club.core.errors import DomainError
from economy.onboarding.services import open_wallet
from economy.segments import demo as segments_demo
from economy.shop import demo as shop_demo
from events.demo import services as demo
from games.gacha.demo import demo_banners

log = structlog.get_logger(__name__)
SEEDING_LOCK = 5858
HERE = "127.0.0.1"


@dataclass(frozen=True)
class Account:
    """An account that comes with the house; `password` is its development password, known to everybody."""

    site_id: str
    nickname: str
    password: str
    is_operator: bool = False


ACCOUNTS = (
    Account("admin", "운영자", "123456", is_operator=True),
    *(Account(f"user{n:03}", f"유저{n:02}", "123455") for n in range(1, 5)),
)


@dataclass(frozen=True)
class Plan:
    """How to seed: when, and whether passwords are random, for one use and to be changed (production)."""

    now: datetime
    one_time_passwords: bool
    passwords: dict[str, str] = field(default_factory=dict)


def accounts(plan: Plan) -> list[str]:
    """The operator and four players. An account that exists is skipped; no password is ever touched."""
    made = []
    for account in ACCOUNTS:
        if User.objects.filter(site_id=account.site_id).exists():
            continue
        password = secrets.token_urlsafe(12) if plan.one_time_passwords else account.password
        user = create_user(
            site_id=account.site_id,
            nickname=account.nickname,
            password=password,
            age_confirmed_at=plan.now,
            is_staff=account.is_operator,
            is_superuser=account.is_operator,
            must_change_password=plan.one_time_passwords,
            validate_strength=False,
            now=plan.now,
        )
        open_wallet(user_id=user.pk, now=plan.now)
        plan.passwords[account.site_id] = password
        made.append(account.site_id)
    return made


def invite_code(plan: Plan) -> list[str]:
    """The unlimited development code; production has none."""
    if plan.one_time_passwords:
        return []
    _, made = InviteCode.objects.get_or_create(code=DEVELOPMENT_CODE, defaults={"created_at": plan.now})
    return [f"invite {DEVELOPMENT_CODE}"] if made else []


def events(plan: Plan) -> list[str]:
    """Events, missions and a season to begin with."""
    return demo.seed(now=plan.now)


def banners(plan: Plan) -> list[str]:
    """Lacquer boxes to open."""
    return demo_banners(now=plan.now)


def products(plan: Plan) -> list[str]:
    """Things to buy, and codes that take something off."""
    return shop_demo.seed(now=plan.now)


def recommendations(plan: Plan) -> list[str]:
    """What each segment is shown first."""
    made = segments_demo.seed()
    return [f"recommendations {made}"] if made else []


SEEDERS: Sequence[Callable[[Plan], list[str]]] = (
    accounts,
    invite_code,
    events,
    banners,
    products,
    recommendations,
)


def seed_basic(*, now: datetime) -> tuple[list[str], dict[str, str]]:
    """Make what is missing, all or nothing, one process at a time.

    Returns the names of what was made and, in production, the one-time passwords of new accounts (kept nowhere else).
    """
    plan = Plan(now=now, one_time_passwords=settings.PRODUCTION)
    made: list[str] = []
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEEDING_LOCK])
        for seeder in SEEDERS:
            made += seeder(plan)
    applied = "AUTO_SEED_BASIC 적용: " + (", ".join(made) or "변경 없음")
    log.info(applied)
    return made, plan.passwords if plan.one_time_passwords else {}


def accounts_that_cannot_sign_in(*, now: datetime) -> list[str]:
    """Sign in as each seeded account, by the players' own door, with its development password; name those that fail."""
    failing = []
    for account in ACCOUNTS:
        try:
            session = sign_in(
                name=account.site_id,
                password=account.password,
                kind=SessionKind.TOKEN,
                address=HERE,
                user_agent="seed_basic --check",
                now=now,
            )
        except DomainError:
            failing.append(account.site_id)
        else:
            sessions.revoke(AuthSession.objects.filter(pk=session.pk), reason=RevokedFor.LOGOUT, now=now)
    return failing
