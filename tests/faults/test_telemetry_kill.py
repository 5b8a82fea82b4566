"""kill -9 of a flush, twenty times, wherever it happens to be: every event is written, and once."""

import multiprocessing
import random
import time
from datetime import timedelta

import pytest
from django.db import connection

from accounts.telemetry import services
from accounts.telemetry.models import TelemetryEvent
from accounts.telemetry.services import Told
from casino_club.core import clock, redis
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
KILLS = 20
ROUND = 100


def test_twenty_killed_flushes_lose_and_double_nothing(monkeypatch):
    monkeypatch.setattr(services, "BATCH", 7)
    player, now, chances = factories.player(), clock.now(), random.Random(3)
    told = [Told("events.fetch_events_success", now, {"number": number}) for number in range(ROUND)]
    left_behind = 0
    for _ in range(KILLS):
        services.accept(user_id=player.pk, told=told, now=now)
        connection.close()  # a fork must not share it
        flusher = multiprocessing.get_context("fork").Process(target=_flush_and_flush)
        flusher.start()
        time.sleep(chances.uniform(0.01, 0.08))
        flusher.kill()
        flusher.join()
        left_behind += redis.client().zcard(services.BATCHES)

    services.flush(now=clock.now() + timedelta(hours=3))

    assert left_behind
    assert TelemetryEvent.objects.count() == KILLS * ROUND
    assert redis.client().keys("telemetry:*") == []


def _flush_and_flush() -> None:
    while True:
        services.flush(now=clock.now() + timedelta(hours=1))
