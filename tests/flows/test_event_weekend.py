"""An event weekend: made in the admin, previewed, joined and played by fifty, collected, closed, reported."""

import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db.models import Sum
from django.urls import reverse

from casino_club.core import redis, roles
from economy.ledger.models import Entry
from economy.reconcile.services import reconcile
from economy.rewards.models import UserReward
from events.live import services
from events.live.models import Event, Participation
from events.live.selectors import counts_of
from games.crash.services import place_bet, sweep
from games.slot.services import spin
from tests import factories
from tests.concurrency.together import together
from tests.events.play import fund

pytestmark = pytest.mark.django_db(transaction=True)
FRIDAY = datetime(2026, 11, 27, 18, 0, tzinfo=UTC)
PLAYERS, LAZY, LATE = 50, 8, 5
REWARD = 700
FORM = {
    "title": "주말 단풍 잔치",
    "event_type": "weekly",
    "start_date_0": "2026-11-27",
    "start_date_1": "18:00",
    "end_date_0": "2026-11-30",
    "end_date_1": "00:00",
    "is_active": "on",
    "gold": str(REWARD),
    "priority": "5",
    "requirements-TOTAL_FORMS": "1",
    "requirements-INITIAL_FORMS": "0",
    "requirements-0-metric": "plays",
    "requirements-0-target": "3",
}


def test_an_event_weekend(client):
    roles.sync()
    with time_machine.travel(FRIDAY, tick=False) as clock:
        players = [factories.player().pk for _ in range(PLAYERS)]
        for player in players:
            fund(player, at=FRIDAY, gold=1000)
        operator = factories.browser(factories.operator(role="economy"))

        # An operator makes the event; strangers see it within ten seconds.
        assert operator.post(reverse("admin:events_event_add"), FORM).status_code == 302
        weekend = Event.objects.get()
        (shown,) = client.get("/api/public/events").json()["events"]
        assert (shown["title"], shown["participation_count"]) == ("주말 단풍 잔치", 0)

        # Fifty join at once, each twice. Most of them play; a few never do.
        together(PLAYERS * 2, lambda n: services.join(player_id=players[n % PLAYERS], event_id=weekend.pk, now=FRIDAY))
        clock.shift(timedelta(days=1))
        saturday = FRIDAY + timedelta(days=1)
        for player in players[LAZY:]:
            play_three(player, saturday)
        redis.client().flushdb()
        assert client.get("/api/public/events").json()["events"][0]["participation_count"] == PLAYERS

        # The job notes who is done; most collect, each twice at once; a few leave it for later.
        assert services.complete_reached(now=saturday) == PLAYERS - LAZY
        eager = players[LAZY + LATE :]
        outcomes = together(
            len(eager) * 2,
            lambda n: services.claim(player_id=eager[n // 2], event_id=weekend.pk, now=saturday),
        )
        assert sum(not outcome.idempotent for outcome in outcomes) == len(eager)

        # The event is closed early. What was done can still be collected; what was not, can't be done any more.
        operator.post(
            reverse("admin:events_event_changelist"),
            {"action": "deactivate", "_selected_action": [weekend.pk], "audit_reason": "A test"},
        )
        clock.shift(timedelta(days=6))
        thursday = saturday + timedelta(days=6)
        play_three(players[0], thursday)
        for player in players[LAZY : LAZY + LATE]:
            assert services.claim(player_id=player, event_id=weekend.pk, now=thursday).idempotent is False
        with pytest.raises(services.EventNotCompleted):
            services.claim(player_id=players[0], event_id=weekend.pk, now=thursday)
        clock.shift(timedelta(days=2))
        assert services.complete_reached(now=thursday + timedelta(days=2)) == 0

        # The report, the ledger and reconcile agree.
        page = operator.get(reverse("admin:events_event_report", args=[weekend.pk]))
    time.sleep(0.5)
    sweep()
    claims = PLAYERS - LAZY
    counts = counts_of([weekend.pk])[weekend.pk]
    assert (counts.joined, counts.completed, counts.claimed) == (PLAYERS, claims, claims)
    assert page.context["report"].paid == {"gold": claims * REWARD}
    minted = Entry.objects.filter(reason="event.claim", asset="gold").aggregate(total=Sum("amount"))["total"]
    assert minted == claims * REWARD
    assert UserReward.objects.filter(reward_type="EVENT").count() == claims
    assert Participation.objects.filter(claimed_at__isnull=False).count() == claims
    assert reconcile().violations == 0


def play_three(player: int, now: datetime) -> None:
    """A flight and two paid spins, whatever free ones come between."""
    place_bet(player_id=player, bet_amount=10, auto_cashout=101, now=now)
    paid = 0
    while paid < 2:
        paid += spin(player_id=player, bet_amount=20, lines=1, now=now).wagered > 0
