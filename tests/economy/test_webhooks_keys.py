"""`manage.py webhook_keys`: where a rotation stands, and the next key."""

import json
import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from casino_club.core import clock, signing
from economy.webhooks import sources
from economy.webhooks.delivery import deliver_due
from economy.webhooks.services import publish
from tests.economy import webhooks
from tests.economy.receiver import Receiver, receiving
from tests.economy.webhook_posts import Message, post

pytestmark = pytest.mark.django_db
OLD, NEXT = "old-secret-0123456789-0123456789-0123", "next-secret-0123456789-0123456789-012"


def said(*arguments):
    out = StringIO()
    call_command("webhook_keys", *arguments, stdout=out)
    return out.getvalue()


def test_it_says_who_signs_and_when_each_key_was_used(settings, monkeypatch):
    monkeypatch.setitem(sources._sources, "tests", sources.Source(lambda event, now: None))
    settings.WEBHOOK_KEYS, settings.WEBHOOK_ACTIVE_KID = {"old": OLD, "next": NEXT}, "next"
    settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS = ["127.0.0.1"]
    post(Message().signed(signing.Keys.of(settings.WEBHOOK_KEYS, "old")))
    with receiving(Receiver()) as receiver:
        webhooks.endpoint(url=receiver.url)
        publish(event_type="jackpot.won", payload={}, now=clock.now())
        deliver_due(now=clock.now())

    old, new = said().splitlines()

    assert re.fullmatch(r"old: is accepted; last sent with: never; last received with: 20.*Z", old)
    assert re.fullmatch(r"next: signs and is accepted; last sent with: 20.*Z; last received with: never", new)


def test_a_key_that_was_taken_out_is_still_told_of(settings, monkeypatch):
    monkeypatch.setitem(sources._sources, "tests", sources.Source(lambda event, now: None))
    settings.WEBHOOK_KEYS, settings.WEBHOOK_ACTIVE_KID = {"old": OLD}, "old"
    post(Message().signed())
    settings.WEBHOOK_KEYS, settings.WEBHOOK_ACTIVE_KID = {"next": NEXT}, "next"

    assert "old: not listed (taken out, or a source's own); last received with: 20" in said()


def test_it_never_shows_the_secrets_that_are_listed(settings):
    settings.WEBHOOK_KEYS, settings.WEBHOOK_ACTIVE_KID = {"old": OLD}, "old"

    assert OLD not in said() + said("--new")


def test_a_new_key_can_be_used_as_it_is_printed(settings):
    settings.WEBHOOK_KEYS, settings.WEBHOOK_ACTIVE_KID = {"old": OLD}, "old"

    text = said("--new")

    listed = json.loads(re.search(r"WEBHOOK_KEYS=(\{.*\})", text)[1])
    (kid,) = listed.keys() - {"old"}
    assert f"WEBHOOK_ACTIVE_KID={kid}" in text
    assert signing.Keys.of({"old": OLD, kid: listed[kid]}, kid).active == kid
    assert len(listed[kid]) >= 32


def test_without_keys_it_says_so(settings):
    settings.WEBHOOK_KEYS, settings.WEBHOOK_ACTIVE_KID = {}, ""

    assert "no keys" in said()


def test_keys_that_do_not_fit_are_an_error(settings):
    settings.WEBHOOK_KEYS, settings.WEBHOOK_ACTIVE_KID = {"old": OLD}, "other"

    with pytest.raises(CommandError, match="other"):
        said()
