"""Beginning, renewing and ending sessions.

Renewal: a refresh token can have one successor, and the unique index on the successor's parent decides between many
simultaneous uses. Whoever comes second has used a spent token, and that ends the whole family at once (RFC 9700,
4.14.2): the server cannot tell an impatient client from a thief, so a client must not renew twice at the same time.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.contrib.sessions.models import Session as CookieSession
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.sessions import tokens
from accounts.sessions.models import AuthSession, RefreshToken, RevokedFor, SecondFactorState, SessionKind
from accounts.sessions.selectors import LiveSession
from accounts.users.models import User
from casino_club.core import metrics, presence
from casino_club.core.errors import DomainError, NotFound

log = structlog.get_logger(__name__)
SEEN_EVERY = timedelta(minutes=15)
KEPT_AFTER_END = timedelta(days=30)
_begun = metrics.counter("sessions_begun_total", "Sessions that began.", ["kind"])
_reused = metrics.counter("refresh_token_reuse_total", "Refresh tokens used a second time, each ending its family.")


class TokenInvalid(DomainError):
    code = "token_invalid"
    status = 401
    message = _("Your session has ended. Please sign in again.")


@dataclass(frozen=True)
class Tokens:
    """What an API client is given: a signed access token and the refresh token that follows it."""

    access: str
    refresh: str


def begin(
    *,
    user: User,
    kind: SessionKind,
    address: str,
    user_agent: str,
    second_factor: SecondFactorState = SecondFactorState.NONE,
    now: datetime,
) -> AuthSession:
    """A new session of a user who has just proved who they are."""
    lifetime = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    if kind == SessionKind.TOKEN:
        lifetime = settings.REFRESH_TOKEN_LIFETIME
    metrics.committed(_begun.labels(kind))
    return AuthSession.objects.create(
        user=user,
        kind=kind,
        address=address,
        user_agent=user_agent[: AuthSession._meta.get_field("user_agent").max_length],
        second_factor=second_factor,
        created_at=now,
        last_seen_at=now,
        expires_at=now + lifetime,
    )


def first_tokens(session: AuthSession, *, now: datetime) -> Tokens:
    """The tokens that start the session's family."""
    refresh = tokens.new_refresh_token()
    RefreshToken.objects.create(
        session=session,
        token_hash=tokens.refresh_token_hash(refresh),
        created_at=now,
        expires_at=now + settings.REFRESH_TOKEN_LIFETIME,
    )
    return Tokens(access=_access(session, now), refresh=refresh)


def renew(*, refresh_token: str, now: datetime) -> Tokens:
    """Spend a refresh token for new tokens; exactly one of many simultaneous uses succeeds.

    Raises TokenInvalid for a token that is unknown, over, revoked or spent; a spent one revokes its family first.
    """
    refresh = tokens.new_refresh_token()
    with transaction.atomic():
        parent = _usable(refresh_token, now)
        renewed = _succeed(parent, refresh, now)
        if renewed:
            _extend(parent.session, now)
    if not renewed:
        _reused.inc()
        log.warning("refresh_token_reused", session=str(parent.session_id), user=parent.session.user_id)
        revoke(AuthSession.objects.filter(pk=parent.session_id), reason=RevokedFor.TOKEN_REUSED, now=now)
        raise TokenInvalid
    return Tokens(access=_access(parent.session, now), refresh=refresh)


def revoke(sessions: QuerySet[AuthSession], *, reason: RevokedFor, now: datetime) -> int:
    """End those of the sessions that are not ended yet; returns how many. They are refused on their next request."""
    return sessions.filter(revoked_at__isnull=True).update(revoked_at=now, revoked_for=reason)


def revoke_one(*, user_id: int, session_id: uuid.UUID, now: datetime) -> None:
    """End one of the user's own live sessions. Raises NotFound for anybody else's, and for one that is over."""
    own = AuthSession.objects.filter(pk=session_id, user_id=user_id, expires_at__gt=now)
    if not revoke(own, reason=RevokedFor.ENDED, now=now):
        raise NotFound


def revoke_all(*, user_id: int, reason: RevokedFor, now: datetime, except_id: uuid.UUID | None = None) -> int:
    """End the user's sessions, all or all but one; returns how many."""
    sessions = AuthSession.objects.filter(user_id=user_id)
    if except_id is not None:
        sessions = sessions.exclude(pk=except_id)
    return revoke(sessions, reason=reason, now=now)


def note_seen(session: AuthSession | LiveSession, *, now: datetime) -> None:
    """Remember that the session is in use, and that its player, where it is a player's, is online."""
    if not session.is_operators:
        presence.mark(session.user_id, now=now)
    touch(session, now=now)


def touch(session: AuthSession | LiveSession, *, now: datetime) -> None:
    """Remember that the session is in use, at most once in `SEEN_EVERY`."""
    if now - session.last_seen_at >= SEEN_EVERY:
        AuthSession.objects.filter(pk=session.pk, last_seen_at__lt=now).update(last_seen_at=now)


def purge(*, now: datetime, batch: int = 1000) -> int:
    """Delete sessions and tokens a month after their end, and what cookies past their date stood for; in batches."""
    gone = 0
    for rows in (
        RefreshToken.objects.filter(expires_at__lt=now - KEPT_AFTER_END),
        AuthSession.objects.filter(expires_at__lt=now - KEPT_AFTER_END),
        CookieSession.objects.filter(expire_date__lt=now),
    ):
        while ids := list(rows.values_list("pk", flat=True)[:batch]):
            rows.model.objects.filter(pk__in=ids).delete()
            gone += len(ids)
    return gone


def _usable(refresh_token: str, now: datetime) -> RefreshToken:
    token_hash = tokens.refresh_token_hash(refresh_token)
    parent = RefreshToken.objects.select_related("session__user").filter(token_hash=token_hash).first()
    if parent is None or parent.expires_at <= now or not parent.session.user.is_active:
        raise TokenInvalid
    return parent


def _succeed(parent: RefreshToken, refresh: str, now: datetime) -> bool:
    """Insert the one successor; False when there is one. A simultaneous use waits here for the first to commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO accounts_refreshtoken (session_id, token_hash, parent_id, created_at, expires_at)
            VALUES (%s, %s, %s, %s, %s)
            ON CONFLICT ON CONSTRAINT accounts_refresh_token_one_successor DO NOTHING
            """,
            [
                parent.session_id,
                tokens.refresh_token_hash(refresh),
                parent.pk,
                now,
                now + settings.REFRESH_TOKEN_LIFETIME,
            ],
        )
        return cursor.rowcount == 1


def _extend(session: AuthSession, now: datetime) -> None:
    live = AuthSession.objects.filter(pk=session.pk, revoked_at__isnull=True, expires_at__gt=now)
    if not live.update(last_seen_at=now, expires_at=now + settings.REFRESH_TOKEN_LIFETIME):
        raise TokenInvalid


def _access(session: AuthSession, now: datetime) -> str:
    return tokens.access_token(session_id=session.pk, user_id=session.user_id, now=now)
