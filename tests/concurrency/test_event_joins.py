"""A popular event under many hands: counts are exact, rewards are paid once, frozen means frozen."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model

from economy.ledger.models import Wallet
from economy.ledger.selectors import wallet_of
from economy.reconcile.services import reconcile
from events.live import operations, services
from events.live.models import Event, EventCount, Participation, ReportedProgress
from events.live.rules import Asked
from events.live.selectors import counts_of
from tests import factories
from tests.concurrency.together import together
from tests.events.play import NOW, draft, event, fund, spin_paid

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + timedelta(minutes=1)


def crowd(size: int) -> list[int]:
    """Players without the cost of a password each: a user and an empty wallet."""
    users = get_user_model().objects.bulk_create(
        get_user_model()(site_id=f"crowd{n}", nickname=f"군중{n}", password="!", created_at=NOW) for n in range(size)
    )
    Wallet.objects.bulk_create(Wallet(player=user) for user in users)
    return [user.pk for user in users]


def test_a_thousand_simultaneous_joins_are_exactly_a_thousand():
    live, players, hands = event(), crowd(1000), 40

    def join(number: int) -> int:
        # Every player joins twice, at the hands of two threads.
        mine = [players[(number * 25 + step) % 1000] for step in range(50)]
        return sum(not services.join(player_id=player, event_id=live.pk, now=NOW).idempotent for player in mine)

    outcomes = together(hands, join)

    assert sum(outcomes) == Participation.objects.filter(event=live).count() == 1000
    assert counts_of([live.pk])[live.pk].joined == 1000
    assert EventCount.objects.filter(event=live).count() == 32
    assert reconcile().violations == 0


def test_twenty_claims_at_once_pay_once():
    live, player = event(), factories.player().pk
    services.join(player_id=player, event_id=live.pk, now=NOW)
    spin_paid(player, at=NOW, times=3)
    before = wallet_of(player).gold

    outcomes = together(20, lambda _: services.claim(player_id=player, event_id=live.pk, now=LATER))

    assert sorted(outcome.idempotent for outcome in outcomes) == [False] + [True] * 19
    assert wallet_of(player).gold == before + 500
    counts = counts_of([live.pk])[live.pk]
    assert (counts.joined, counts.completed, counts.claimed) == (1, 1, 1)
    assert reconcile().violations == 0


def test_a_claim_racing_a_forced_claim_pays_once():
    operator = factories.operator().pk
    for _ in range(5):
        live, player = event(), factories.player().pk
        services.join(player_id=player, event_id=live.pk, now=NOW)
        spin_paid(player, at=NOW, times=3)
        before = wallet_of(player).gold

        def act(number: int, live=live, player=player):
            if number % 2:
                return services.claim(player_id=player, event_id=live.pk, now=LATER)
            return operations.force_claim(
                event_id=live.pk, player_id=player, operator_id=operator, reason="test", now=LATER
            )

        together(6, act)

        assert wallet_of(player).gold == before + 500
    assert reconcile().violations == 0


def test_completion_is_counted_once_by_job_and_readers_together():
    live = event()
    players = [factories.player().pk for _ in range(12)]
    for player in players:
        services.join(player_id=player, event_id=live.pk, now=NOW)
        spin_paid(player, at=NOW, times=3)

    def act(number: int):
        if number % 3 == 0:
            return services.complete_reached(now=LATER)
        return services.states(player_id=players[number], events=[Event.objects.get(pk=live.pk)], now=LATER)

    together(12, act)
    services.complete_reached(now=LATER)

    assert counts_of([live.pk])[live.pk].completed == 12
    assert reconcile().violations == 0


def test_a_change_of_the_reward_and_the_first_join_never_both_win():
    for attempt in range(10):
        live, player = event(), factories.player().pk
        fund(player, at=NOW, gold=1)

        def act(number: int, live=live, player=player):
            if number:
                return services.join(player_id=player, event_id=live.pk, now=NOW)
            return operations.update(event_id=live.pk, draft=draft(rewards={"gold": 999}), now=NOW)

        changed, joined = together(2, act)

        assert joined.idempotent is False
        gold = Event.objects.get(pk=live.pk).gold
        assert gold == (500 if isinstance(changed, operations.EventFrozen) else 999), attempt


def test_many_presses_of_the_seed_button_make_one_event():
    outcomes = together(8, lambda _: operations.seed(operator_id=None, now=NOW))

    assert len({outcome.event.pk for outcome in outcomes}) == Event.objects.count() == 1
    assert sum(not outcome.idempotent for outcome in outcomes) == 1


def test_reports_at_once_never_pass_the_days_cap():
    live, player = event(requirements=(Asked("shares", 9, daily_cap=3),)), factories.player().pk
    services.join(player_id=player, event_id=live.pk, now=NOW)

    def act(number: int) -> int:
        reported = {"shares": number % 5 + 1}
        return services.report(player_id=player, event_id=live.pk, reported=reported, now=LATER).progress["shares"]

    outcomes = together(20, act)

    refused = [outcome for outcome in outcomes if isinstance(outcome, services.DailyCapReached)]
    assert len(refused) == 8
    assert all(outcome <= 3 for outcome in outcomes if outcome not in refused)
    assert ReportedProgress.objects.get().amount == 3
