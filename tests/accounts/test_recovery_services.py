"""A forgotten password: one mail each, by a real SMTP server, with a link that works once and for an hour."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.utils import translation

from accounts.lockout import services as lockout
from accounts.recovery import rules, services
from accounts.recovery.models import ResetMail
from accounts.sessions.models import SessionKind
from accounts.sessions.selectors import live_sessions_of
from accounts.signin.services import deactivate, sign_in
from accounts.users.models import User
from casino_club.core.errors import InvalidInput, RateLimited
from casino_club.core.models import Alert
from tests import factories
from tests.accounts.mailbox import Mailbox

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
EMAIL = "Moon.Watcher@example.com"
NEW = "crane-over-the-hill-9"


@pytest.fixture
def player():
    return factories.player(site_id="moonwatcher", email=EMAIL)


@pytest.fixture
def smtp(settings):
    with Mailbox() as mailbox:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mailbox.port
        yield mailbox
        mailbox.shutdown()


def ask(email=EMAIL, *, language="ko", address="10.0.0.1", now=NOW):
    services.ask(email=email, language=language, address=address, now=now)


def code_in(text: str) -> str:
    return re.search(r"/password/reset/(\S+)", text)[1]


def reset(code, *, password=NEW, now=NOW):
    services.reset(code=code, new_password=password, address="10.0.0.1", now=now)


def test_the_mail_goes_by_smtp_and_its_link_sets_a_new_password(player, smtp, settings):
    settings.SITE_URL = "https://casino.example"
    session = factories.session(player)
    ask(EMAIL.lower())

    assert services.send_due(now=NOW) == 1
    assert services.send_due(now=NOW) == 0
    (message,) = smtp.messages
    body = message.get_content()
    assert (message["To"], message["Subject"]) == (EMAIL, "Casino-Club 새 비밀번호")
    assert message["From"] == settings.DEFAULT_FROM_EMAIL
    assert "https://casino.example/password/reset/" in body
    assert "moonwatcher" in body
    assert "60분" in body

    reset(code_in(body), now=NOW + timedelta(minutes=59))

    assert not live_sessions_of(player.pk, now=session.created_at).exists()
    began = sign_in(
        name="moonwatcher", password=NEW, kind=SessionKind.TOKEN, address="10.0.0.9", user_agent="", now=NOW
    )
    assert began.user_id == player.pk


def test_a_busy_server_is_asked_again_later(player, smtp):
    smtp.busy = 1
    ask()

    assert services.send_due(now=NOW) == 0
    assert services.send_due(now=NOW + timedelta(seconds=59)) == 0
    assert services.send_due(now=NOW + timedelta(seconds=60)) == 1
    assert len(smtp.messages) == 1
    assert not ResetMail.objects.exists()


def test_a_mail_that_never_goes_is_given_up_and_told_to_the_operators(player, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    ask()

    for attempt in range(rules.MOST_ATTEMPTS):
        assert services.send_due(now=NOW + timedelta(hours=attempt)) == 0

    assert not ResetMail.objects.exists()
    assert Alert.objects.get(rule="mail_not_sent").resolved_at is None


@pytest.mark.parametrize(
    ("chosen", "asked", "subject"), [("en", "ko", "A new"), ("", "en", "A new"), ("ko", "en", "새")]
)
def test_the_mail_is_in_the_users_language_or_the_askers(chosen, asked, subject):
    factories.player(email=EMAIL, language=chosen)
    ask(language=asked)

    with translation.override("ko" if subject == "A new" else "en"):
        services.send_due(now=NOW)

    assert subject in mail.outbox[0].subject


def test_nobody_else_gets_a_mail(player):
    deactivate(user_id=factories.player(email="banned@example.com").pk, now=NOW)
    factories.player(email=None)
    for email in ("banned@example.com", "nobody@example.com", "", "%", "moon.watcher@example.co"):
        ask(email, address=f"10.0.1.{len(email)}")

    assert services.send_due(now=NOW) == 0
    assert mail.outbox == []


def test_asking_twice_sends_one_mail_and_each_account_of_an_e_mail_has_its_own(player):
    factories.player(site_id="moon-two", email=EMAIL.upper())
    ask()
    ask()

    assert services.send_due(now=NOW) == 2
    assert {"moonwatcher", "moon-two"} == {
        name for name in ("moonwatcher", "moon-two") for message in mail.outbox if name in message.body
    }


def test_who_asks_too_often_waits_whether_or_not_there_is_an_account(player, settings):
    settings.RATE_PASSWORD_RESETS_PER_HOUR = 6
    for email in (EMAIL, "nobody@example.com"):
        ask(email, address=f"{email}-1")
        ask(email.upper(), address=f"{email}-2")
        with pytest.raises(RateLimited):
            ask(email, address=f"{email}-3")
    for number in range(6):
        ask(f"{number}@example.com", address="one")
    with pytest.raises(RateLimited):
        ask("last@example.com", address="one")


def test_a_link_works_once_within_the_hour_and_only_while_nothing_changed(player):
    code = rules.code_for(player, NOW)
    late = NOW + timedelta(minutes=60, seconds=1)
    stranger = factories.player()
    wrong = ["", "x", "1-", "-", f"{player.pk}-x-y", f"{stranger.pk}-{code.split('-', 1)[1]}", f"{10**30}-a-b", "٣-a-b"]

    for given, now in [(one, NOW) for one in wrong] + [(code, late)]:
        assert services.user_behind(given, now=now) is None
        with pytest.raises(services.ResetLinkInvalid):
            reset(given, now=now)
    reset(code)
    with pytest.raises(services.ResetLinkInvalid):
        reset(code, password="another-good-one-7")
    sign_in(name=player.site_id, password=NEW, kind=SessionKind.TOKEN, address="10.0.0.9", user_agent="", now=NOW)


def test_a_sign_in_voids_older_links(player):
    code = rules.code_for(player, NOW)

    sign_in(
        name=player.site_id,
        password=factories.PASSWORD,
        kind=SessionKind.TOKEN,
        address="10.0.0.9",
        user_agent="",
        now=NOW,
    )

    assert services.user_behind(code, now=NOW) is None


def test_a_weak_password_is_refused_and_the_link_stays_good(player):
    code = rules.code_for(player, NOW)

    for weak in ("short", "password1", "12345678901", "moonwatcher", "x" * 129):
        with pytest.raises(InvalidInput) as refusal:
            reset(code, password=weak)
        assert "new_password" in refusal.value.fields
    reset(code)


def test_a_reset_opens_the_lock_and_ends_the_one_time_password(player):
    User.objects.filter(pk=player.pk).update(must_change_password=True)
    player.refresh_from_db()
    for _ in range(5):
        lockout.reserve(account=f"user:{player.pk}", address="10.0.0.1", now=NOW)

    reset(rules.code_for(player, NOW))

    assert not User.objects.get(pk=player.pk).must_change_password
    sign_in(name="moonwatcher", password=NEW, kind=SessionKind.TOKEN, address="10.0.0.1", user_agent="", now=NOW)


def test_an_account_without_a_usable_password_can_be_opened_by_mail(player):
    player.set_unusable_password()
    player.save()
    ask()
    services.send_due(now=NOW)

    reset(code_in(mail.outbox[0].body))

    assert User.objects.get(pk=player.pk).has_usable_password()


def test_the_queue_and_redis_hold_no_e_mail(player):
    from casino_club.core import redis

    ask()

    assert EMAIL.lower() not in str(ResetMail.objects.values().get()).lower()
    assert EMAIL.lower() not in str(redis.client().keys("*")).lower()
