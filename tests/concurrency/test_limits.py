"""Self-limits under twenty simultaneous bets: reached exactly, never passed."""

from datetime import UTC, datetime

import pytest

from economy.ledger.selectors import wallet_of
from economy.limits.rules import Kind
from economy.limits.selectors import standing_of
from economy.limits.services import SelfLimitReached, pause, set_limits
from economy.reconcile.services import reconcile
from games.slot import rules
from games.slot.services import Spin, spin
from tests import factories
from tests.concurrency.together import together

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2031, 1, 1, 12, tzinfo=UTC)
NOTHING = next((a, b, 0, 0, 0) for a in range(25) for b in range(25) if not rules.outcome_of((a, b, 0, 0, 0), 20).wins)


@pytest.fixture
def player(monkeypatch):
    """A player whose spins all lose."""
    monkeypatch.setattr(rules, "draw_stops", lambda draw: NOTHING)
    return factories.player().pk


def twenty_bets(player):
    return together(20, lambda _: spin(player_id=player, bet_amount=20, lines=20, now=NOW))


@pytest.mark.parametrize("kind", [Kind.WAGER, Kind.LOSS])
@pytest.mark.parametrize(("limit", "played"), [(99, 4), (100, 5), (101, 5), (400, 20), (19, 0)])
def test_a_limit_is_reached_exactly(player, kind, limit, played):
    set_limits(player_id=player, wanted={kind: limit}, now=NOW)

    outcomes = twenty_bets(player)

    assert sum(isinstance(outcome, Spin) for outcome in outcomes) == played
    assert sum(isinstance(outcome, SelfLimitReached) for outcome in outcomes) == 20 - played
    assert standing_of(player, now=NOW).used.wagered == played * 20 <= limit
    assert wallet_of(player).gold == 1000 - played * 20
    assert reconcile().violations == 0


def test_minutes_are_not_passed_by_bets_of_many_minutes_at_once(player):
    set_limits(player_id=player, wanted={Kind.MINUTES: 5}, now=NOW)

    outcomes = together(20, lambda n: spin(player_id=player, bet_amount=20, lines=20, now=NOW.replace(minute=n % 10)))

    assert standing_of(player, now=NOW).used.minutes == 5
    assert sum(isinstance(outcome, Spin) for outcome in outcomes) == 10


def test_a_limit_set_among_bets_holds_for_all_that_come_after_it(player):
    def act(number: int):
        if number == 10:
            return set_limits(player_id=player, wanted={Kind.WAGER: 1}, now=NOW).used.wagered
        return spin(player_id=player, bet_amount=20, lines=20, now=NOW)

    outcomes = together(20, act)

    assert outcomes[10] == standing_of(player, now=NOW).used.wagered


def test_a_break_begun_among_bets_holds_for_all_that_come_after_it(player):
    def act(number: int):
        if number == 10:
            return pause(player_id=player, hours=24, now=NOW).used.wagered
        return spin(player_id=player, bet_amount=20, lines=20, now=NOW)

    outcomes = together(20, act)

    assert outcomes[10] == standing_of(player, now=NOW).used.wagered
    assert reconcile().violations == 0
