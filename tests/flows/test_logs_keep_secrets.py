"""The logs of a production node, through every door and every failure: no secret and no personal data in any line."""

import json
import logging
import re
import secrets
from datetime import timedelta
from io import StringIO
from smtplib import SMTPRecipientsRefused

import pytest
import structlog
from django.conf import settings as configured
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from redis.exceptions import ConnectionError as RedisAway

from accounts.recovery import services as recovery
from accounts.recovery.tasks import send_password_resets
from accounts.twofactor import services as twofactor
from accounts.twofactor.models import SecondFactor
from accounts.users.models import User
from casino_club.core import clock, redis
from casino_club.core.logs import logging_config
from casino_club.web.signin import api
from economy.webhooks.delivery import deliver_due
from economy.webhooks.services import send_test_event
from games.fairness.models import SeedPair
from games.slot.services import spin
from tests import factories
from tests.accounts.authenticator import enrol
from tests.economy import webhooks
from tests.flows.test_every_door import OPERATIONS, WRITING, properties

pytestmark = pytest.mark.django_db
EMAIL, PHONE, NICKNAME = "moon.watcher@mail.example", "01098765432", "달지기"
NEVER = {
    "an e-mail": re.compile(r"[\w.+-]+@[\w-]+\.\w+"),
    "a token": re.compile(r"\beyJ[\w-]{10,}"),
    "a password's hash": re.compile(r"argon2"),
    "a phone number": re.compile(r"\b01\d{8,9}\b"),
}


@pytest.fixture
def said():
    """What production's logging writes, from the most talkative level that a node may be set to in earnest."""
    config = logging_config(as_json=True, level="INFO")
    line = {name: value for name, value in config["formatters"]["line"].items() if name != "()"}
    handler = logging.StreamHandler(StringIO())
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(**line))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel("INFO")
    yield handler.stream
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


def post(client, path, body, **headers):
    return client.post(path, body, content_type="application/json", headers={"Idempotency-Key": "k" * 12, **headers})


def a_taken_mail(*_ignored, **_also):
    """PostgreSQL's own words about a row that is there already: they quote its values."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE known (email text UNIQUE) ON COMMIT DROP; INSERT INTO known VALUES (%(mail)s);"
            "INSERT INTO known VALUES (%(mail)s)",
            {"mail": EMAIL},
        )


def try_every_door(client, secret) -> None:
    """Each writing door, as a player and as an operator, with a secret in every field."""
    callers = [factories.bearer(factories.player()), factories.bearer(factories.operator(superuser=True))]
    for number, name in enumerate(WRITING):
        method, path, operation, schema = OPERATIONS[name]
        for who, headers in enumerate(callers):
            client.generic(
                method,
                path,
                json.dumps(dict.fromkeys(properties(operation, schema), secret)),
                content_type="application/json",
                headers={"Idempotency-Key": f"door-{who}-{number:04}", **headers},
            )


def test_no_line_tells_a_secret_or_whom_it_is_about(said, client, settings, monkeypatch):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.OPERATOR_2FA_REQUIRED = False
    held = {"a field of a door": secrets.token_hex(12), "a password": "wild-goose-over-the-moon-9"}
    who = {"site_id": "moonwatcher", "nickname": NICKNAME, "password": held["a password"]}
    held |= {"an e-mail": EMAIL, "a phone number": PHONE, "a sign-in name": who["site_id"], "a nickname": NICKNAME}

    # An account, from signing up to a token that was shown twice and a link that its mail could not carry.
    sign_up = {**who, "invite_code": factories.invite().code, "age_confirmed": True, "phone_number": PHONE}
    signed = post(client, "/api/auth/signup", {**sign_up, "email": EMAIL}).json()
    held |= {"an access token": signed["access_token"], "a refresh token": signed["refresh_token"]}
    player = User.objects.get(site_id=who["site_id"])
    for password in ("wrong-" + held["a password"], held["a password"]):
        post(client, "/api/auth/login", {**who, "password": password})
        client.post("/login", {**who, "password": password})
    held["a session's cookie"] = client.cookies["session"].value
    spin(player_id=player.pk, bet_amount=20, lines=20, now=clock.now())
    held["a seed in use"] = bytes(SeedPair.objects.get(player=player, revealed_at=None).server_seed).hex()
    post(client, "/api/auth/password/reset", {"email": EMAIL})
    with monkeypatch.context() as broken:
        refuse = SMTPRecipientsRefused({EMAIL: (550, b"no such box")})
        broken.setattr(EmailBackend, "send_messages", lambda *_: (_ for _ in ()).throw(refuse))
        recovery.send_due(now=clock.now())
    post(client, "/api/auth/password/reset", {"email": EMAIL})
    recovery.send_due(now=clock.now() + timedelta(hours=1))
    link = next(line for line in mail.outbox[0].body.splitlines() if line.startswith("http"))
    held["a reset's code"] = link.rstrip("/").rpartition("/")[2]
    client.get(reverse("password_reset_confirm", args=[held["a reset's code"]]))
    for _ in range(2):
        post(client, "/api/auth/refresh", {"refresh_token": signed["refresh_token"]})

    # An operator with an authenticator, and a recovery code used up.
    boss = factories.operator(superuser=True, email="boss@mail.example")
    codes = enrol(boss)
    held |= {"a recovery code": codes[0], "an authenticator's secret": SecondFactor.objects.get(pk=boss.pk).secret}
    twofactor.check(user_id=boss.pk, code=codes[0], address="10.0.0.1", now=clock.now())
    client.post("/login", {"site_id": boss.site_id, "password": factories.PASSWORD})
    client.post("/two-factor", {"code": "000000"})

    # A webhook to a receiver that is not there, and one with a forged signature.
    endpoint = webhooks.endpoint()
    held |= {"an endpoint's secret": endpoint.secret, "a webhook key": next(iter(configured.WEBHOOK_KEYS.values()))}
    send_test_event(endpoint_id=endpoint.pk, now=clock.now())
    deliver_due(now=clock.now())
    post(client, "/api/webhooks/partner", {"id": "evt_1", "email": EMAIL}, **{"X-Webhook-Signature": "sig=forged"})

    # Every door, then doors that break in every way: a bug, the database's words, no Redis, a task.
    try_every_door(client, held["a field of a door"])
    bodies = {**sign_up, "site_id": "another", "nickname": "다른이", "email": EMAIL}
    with monkeypatch.context() as broken:
        broken.setattr(api, "sign_up", a_taken_mail)
        assert post(client, "/api/auth/signup", bodies).status_code == 500
        broken.setattr(recovery, "user_behind", lambda *_, **__: 1 / 0)
        assert client.get(reverse("password_reset_confirm", args=[held["a reset's code"]])).status_code == 500
        broken.setattr(recovery, "send_due", a_taken_mail)
        send_password_resets.apply()
    with monkeypatch.context() as broken:
        broken.setattr(redis, "client", lambda: (_ for _ in ()).throw(RedisAway(f"no {configured.REDIS_URL}")))
        client.get("/api/metrics/global")
        post(client, "/api/auth/login", who)
    post(client, "/api/account/delete", {"password": factories.PASSWORD}, **factories.bearer(factories.player()))

    lines = [json.loads(line) for line in said.getvalue().splitlines()]
    events = {line["event"] for line in lines}
    assert {"redis_unavailable", "refresh_token_reused", "recovery_code_used", "password_reset_mail_failed"} <= events
    assert {"account_deleted"} <= events
    assert any("ZeroDivisionError" in line.get("exception", "") for line in lines)
    assert sum("(withheld)" in line.get("exception", "") for line in lines) >= 2
    told = {
        f"{what}: {line}" for what, value in held.items() for line in said.getvalue().splitlines() if str(value) in line
    }
    told |= {
        f"{what}: {line}"
        for what, pattern in NEVER.items()
        for line in said.getvalue().splitlines()
        if pattern.search(line)
    }
    assert told == set()
