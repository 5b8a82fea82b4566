"""Beats that count at once count every round once."""

from datetime import UTC, datetime, timedelta

import pytest

from games.odds import services
from games.odds.models import ObservedOutcome
from games.slot.services import spin
from tests import factories
from tests.concurrency.together import together

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_rounds_are_counted_once_by_many_counters(monkeypatch):
    monkeypatch.setattr(services, "BATCH", 4)
    player = factories.player()
    for _ in range(30):
        spin(player_id=player.pk, bet_amount=20, lines=20, now=NOW)

    found = together(6, lambda _: services.observe(now=NOW + timedelta(minutes=6)))
    services.observe(now=NOW + timedelta(minutes=6))

    assert all(isinstance(counted, int) for counted in found)
    assert sum(ObservedOutcome.objects.filter(table="line").values_list("count", flat=True)) == 30
