"""kill -9 of the sender while it delivers to a receiver that fails at random: all arrive, none is applied twice."""

import os
import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from casino_club.core import clock
from economy.webhooks.delivery import deliver_due
from economy.webhooks.models import WebhookAttempt, WebhookEvent
from economy.webhooks.services import publish, replay
from tests import factories
from tests.databases import database_url
from tests.economy import webhooks
from tests.economy.receiver import Receiver, receiving

pytestmark = pytest.mark.django_db(transaction=True)
EVENTS, KILLS = 500, 20
SENDER = Path(__file__).with_name("webhook_sender.py")


class Books:
    """A receiver as our documentation asks for it: applies an event once by its id, and then fails now and then."""

    def __init__(self):
        self.lock, self.applied, self.repeats = threading.Lock(), {}, 0

    def __call__(self, received):
        time.sleep(random.uniform(0, 0.01))
        luck, event_id = random.random(), received.headers["webhook-id"]
        if luck < 0.15:
            return random.choice([500, 502, 503]), {}
        with self.lock:
            self.repeats += event_id in self.applied
            self.applied.setdefault(event_id, received.body)
        return (500 if luck < 0.3 else 200), {}


def environment():
    return os.environ | {
        "DATABASE_URL": database_url(),
        "DJANGO_SETTINGS_MODULE": "casino_club.settings",
        "PYTHONPATH": str(SENDER.parents[2]),
        "WEBHOOK_ALLOWED_PRIVATE_HOSTS": "127.0.0.1",
        "LOG_LEVEL": "ERROR",
    }


def test_twenty_kills_lose_nothing_and_apply_nothing_twice(settings):
    settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS = ["127.0.0.1"]
    books, now = Books(), clock.now()
    with receiving(Receiver(books)) as receiver:
        webhooks.endpoint(url=receiver.url)
        for number in range(EVENTS):
            publish(event_type="purchase.paid", payload={"purchase_id": number}, now=now)

        sender = subprocess.run(
            [sys.executable, SENDER, str(KILLS)], env=environment(), capture_output=True, text=True, check=False
        )
        assert sender.returncode == 0, sender.stderr
        assert sender.stdout.split().count("killed") == KILLS, "the sender was done before it was killed often enough"

        # Of five hundred one may meet six failures in a row: an operator sends it again.
        given_up = WebhookEvent.objects.filter(status="FAILED")
        operator = factories.operator(role="security")
        while ids := list(given_up.values_list("pk", flat=True)):
            for event_id in ids:
                replay(event_id=event_id, operator_id=operator.pk, reason="", now=now)
            deliver_due(now=now)

    assert set(WebhookEvent.objects.values_list("status", flat=True)) == {"DELIVERED"}
    assert set(books.applied) == set(WebhookEvent.objects.values_list("external_id", flat=True))
    assert len(books.applied) == EVENTS
    # Attempts whose sender died before it could note them are no attempts of the six.
    assert WebhookAttempt.objects.count() <= len(receiver.received)
    assert not WebhookEvent.objects.filter(attempt_count__gt=6, status="FAILED").exists()
