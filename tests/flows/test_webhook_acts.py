"""What happens in the house is told outside, exactly if it happened: sign-ups, collected rewards, jackpots."""

import pytest
from django.db import transaction

from accounts.invites.services import InviteExhausted
from casino_club.core import clock
from economy.models import WebhookEvent
from economy.onboarding.services import sign_up
from events.live import services as events
from games.slot import rules as slot
from games.slot.services import spin
from tests import factories
from tests.economy import webhooks
from tests.events import play

pytestmark = pytest.mark.django_db
MOONS = tuple(strip.index("moon") for strip in slot.CURRENT.strips)
NOTHING = next((a, b, 0, 0, 0) for a in range(25) for b in range(25) if not slot.outcome_of((a, b, 0, 0, 0), 20).wins)


def told():
    return [(event.type, event.payload["data"]) for event in WebhookEvent.objects.order_by("id")]


def join(site_id="newcomer"):
    return sign_up(
        site_id=site_id,
        nickname=f"{site_id}-n",
        password=factories.PASSWORD,
        invite_code="CODE",
        age_confirmed=True,
        now=clock.now(),
    )


def test_a_sign_up_is_told_and_a_refused_one_is_not():
    factories.invite(code="CODE", max_uses=1)
    webhooks.endpoint()

    user = join()
    with pytest.raises(InviteExhausted):
        join("too-late")

    assert told() == [("player.registered", {"player_id": user.pk})]


def test_a_collected_reward_is_told_once():
    webhooks.endpoint()
    player = factories.player()
    event = play.event(rewards={"gold": 500})
    events.join(player_id=player.pk, event_id=event.pk, now=play.NOW)
    play.play(player.pk, at=play.NOW, times=3)

    for _ in range(2):
        events.claim(player_id=player.pk, event_id=event.pk, now=play.NOW)

    ((kind, data),) = told()
    assert kind == "event.claimed"
    assert (data["event_id"], data["player_id"], data["forced"]) == (event.pk, player.pk, False)
    assert data["rewards"]["gold"] == 500


def test_what_is_rolled_back_is_not_told():
    webhooks.endpoint()
    player = factories.player()
    event = play.event(rewards={"gold": 500})
    events.join(player_id=player.pk, event_id=event.pk, now=play.NOW)
    play.play(player.pk, at=play.NOW, times=3)

    with transaction.atomic():
        events.claim(player_id=player.pk, event_id=event.pk, now=play.NOW)
        transaction.set_rollback(True)

    assert told() == []


def test_a_jackpot_is_told_and_an_ordinary_spin_is_not(monkeypatch):
    webhooks.endpoint()
    player = factories.player()
    monkeypatch.setattr(slot, "draw_stops", lambda draw: MOONS)

    won = spin(player_id=player.pk, bet_amount=100, lines=20, now=clock.now())
    monkeypatch.setattr(slot, "draw_stops", lambda draw: NOTHING)
    spin(player_id=player.pk, bet_amount=100, lines=20, now=clock.now())

    assert told() == [
        (
            "jackpot.won",
            {
                "game": "slot",
                "round_id": won.round_id,
                "player_id": player.pk,
                "bet_amount": 100,
                "win_amount": won.win,
            },
        )
    ]
