"""Operators see rounds, statistics and seed pairs, and can change none of them."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from casino_club.core import clock
from games.fairness import services as fairness
from games.fairness.models import SeedPair
from games.gacha.models import InventoryItem
from games.rankings.models import Leaderboard, Standing
from games.rankings.rules import TOP
from games.rankings.services import close_boards
from games.slot.services import spin
from games.stats.models import StatsRecalculation, UserGameStats
from games.stats.services import recalculate
from tests import factories

pytestmark = pytest.mark.django_db
MODELS = ["round", "seedpair", "usergamestats"]


@pytest.fixture
def operator():
    return factories.browser(factories.operator(superuser=True))


@pytest.fixture
def player():
    player = factories.player()
    spin(player_id=player.pk, bet_amount=20, lines=20, now=clock.now())
    return player


@pytest.mark.parametrize("model", MODELS)
def test_lists_show_and_nothing_can_be_added(operator, player, model):
    assert operator.get(f"/admin/games/{model}/?q={player.site_id}").status_code == 200
    assert operator.get(f"/admin/games/{model}/add/").status_code == 403


def test_an_active_seed_is_hidden_and_a_revealed_one_shown(operator, player):
    pair = SeedPair.objects.get(player=player)
    secret = bytes(pair.server_seed).hex()

    hidden = operator.get(f"/admin/games/seedpair/{pair.pk}/change/").content.decode()
    fairness.rotate(player_id=player.pk, now=clock.now())
    shown = operator.get(f"/admin/games/seedpair/{pair.pk}/change/").content.decode()

    assert secret not in hidden
    assert "server_seed_hash" in hidden
    assert secret in shown


@pytest.mark.parametrize("model", MODELS)
def test_rows_are_found_by_number_or_by_the_players_exact_name(operator, player, model):
    others = factories.player()
    spin(player_id=others.pk, bet_amount=20, lines=20, now=clock.now())

    def found(term):
        return operator.get(f"/admin/games/{model}/", {"q": term}).context["cl"].result_count

    assert found(player.nickname) == 1
    assert found(player.site_id.upper()) == 1
    assert found("nobody at all") == 0
    assert found("9" * 40) == 0
    assert found("") == 2


def test_a_closed_board_shows_its_places_and_what_each_was_given(operator, player):
    now = clock.now()
    close_boards(now=now + timedelta(days=2))
    board = Leaderboard.objects.get(span="daily", metric="xp", period=clock.game_date(now).isoformat())

    page = operator.get(f"/admin/games/leaderboard/{board.pk}/change/").content.decode()

    assert player.nickname in page
    assert "1,000 골드" in page


def test_a_board_shows_its_first_hundred_places_at_the_cost_of_one(operator):
    def board(day, players):
        made = Leaderboard.objects.create(
            span="daily", metric="xp", period=f"2026-01-{day:02}", starts_at=clock.now(),
            ends_at=clock.now() + timedelta(days=1), players=len(players), closed_at=clock.now(),
        )  # fmt: skip
        Standing.objects.bulk_create(
            Standing(leaderboard=made, rank=rank, player=each, score=1000 - rank)
            for rank, each in enumerate(players, 1)
        )
        return f"/admin/games/leaderboard/{made.pk}/change/"

    players = [factories.player() for _ in range(TOP + 1)]
    short, long = board(1, players[:1]), board(2, players)
    operator.get(short)

    with CaptureQueriesContext(connection) as few:
        operator.get(short)
    with CaptureQueriesContext(connection) as many:
        page = operator.get(long).content.decode()

    assert len(many) == len(few)
    assert players[TOP - 1].nickname in page
    assert players[TOP].nickname not in page


def test_what_a_recalculation_healed_is_said_in_words(operator, player):
    row = UserGameStats.objects.get(user=player)
    UserGameStats.objects.filter(pk=row.pk).update(total_bets=row.total_bets + 2)
    recalculate(user_id=player.pk, operator_id=None, now=clock.now())
    done = StatsRecalculation.objects.get()

    page = operator.get(f"/admin/games/statsrecalculation/{done.pk}/change/").content.decode()

    assert "슬롯: 베팅 수 3 → 1" in page
    assert "total_bets" not in page


def test_cards_and_games_have_their_names(operator, player):
    found = InventoryItem.objects.create(
        player=player, item="plum-animal", quantity=1, first_at=clock.now(), last_at=clock.now()
    )

    assert "매조 열끗" in operator.get("/admin/games/inventoryitem/").content.decode()
    assert "plum-animal" not in operator.get(f"/admin/games/inventoryitem/{found.pk}/change/").content.decode()
    row = UserGameStats.objects.get(user=player)
    assert "슬롯" in operator.get(f"/admin/games/usergamestats/{row.pk}/change/").content.decode()
