"""kill -9 of a flush, twenty times, wherever it happens to be: every event is written, and once."""

import os
import random
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from tests.deploy.nodes import database_url

from accounts.telemetry import services
from accounts.telemetry.models import TelemetryEvent
from accounts.telemetry.services import Told
from casino_club.core import clock
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)
KILLS = 20
ROUND = 400
FLUSHES = """
import django; django.setup()
from datetime import timedelta
from accounts.telemetry import services
from casino_club.core import clock
services.BATCH = 7
print("flushing", flush=True)
while True:
    services.flush(now=clock.now() + timedelta(hours=1))
"""


def test_twenty_killed_flushes_lose_and_double_nothing():
    player, now, chances = factories.player(), clock.now(), random.Random(3)
    environment = os.environ | {"DATABASE_URL": database_url(connection.settings_dict["NAME"])}
    environment["DJANGO_SETTINGS_MODULE"] = "casino_club.settings"
    told = [Told("events.fetch_events_success", now, {"number": number}) for number in range(ROUND)]
    flusher = _start(environment)
    for _ in range(KILLS):
        services.accept(user_id=player.pk, told=told, now=now)
        time.sleep(chances.uniform(0, 0.05))
        os.kill(flusher.pid, signal.SIGKILL)
        flusher.wait()
        flusher = _start(environment)
    os.kill(flusher.pid, signal.SIGKILL)
    flusher.wait()

    services.flush(now=clock.now() + timedelta(hours=3))

    assert TelemetryEvent.objects.count() == KILLS * ROUND
    assert services.redis.client().keys("telemetry:*") == []


def _start(environment: dict) -> subprocess.Popen:
    flusher = subprocess.Popen(
        [sys.executable, "-c", FLUSHES],
        cwd=Path(__file__).resolve().parents[2],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert flusher.stdout.readline() == "flushing\n"
    return flusher
