"""Operators see rounds, statistics and seed pairs, and can change none of them."""

import pytest

from casino_club.core import clock
from games.fairness import services as fairness
from games.fairness.models import SeedPair
from games.slot.services import spin
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
