"""Crowds at the door: many at once are worth no more than one after another."""

from collections import Counter

import pytest
from django.test import Client

from accounts.lockout.models import SignInAttempt
from accounts.sessions.models import AuthSession, RefreshToken, RevokedFor
from accounts.users.hashers import Argon2idHasher
from accounts.users.models import LoginName, User
from economy.ledger.models import Wallet
from tests import factories
from tests.concurrency.together import together

pytestmark = pytest.mark.django_db(transaction=True)


def post(path: str, body: dict):
    return Client().post(path, body, content_type="application/json")


def codes(answers) -> Counter:
    return Counter(answer.json().get("error", answer.status_code) for answer in answers)


@pytest.fixture
def verifications(monkeypatch) -> list:
    """Every password computed from here on."""
    computed = []
    for method in ("encode", "verify"):
        original = getattr(Argon2idHasher, method)

        def counted(*args, original=original):
            computed.append(1)
            return original(*args)

        monkeypatch.setattr(Argon2idHasher, method, counted)
    return computed


@pytest.mark.parametrize("name", ["moon", "nobody"])
def test_a_hundred_guesses_at_once_run_at_most_five_verifications(name, verifications):
    factories.player(site_id="moon")
    verifications.clear()

    answers = together(100, lambda n: post("/api/auth/login", {"site_id": name, "password": f"guess-number-{n}"}))

    assert codes(answers) == {"invalid_credentials": 5, "login_locked": 95}
    assert len(verifications) == 5
    locked = [answer for answer in answers if answer.status_code == 429]
    assert all(answer.json()["retry_after_minutes"] == 10 and int(answer["Retry-After"]) > 0 for answer in locked)
    assert sorted(SignInAttempt.objects.values_list("attempts", flat=True)) == [5, 5, 5]


def test_guesses_at_many_accounts_from_one_address_stop_at_fifty(settings, verifications):
    settings.LOGIN_ADDRESS_LIMIT = 10

    answers = together(40, lambda n: post("/api/auth/login", {"site_id": f"nobody{n}", "password": "wrong-password"}))

    assert codes(answers) == {"invalid_credentials": 10, "login_locked": 30}
    assert len(verifications) == 10


def test_fifty_uses_of_one_refresh_token_succeed_once():
    session = factories.session(factories.player())
    token = factories.first_tokens(session).refresh

    answers = together(50, lambda n: post("/api/auth/refresh", {"refresh_token": token}))

    assert codes(answers) == {200: 1, "token_invalid": 49}
    assert RefreshToken.objects.count() == 2
    # The others used a spent token: nobody can tell a thief among them, so the family has ended.
    session.refresh_from_db()
    assert session.revoked_for == RevokedFor.TOKEN_REUSED


def application(number: int, **fields) -> dict:
    return {
        "site_id": f"crowd{number}",
        "nickname": f"손님{number}",
        "password": factories.PASSWORD,
        "invite_code": "COME-IN",
        "age_confirmed": True,
    } | fields


def test_the_last_use_of_an_invite_code_goes_to_exactly_one():
    invite = factories.invite(code="COME-IN", max_uses=3, used_count=2)

    answers = together(20, lambda n: post("/api/auth/signup", application(n)))

    assert codes(answers) == {201: 1, "invite_exhausted": 19}
    invite.refresh_from_db()
    assert (invite.used_count, User.objects.count(), Wallet.objects.count()) == (3, 1, 1)


def test_one_application_sent_many_times_makes_one_player():
    factories.invite(code="COME-IN")

    answers = together(20, lambda n: post("/api/auth/signup", application(0)))

    assert codes(answers) == {201: 1, "site_id_taken": 19}
    assert (User.objects.count(), LoginName.objects.count()) == (1, 2)


def test_names_that_differ_in_case_only_make_one_player():
    factories.invite(code="COME-IN")
    spellings = ["crane", "CRANE", "Crane", "cRANE"]

    answers = together(12, lambda n: post("/api/auth/signup", application(n, site_id=spellings[n % 4])))

    assert codes(answers) == {201: 1, "site_id_taken": 11}


def test_newcomers_who_want_each_others_names_never_deadlock():
    factories.invite(code="COME-IN")
    names = ["heron", "crane"]

    def apply(number: int):
        mine, yours = names[number % 2], names[1 - number % 2]
        return post("/api/auth/signup", application(number, site_id=mine, nickname=yours))

    answers = together(10, apply)

    assert codes(answers)[201] == 1
    assert set(codes(answers)) <= {201, "site_id_taken", "nickname_taken"}


def test_one_phone_number_makes_one_player():
    factories.invite(code="COME-IN")

    answers = together(12, lambda n: post("/api/auth/signup", application(n, phone_number="01012345678")))

    assert codes(answers) == {201: 1, "phone_taken": 11}


def test_players_who_swap_nicknames_at_once_neither_deadlock_nor_share_one():
    players = [factories.player(nickname=name) for name in ("달빛", "별빛")]
    headers = [factories.bearer(player) for player in players]
    wanted = ["별빛", "달빛"]

    def rename(number: int):
        return Client().patch(
            "/api/auth/profile",
            {"nickname": wanted[number]},
            content_type="application/json",
            headers=headers[number],
        )

    answers = together(2, rename)

    assert {answer.status_code for answer in answers} <= {200, 409}
    nicknames = list(User.objects.values_list("nickname", flat=True))
    assert len(set(nicknames)) == 2


def test_a_sign_in_with_the_old_password_never_survives_its_change():
    player = factories.player(site_id="moon")
    headers = factories.bearer(player)

    def act(number: int):
        if number == 0:
            body = {"current_password": factories.PASSWORD, "new_password": "crane-over-the-hill"}
            return Client().post("/api/auth/password/change", body, content_type="application/json", headers=headers)
        return post("/api/auth/login", {"site_id": "moon", "password": factories.PASSWORD})

    answers = together(4, act)

    assert answers[0].status_code == 200
    assert AuthSession.objects.filter(user=player, revoked_at__isnull=True).count() == 1
