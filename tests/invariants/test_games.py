"""What reconcile must notice of the games, and must not."""

import pytest
from django.db import connection

from casino_club.core import clock
from games.invariants import INVARIANTS
from games.slot import rules
from games.slot.services import spin
from tests import factories

pytestmark = pytest.mark.django_db
LOSS, WIN = (12,) * 5, (7,) * 5
SCATTERS = (0, 0, rules.CURRENT.strips[2].index("scatter"), 0, rules.CURRENT.strips[4].index("scatter"))
REPLICA = "SET LOCAL session_replication_role = replica"  # lets a test do what triggers forbid


def _broken() -> set[str]:
    found = set()
    with connection.cursor() as cursor:
        for invariant in INVARIANTS:
            cursor.execute(invariant.sql)
            if cursor.fetchall():
                found.add(invariant.name)
    return found


@pytest.fixture
def player(monkeypatch):
    """Somebody who lost, won, lost, won free spins, and played some of them."""
    player = factories.player()
    for stops in (LOSS, WIN, LOSS, SCATTERS, *[WIN, LOSS] * 4):
        monkeypatch.setattr(rules, "draw_stops", lambda draw, stops=stops: stops)
        spin(player_id=player.pk, bet_amount=29, lines=20, now=clock.now())
    return player


def test_nothing_is_broken_after_play(player):
    assert _broken() == set()


@pytest.mark.parametrize(
    ("sql", "broken"),
    [
        ("DELETE FROM games_round WHERE nonce = 1", "nonces_have_no_gaps"),
        ("DELETE FROM games_round WHERE nonce = 1", "every_round_is_its_entries"),
        ("UPDATE games_round SET win = win + 1 WHERE nonce = 2", "every_round_is_its_entries"),
        ("DELETE FROM economy_entry WHERE reason = 'slot.bet'", "every_round_is_its_entries"),
        ("UPDATE economy_entry SET amount = amount + 1 WHERE reason = 'play.xp'", "every_round_is_its_entries"),
        ("UPDATE games_seedpair SET next_nonce = next_nonce + 1", "nonces_have_no_gaps"),
        ("UPDATE user_game_stats SET total_wins = total_wins + 1", "game_stats_are_their_rounds"),
        ("UPDATE user_game_stats SET highest_multiplier = 1", "game_stats_are_their_rounds"),
        ("DELETE FROM user_game_stats", "game_stats_are_their_rounds"),
        ("UPDATE user_game_stats_daily SET total_won = total_won + 1", "daily_game_stats_add_up"),
        ("DELETE FROM user_game_stats_daily", "daily_game_stats_add_up"),
        ('UPDATE games_freespins SET "left" = "left" + 1', "free_spins_add_up"),
        ("DELETE FROM games_freespins", "free_spins_add_up"),
    ],
)
def test_tampering_is_noticed(player, sql, broken):
    with connection.cursor() as cursor:
        cursor.execute(REPLICA)
        cursor.execute(sql)

    assert broken in _broken()
