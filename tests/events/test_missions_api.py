"""Missions as the API answers them."""

import pytest
import time_machine

from economy.ledger.selectors import wallet_of
from events.missions.models import Mission
from tests import factories
from tests.events.play import NOW, fund, play

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def player():
    return factories.player()


def mission(**changes) -> Mission:
    values = {"title": "판 벌이기", "mission_type": "daily", "metric": "plays", "target_value": 2, "gold": 100}
    return Mission.objects.create(**(values | changes))


def test_daily_weekly_and_all_missions_are_listed_in_their_order(client, player):
    second, first = mission(sort_order=20), mission(sort_order=10)
    weekly = mission(mission_type="weekly", sort_order=15)
    headers = factories.bearer(player)

    def listed(which):
        return [row["id"] for row in client.get(f"/api/events/missions/{which}", headers=headers).json()["results"]]

    assert listed("daily") == [first.pk, second.pk]
    assert listed("weekly") == [weekly.pk]
    assert listed("all") == [first.pk, weekly.pk, second.pk]


def test_a_mission_says_all_there_is_to_say(client, player):
    daily = mission(title_en="Lay the mat", gems=1, icon="trophy", category="win")
    fund(player.pk, at=NOW, gold=1000)
    play(player.pk, at=NOW)

    (row,) = client.get("/api/events/missions/daily", headers=factories.bearer(player)).json()["results"]

    assert row == {
        "id": daily.pk,
        "title": "판 벌이기",
        "description": "",
        "mission_type": "daily",
        "category": "win",
        "metric": "plays",
        "target_value": 2,
        "progress": 1,
        "completed": False,
        "claimed": False,
        "rewards": {"gold": 100, "gems": 1},
        "icon": "trophy",
        "sort_order": 0,
        "period": "2026-11-23",
        "resets_at": "2026-11-24T00:00:00.000Z",
    }


def test_claiming_pays_once(client, player):
    daily, headers = mission(), factories.bearer(player)

    early = client.post(f"/api/events/missions/claim/{daily.pk}", headers=headers)
    play(player.pk, at=NOW, times=2)
    paid = client.post(f"/api/events/missions/claim/{daily.pk}", headers=headers)
    again = client.post(f"/api/events/missions/claim/{daily.pk}", headers=headers)

    assert (early.status_code, early.json()["error"]) == (409, "mission_not_completed")
    balance = wallet_of(player.pk).gold
    assert (paid.status_code, paid.json()["rewards"], paid.json()["new_gold_balance"]) == (200, {"gold": 100}, balance)
    assert (again.json()["idempotent"], again.json()["new_gold_balance"]) == (True, balance)
    (row,) = client.get("/api/events/missions/daily", headers=headers).json()["results"]
    assert (row["completed"], row["claimed"]) == (True, True)


def test_lists_take_the_same_statements_however_long(client, player, django_assert_num_queries):
    for size in (2, 40):
        while Mission.objects.count() < size:
            mission()
        headers = factories.bearer(player)
        with django_assert_num_queries(4):
            client.get("/api/events/missions/all?limit=100", headers=headers)
