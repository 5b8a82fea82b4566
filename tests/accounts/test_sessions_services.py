"""Token families: renewed one link at a time, ended at the first sign of theft."""

from datetime import timedelta

import pytest

from accounts.sessions import services as sessions
from accounts.sessions.models import AuthSession, RefreshToken, RevokedFor, SessionKind
from accounts.sessions.selectors import live_session, live_sessions_of
from accounts.sessions.services import TokenInvalid
from accounts.sessions.tokens import access_token, session_id_in
from casino_club.core import clock
from casino_club.core.errors import NotFound
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def session():
    return factories.session(factories.player())


def first_refresh_token(session: AuthSession) -> str:
    return sessions.first_tokens(session, now=clock.now()).refresh


def test_a_refresh_token_is_kept_as_a_hash_only(session):
    token = first_refresh_token(session)
    kept = RefreshToken.objects.values_list("token_hash", flat=True).get()
    assert token not in kept
    assert len(kept) == 64


def test_renewing_gives_new_tokens_of_the_same_session(session):
    token = first_refresh_token(session)
    tokens = sessions.renew(refresh_token=token, now=clock.now())
    assert tokens.refresh != token
    assert session_id_in(tokens.access) == session.pk
    sessions.renew(refresh_token=tokens.refresh, now=clock.now())


def test_renewing_keeps_the_session_alive_for_another_30_days(session):
    later = clock.now() + timedelta(days=29)
    sessions.renew(refresh_token=first_refresh_token(session), now=later)
    session.refresh_from_db()
    assert session.expires_at == later + timedelta(days=30)


def test_a_spent_token_ends_its_whole_family(session):
    spent = first_refresh_token(session)
    newest = sessions.renew(refresh_token=spent, now=clock.now()).refresh
    with pytest.raises(TokenInvalid):
        sessions.renew(refresh_token=spent, now=clock.now())
    session.refresh_from_db()
    assert session.revoked_for == RevokedFor.TOKEN_REUSED
    with pytest.raises(TokenInvalid):
        sessions.renew(refresh_token=newest, now=clock.now())


def test_a_spent_token_leaves_the_players_other_sessions_alone(session):
    other = factories.session(session.user)
    spent = first_refresh_token(session)
    sessions.renew(refresh_token=spent, now=clock.now())
    with pytest.raises(TokenInvalid):
        sessions.renew(refresh_token=spent, now=clock.now())
    assert live_session(other.pk, now=clock.now()) == other


def test_an_unknown_token_is_refused():
    with pytest.raises(TokenInvalid):
        sessions.renew(refresh_token="made-up", now=clock.now())


def test_a_refresh_token_is_over_after_30_days(session):
    token = first_refresh_token(session)
    with pytest.raises(TokenInvalid):
        sessions.renew(refresh_token=token, now=clock.now() + timedelta(days=30))


def test_a_revoked_session_is_not_renewed(session):
    token = first_refresh_token(session)
    sessions.revoke_all(user_id=session.user_id, reason=RevokedFor.LOGOUT_ALL, now=clock.now())
    with pytest.raises(TokenInvalid):
        sessions.renew(refresh_token=token, now=clock.now())
    assert RefreshToken.objects.count() == 1


def test_a_deactivated_player_is_not_renewed(session):
    token = first_refresh_token(session)
    session.user.is_active = False
    session.user.save()
    with pytest.raises(TokenInvalid):
        sessions.renew(refresh_token=token, now=clock.now())


def test_who_is_behind_a_session_is_read_in_one_statement(session, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert live_session(session.pk, now=clock.now()).user.nickname


def test_ending_somebody_elses_session_finds_nothing(session):
    stranger = factories.player()
    with pytest.raises(NotFound):
        sessions.revoke_one(user_id=stranger.pk, session_id=session.pk, now=clock.now())
    assert live_session(session.pk, now=clock.now())


def test_a_session_ends_once(session):
    sessions.revoke_one(user_id=session.user_id, session_id=session.pk, now=clock.now())
    with pytest.raises(NotFound):
        sessions.revoke_one(user_id=session.user_id, session_id=session.pk, now=clock.now())


def test_cookie_sessions_and_token_families_are_one_list(session):
    cookie = factories.session(session.user, SessionKind.COOKIE)
    assert list(live_sessions_of(session.user_id, now=clock.now())) == [cookie, session]


def test_being_seen_is_written_down_at_most_every_quarter_of_an_hour(session, django_assert_num_queries):
    with django_assert_num_queries(0):
        sessions.note_seen(session, now=session.last_seen_at + timedelta(minutes=14))
    later = session.last_seen_at + timedelta(minutes=15)
    sessions.note_seen(session, now=later)
    session.refresh_from_db()
    assert session.last_seen_at == later


def test_purging_a_spent_token_spares_its_living_descendants(session):
    now = clock.now()
    token = first_refresh_token(session)
    for day in (29, 58):
        token = sessions.renew(refresh_token=token, now=now + timedelta(days=day)).refresh
    assert sessions.purge(now=now + timedelta(days=61)) == 1
    assert RefreshToken.objects.count() == 2
    assert sessions.renew(refresh_token=token, now=now + timedelta(days=61))


def test_sessions_long_over_are_purged(session):
    first_refresh_token(session)
    assert sessions.purge(now=session.expires_at + timedelta(days=29)) == 0
    sessions.purge(now=session.expires_at + timedelta(days=31))
    assert not AuthSession.objects.exists()


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "eyJhbGciOiJub25lIn0.eyJzaWQiOiIxIn0.", "\x00"])
def test_what_is_no_access_token_names_no_session(token):
    assert session_id_in(token) is None


def test_a_token_signed_by_another_key_names_no_session(session):
    import jwt

    forged = jwt.encode(
        {"sid": str(session.pk), "token_type": "access", "exp": 4102444800}, "x" * 40, algorithm="HS256"
    )
    assert session_id_in(forged) is None


def test_an_access_token_is_over_after_half_an_hour(session):
    issued = clock.now() - timedelta(minutes=30, seconds=1)
    assert session_id_in(access_token(session_id=session.pk, user_id=1, now=issued)) is None
    fresh = access_token(session_id=session.pk, user_id=1, now=issued + timedelta(seconds=10))
    assert session_id_in(fresh) == session.pk
