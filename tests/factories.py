"""People and things for tests, made by the product's own services."""

import itertools

from django.contrib.auth.models import Group
from django.test import Client

from accounts.invites.models import InviteCode
from accounts.sessions import services as sessions
from accounts.sessions.models import AuthSession, SessionKind
from accounts.signin import cookies
from accounts.users.models import User
from accounts.users.services import create_user
from casino_club.core import clock, roles
from economy.onboarding.services import open_wallet
from economy.rewards.rules import Amounts
from economy.rewards.services import grant

PASSWORD = "plum-blossom-7"
_numbers = itertools.count(1)


def player(*, site_id: str | None = None, nickname: str | None = None, password: str = PASSWORD, **fields) -> User:
    """Somebody who has signed up: with a wallet and the welcome gift."""
    number = next(_numbers)
    now = clock.now()
    user = create_user(
        site_id=site_id or f"player{number}",
        nickname=nickname or f"플레이어{number}",
        password=password,
        now=now,
        **fields,
    )
    open_wallet(user_id=user.pk, now=now)
    return user


def give(user: User, **amounts: int) -> None:
    """More in the wallet, as a reward: `give(player, gold=500, gems=20)`."""
    grant(
        player_id=user.pk,
        reward_type="TEST",
        amounts=Amounts(**amounts),
        key=f"test:{user.pk}:{next(_numbers)}",
        reason="reward.grant",
        metadata={},
        now=clock.now(),
    )


def operator(*, role: str | None = None, superuser: bool = False, **fields) -> User:
    """An operator: with one role, with all (`superuser`), or with none but looking."""
    number = next(_numbers)
    names = {"site_id": f"operator{number}", "nickname": f"운영자{number}", "password": PASSWORD}
    user = create_user(**(names | fields), is_staff=True, is_superuser=superuser, now=clock.now())
    if role is not None:
        roles.sync()
        user.groups.add(Group.objects.get(name=role))
    return user


def invite(*, code: str | None = None, **fields) -> InviteCode:
    """An invite code, unlimited unless said otherwise."""
    return InviteCode.objects.create(code=code or f"INVITE{next(_numbers)}", created_at=clock.now(), **fields)


def session(user: User, kind: SessionKind = SessionKind.TOKEN) -> AuthSession:
    """A session of the user, as signing in begins it."""
    return sessions.begin(user=user, kind=kind, address="127.0.0.1", user_agent="tests", now=clock.now())


def first_tokens(session: AuthSession) -> sessions.Tokens:
    """The tokens that start the session's family."""
    return sessions.first_tokens(session, now=clock.now())


def bearer(user: User) -> dict[str, str]:
    """Headers of an API client signed in as the user: `client.get(path, headers=bearer(user))`."""
    return {"Authorization": f"Bearer {first_tokens(session(user)).access}"}


def browser(user: User, **kwargs) -> Client:
    """A browser signed in as the user, without the cost of a password."""
    client = Client(**kwargs)
    store = client.session
    store[cookies.KEY] = str(session(user, SessionKind.COOKIE).pk)
    store.save()
    return client
