"""The books as operators see them: readable, searchable, unchangeable."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from casino_club.core import clock
from economy.models import AttendanceDay, Entry, StreakState, Tally, UserReward, Wallet
from economy.streaks.rules import Action
from economy.streaks.services import claim
from tests import factories

pytestmark = pytest.mark.django_db
MODELS = [Wallet, Entry, Tally, UserReward, StreakState, AttendanceDay]


def named(model):
    return model._meta.model_name


@pytest.fixture
def operator():
    return factories.browser(factories.operator(role="viewer"))


@pytest.fixture
def player():
    return played()


def played():
    player = factories.player()
    claim(player_id=player.pk, action=Action.DAILY_LOGIN, now=clock.now())
    return player


def address(model, page="changelist", *args):
    return reverse(f"admin:economy_{named(model)}_{page}", args=args)


@pytest.mark.parametrize("model", MODELS, ids=named)
def test_every_book_lists_and_shows_and_cannot_be_changed(operator, player, model):
    row = model.objects.first()

    assert operator.get(address(model)).status_code == 200
    detail = operator.get(address(model, "change", row.pk))
    assert detail.status_code == 200
    assert "_save" not in detail.content.decode()
    assert operator.get(address(model, "add")).status_code == 403
    assert operator.post(address(model, "change", row.pk), {"gold": "1"}).status_code == 403
    assert operator.post(address(model, "delete", row.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("model", MODELS, ids=named)
def test_a_list_is_searched_by_the_players_exact_name(operator, player, model):
    played()

    for name in (player.site_id.upper(), player.nickname):
        found = operator.get(address(model), {"q": name}).context["cl"].queryset
        owners = {getattr(row, "player_id", None) or getattr(row, "user_id", None) for row in found}
        assert owners == {player.pk}
    assert operator.get(address(model), {"q": "nobody"}).context["cl"].queryset.count() == 0


@pytest.mark.parametrize("model", MODELS, ids=named)
def test_a_longer_list_takes_no_more_statements(operator, player, model):
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            operator.get(address(model))
        return len(captured)

    statements()
    few = statements()
    for _ in range(5):
        played()

    assert statements() == few <= 12


@pytest.mark.parametrize("model", MODELS, ids=named)
def test_players_stay_outside(player, model):
    assert factories.browser(player).get(address(model)).status_code in (302, 403)
