"""Signing in, and what a changed password does."""

import pytest
from django.contrib.auth.hashers import identify_hasher

from accounts.lockout.services import LoginLocked
from accounts.sessions.models import AuthSession, RevokedFor, SessionKind
from accounts.signin import services as signin
from accounts.signin.services import InvalidCredentials, change_password, replace_password, sign_in
from accounts.users.hashers import Argon2idHasher
from casino_club.core import clock
from casino_club.core.errors import InvalidInput
from tests import factories

pytestmark = pytest.mark.django_db


def attempt(name: str, password: str = factories.PASSWORD, address: str = "192.0.2.1") -> AuthSession:
    return sign_in(
        name=name, password=password, kind=SessionKind.TOKEN, address=address, user_agent="tests", now=clock.now()
    )


@pytest.mark.parametrize("name", ["moon", "MOON", "달빛", "ｍｏｏｎ"])
def test_one_signs_in_by_either_name_in_any_case(name):
    player = factories.player(site_id="moon", nickname="달빛")
    session = attempt(name)
    assert session.user == player
    player.refresh_from_db()
    assert player.last_login == session.created_at


@pytest.mark.parametrize(("name", "password"), [("moon", "wrong"), ("nobody", factories.PASSWORD), ("달빛", "")])
def test_a_wrong_name_and_a_wrong_password_are_refused_alike(name, password):
    factories.player(site_id="moon", nickname="달빛")
    with pytest.raises(InvalidCredentials):
        attempt(name, password)


def test_a_deactivated_player_is_refused_like_a_stranger():
    player = factories.player(site_id="moon")
    player.is_active = False
    player.save()
    with pytest.raises(InvalidCredentials):
        attempt("moon")


@pytest.mark.parametrize("name", ["moon", "nobody"])
def test_whether_or_not_the_account_exists_one_password_is_computed(name, monkeypatch):
    factories.player(site_id="moon")
    computed = []
    for method in ("encode", "verify"):
        original = getattr(Argon2idHasher, method)
        monkeypatch.setattr(
            Argon2idHasher, method, lambda *args, original=original: computed.append(1) or original(*args)
        )
    with pytest.raises(InvalidCredentials):
        attempt(name, "wrong-password")
    assert len(computed) == 1


def test_the_right_password_is_refused_while_locked_and_never_looked_at(monkeypatch):
    factories.player(site_id="moon")
    for _ in range(5):
        with pytest.raises(InvalidCredentials):
            attempt("moon", "wrong")
    monkeypatch.setattr(signin, "verify_password", lambda *args: pytest.fail("looked at the password"))
    with pytest.raises(LoginLocked):
        attempt("moon")


def test_both_names_of_a_player_share_one_count():
    factories.player(site_id="moon", nickname="달빛")
    for name in ("moon", "달빛", "MOON", "달빛", "moon"):
        with pytest.raises(InvalidCredentials):
            attempt(name, "wrong")
    with pytest.raises(LoginLocked):
        attempt("달빛", "wrong")


def test_unknown_names_are_locked_alike():
    for name in ("nobody", "NOBODY", "nobody", "nobody", "Nobody"):
        with pytest.raises(InvalidCredentials):
            attempt(name, "wrong")
    with pytest.raises(LoginLocked):
        attempt("nobody", "wrong")


def test_a_success_clears_the_failures():
    factories.player(site_id="moon")
    for _ in range(4):
        with pytest.raises(InvalidCredentials):
            attempt("moon", "wrong")
    attempt("moon")
    for _ in range(5):
        with pytest.raises(InvalidCredentials):
            attempt("moon", "wrong")


def test_a_password_of_an_older_strength_is_strengthened_on_sign_in(monkeypatch):
    with monkeypatch.context() as old:
        old.setattr(Argon2idHasher, "time_cost", 1)
        player = factories.player(site_id="moon")
    attempt("moon")
    player.refresh_from_db()
    assert identify_hasher(player.password).must_update(player.password) is False


def test_a_password_changed_while_it_was_being_verified_lets_nobody_in(monkeypatch):
    player = factories.player(site_id="moon")
    verify = signin.verify_password

    def overtaken(password, encoded):
        replace_password(user=player, password="another-password-9", must_change=False, now=clock.now())
        return verify(password, encoded)

    monkeypatch.setattr(signin, "verify_password", overtaken)
    with pytest.raises(InvalidCredentials):
        attempt("moon")
    assert not AuthSession.objects.exists()


def change(session: AuthSession, current: str = factories.PASSWORD, new: str = "crane-over-the-hill") -> int:
    return change_password(
        session=session, current_password=current, new_password=new, address="192.0.2.1", now=clock.now()
    )


def test_a_changed_password_ends_all_other_sessions():
    player = factories.player(site_id="moon", must_change_password=True)
    here, there, cookie = (factories.session(player, kind) for kind in ("token", "token", "cookie"))
    assert change(here) == 2
    here.refresh_from_db()
    there.refresh_from_db()
    cookie.refresh_from_db()
    assert here.revoked_at is None
    assert {there.revoked_for, cookie.revoked_for} == {RevokedFor.PASSWORD_CHANGED}
    player.refresh_from_db()
    assert not player.must_change_password
    assert attempt("moon", "crane-over-the-hill")


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        ("wrong", "crane-over-the-hill", "current_password"),
        (factories.PASSWORD, factories.PASSWORD, "new_password"),
        (factories.PASSWORD, "short", "new_password"),
        (factories.PASSWORD, "password", "new_password"),
    ],
)
def test_a_refused_change_names_its_field_and_changes_nothing(current, new, field):
    player = factories.player()
    here, there = factories.session(player), factories.session(player)
    with pytest.raises(InvalidInput) as refusal:
        change(here, current, new)
    assert list(refusal.value.fields) == [field]
    there.refresh_from_db()
    assert there.revoked_at is None


def test_guessing_the_current_password_is_locked_like_signing_in():
    here = factories.session(factories.player(site_id="moon"))
    for _ in range(5):
        with pytest.raises(InvalidInput):
            change(here, "wrong")
    with pytest.raises(LoginLocked):
        change(here)
