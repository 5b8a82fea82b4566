"""A spin moves gold, XP, statistics, nonce and streak together, or nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction

from casino_club.core.errors import InvalidInput
from economy.ledger.models import Entry
from economy.ledger.selectors import wallet_of
from economy.ledger.services import InsufficientGold, WalletMissing
from economy.streaks.models import AttendanceDay
from games.fairness.models import SeedPair
from games.fairness.rules import Draw
from games.rounds.models import Round
from games.slot import rules
from games.slot.models import FreeSpins
from games.slot.services import spin
from games.stats.models import DailyGameStats, UserGameStats
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

# Stops whose outcome on 20 lines is known.
NOTHING = next((a, b, 0, 0, 0) for a in range(25) for b in range(25) if not rules.outcome_of((a, b, 0, 0, 0), 20).wins)
MOONS = tuple(strip.index("moon") for strip in rules.CURRENT.strips)
SCATTERS = (0, 0, rules.CURRENT.strips[2].index("scatter"), 0, rules.CURRENT.strips[4].index("scatter"))


@pytest.fixture
def player():
    return factories.player()


@pytest.fixture
def reels(monkeypatch):
    """Let the reels stop where the test says, spin after spin."""

    def stop_at(*spins):
        coming = iter(spins)
        monkeypatch.setattr(rules, "draw_stops", lambda draw: next(coming))

    return stop_at


def _spin(player, bet=100, lines=20, now=NOW):
    return spin(player_id=player.pk, bet_amount=bet, lines=lines, now=now)


def _entries(player, round_id):
    return {
        (entry.reason, entry.asset): (entry.amount, entry.units)
        for entry in Entry.objects.filter(player_id=player.pk, reference=f"round:{round_id}")
    }


def test_a_losing_spin_takes_the_bet_and_gives_its_xp(player, reels):
    reels(NOTHING)

    result = _spin(player, bet=155)

    assert (result.win, result.wagered, result.balance) == (0, 155, 845)
    assert _entries(player, result.round_id) == {("slot.bet", "gold"): (-155, 1), ("play.xp", "xp"): (15, 1)}
    assert wallet_of(player.pk).gold == 845


def test_a_winning_spin_pays_what_the_lines_add_up_to(player, reels):
    reels(MOONS)
    outcome = rules.outcome_of(MOONS, 20)

    result = _spin(player, bet=100)

    assert result.win == 100 * outcome.line_multipliers // 20 >= 100 * 2500 // 20
    assert result.outcome.is_jackpot
    assert result.balance == 1000 - 100 + result.win
    assert _entries(player, result.round_id)["slot.win", "gold"] == (result.win, 1)


def test_a_payout_below_the_bet_is_no_win_in_the_tally(player, reels):
    stops = next(
        (a, b, c, 0, 0)
        for a in range(25)
        for b in range(25)
        for c in range(25)
        if 0 < rules.outcome_of((a, b, c, 0, 0), 20).line_multipliers < 20
    )
    reels(stops)

    result = _spin(player)

    assert 0 < result.win < 100
    assert _entries(player, result.round_id)["slot.win", "gold"] == (result.win, 0)
    stats = UserGameStats.objects.get(user=player)
    assert (stats.total_wins, stats.total_losses) == (0, 1)


def test_the_round_tells_everything_that_happened(player, reels):
    reels(MOONS)

    result = _spin(player, bet=40, lines=7)

    played = Round.objects.get(pk=result.round_id)
    pair = SeedPair.objects.get(player=player)
    assert (played.status, played.bet, played.win) == ("settled", 40, result.win)
    assert played.multiplier == result.win * 100 // 40
    assert (played.seed_pair_id, played.nonce, played.odds_version) == (pair.pk, 0, rules.CURRENT.version)
    assert played.outcome["stops"] == list(MOONS)
    assert played.outcome["reels"] == [list(reel) for reel in result.outcome.reels]
    assert (played.outcome["stake"], played.outcome["lines"]) == (40, 7)
    assert (played.created_at, played.settled_at) == (NOW, NOW)


def test_the_draw_is_the_one_the_seed_pair_commits_to(player):
    result = _spin(player)

    pair = SeedPair.objects.get(player=player)
    assert result.ticket.server_seed_hash == pair.server_seed_hash
    assert result.outcome.stops == rules.draw_stops(Draw(bytes(pair.server_seed), pair.client_seed, 0))


def test_nonces_count_up_without_gaps(player):
    nonces = [_spin(player, bet=20).ticket.nonce for _ in range(5)]

    assert nonces == [0, 1, 2, 3, 4]
    assert SeedPair.objects.get(player=player).next_nonce == 5


def test_a_spin_that_cannot_be_paid_is_refused_even_if_it_would_win(player, reels):
    reels(MOONS)

    with pytest.raises(InsufficientGold):
        _spin(player, bet=1001)


def test_a_refused_spin_leaves_no_trace(player):
    _spin(player, bet=20)
    gold = wallet_of(player.pk).gold

    with pytest.raises(InsufficientGold):
        _refused_in_its_own_transaction(player)

    assert wallet_of(player.pk).gold == gold
    assert Round.objects.filter(player=player).count() == 1
    assert SeedPair.objects.get(player=player).next_nonce == 1
    assert UserGameStats.objects.get(user=player).rounds == 1


def _refused_in_its_own_transaction(player):
    with transaction.atomic():
        _spin(player, bet=10_000)


@pytest.mark.parametrize(
    ("bet", "lines", "field"),
    [(19, 20, "bet_amount"), (10_001, 20, "bet_amount"), (100, 0, "lines"), (100, 21, "lines")],
)
def test_bets_outside_the_table_are_refused(player, bet, lines, field):
    with pytest.raises(InvalidInput) as refused:
        _spin(player, bet=bet, lines=lines)

    assert list(refused.value.fields) == [field]


def test_an_account_without_a_wallet_cannot_play():
    with pytest.raises(WalletMissing):
        _spin(factories.operator())


def test_scatters_give_free_spins_at_the_same_bet_and_lines(player, reels):
    reels(SCATTERS, NOTHING, MOONS)

    won = _spin(player, bet=100, lines=20)
    before = wallet_of(player.pk).gold
    first = _spin(player, bet=20, lines=1)
    second = _spin(player, bet=20, lines=1)

    assert won.outcome.free_spins == won.free_spins_left == rules.CURRENT.free_spins
    assert not won.is_free
    assert (first.is_free, first.wagered, first.bet_amount, first.lines) == (True, 0, 100, 20)
    assert (first.free_spins_left, first.balance) == (9, before)
    assert second.win == 100 * rules.outcome_of(MOONS, 20).line_multipliers // 20
    assert wallet_of(player.pk).gold == before + second.win
    assert _entries(player, first.round_id) == {}
    assert _entries(player, second.round_id) == {("slot.win", "gold"): (second.win, 1)}


def test_free_spins_are_awarded_again_within_free_spins(player, reels):
    reels(SCATTERS, SCATTERS)

    _spin(player)

    assert _spin(player).free_spins_left == 2 * rules.CURRENT.free_spins - 1


def test_free_spins_are_played_without_any_gold_and_then_end(player, reels):
    reels(SCATTERS, *[NOTHING] * (rules.CURRENT.free_spins + 1))
    result = _spin(player, bet=1000)
    spent = 1000 - result.win

    frees = [_spin(player, bet=20) for _ in range(rules.CURRENT.free_spins)]
    after = _spin(player, bet=20) if result.win else None

    assert all(free.is_free for free in frees)
    assert frees[-1].free_spins_left == 0
    assert FreeSpins.objects.get(player=player).left == 0
    assert after is None or (not after.is_free and after.balance == 1000 - spent - 20)


def test_statistics_are_kept_in_the_same_transaction(player, reels):
    reels(NOTHING, MOONS, SCATTERS, NOTHING)
    results = [_spin(player, bet=100) for _ in range(4)]

    for stats in (UserGameStats.objects.get(user=player, game="slot"), DailyGameStats.objects.get(user=player)):
        assert (stats.rounds, stats.total_bets) == (4, 3)
        assert stats.total_wagered == 300
        assert stats.total_won == sum(result.win for result in results)
        assert stats.total_profit == stats.total_won - 300
        assert stats.highest_multiplier == max(result.multiplier for result in results)
        assert stats.total_wins + stats.total_losses == 3
        assert stats.updated_at == NOW


def test_days_are_counted_apart(player):
    _spin(player, bet=20)
    _spin(player, bet=20, now=NOW + timedelta(days=1))

    assert list(DailyGameStats.objects.filter(user=player).order_by("date").values_list("rounds", flat=True)) == [1, 1]
    assert UserGameStats.objects.get(user=player).rounds == 2


def test_the_days_first_spin_ticks_the_slot_streak(player):
    for now in (NOW, NOW + timedelta(hours=1), NOW + timedelta(days=1)):
        _spin(player, bet=20, now=now)

    days = AttendanceDay.objects.filter(player=player, action="SLOT_SPIN")
    assert days.count() == 2
