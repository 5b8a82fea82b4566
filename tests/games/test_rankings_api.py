"""Rankings over the API and on their page; names hidden and shown; the lobby's big wins."""

import json
import re
from datetime import timedelta

import pytest

from casino_club.core import clock
from economy.ledger.rules import Asset, Move
from economy.ledger.services import post
from games.lobby.selectors import recent_big_wins
from games.rankings import services
from games.rounds.models import Round
from games.slot import rules as slot
from games.slot.services import spin
from tests import factories

pytestmark = pytest.mark.django_db
MOONS = tuple(strip.index("moon") for strip in slot.CURRENT.strips)


@pytest.fixture
def player():
    return factories.player()


def _won(player, amount, at=None):
    reference = f"test:{amount}:{player.pk}"
    post(player.pk, [Move(Asset.GOLD, amount, "slot.win", reference)], now=at or clock.now())


def _get(client, user, path):
    return client.get(path, headers=factories.bearer(user))


def test_a_board_has_the_first_hundred_my_place_and_my_neighbours(client, player):
    others = [factories.player() for _ in range(103)]
    for number, other in enumerate(others):
        _won(other, 1000 - number)
    _won(player, 5)

    body = _get(client, player, "/api/games/leaderboards/daily").json()

    assert len(body["results"]) == 100
    assert body["results"][0] == {
        "rank": 1, "nickname": others[0].nickname, "score": 1000, "is_me": False, "prize": {"gold": 1000, "gems": 0},
    }  # fmt: skip
    assert body["me"] == {"rank": 104, "nickname": player.nickname, "score": 5, "is_me": True, "prize": None}
    assert [line["rank"] for line in body["neighbours"]] == [102, 103, 104]
    assert (body["players"], body["span"], body["metric"], body["is_final"]) == (104, "daily", "net", False)
    assert body["resets_at"] == clock.iso(clock.next_reset(clock.now()))


@pytest.mark.parametrize("span", ["daily", "weekly"])
@pytest.mark.parametrize("metric", ["net", "xp"])
def test_every_board_answers_even_when_nobody_played(client, player, span, metric):
    body = _get(client, player, f"/api/games/leaderboards/{span}?metric={metric}").json()

    assert (body["results"], body["me"], body["neighbours"], body["past"]) == ([], None, [], [])


def test_past_periods_are_listed_and_kept(client, player):
    yesterday = clock.game_day_start(clock.game_date(clock.now())) - timedelta(hours=1)
    _won(player, 70, yesterday)
    services.close_boards(now=clock.now() + timedelta(minutes=10))

    running = _get(client, player, "/api/games/leaderboards/daily").json()
    (past,) = [one for one in running["past"] if one["players"]]
    closed = _get(client, player, f"/api/games/leaderboards/daily?period={past['period']}").json()

    assert past["period"] == clock.game_date(yesterday).isoformat()
    assert closed["is_final"]
    assert (closed["me"]["rank"], closed["me"]["score"]) == (1, 70)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("hourly", 404, "not_found"),
        ("season", 404, "not_found"),
        ("daily?metric=luck", 400, "validation_error"),
        ("daily?period=tomorrow", 400, "validation_error"),
        ("daily?period=2999-01-01", 404, "not_found"),
        ("daily?period=2020-01-01", 404, "not_found"),
        ("weekly?period=2026-11-24", 400, "validation_error"),
        ("daily?period=%00", 400, "validation_error"),
    ],
)
def test_questions_that_mean_nothing_are_refused(client, player, path, status, code):
    answer = _get(client, player, f"/api/games/leaderboards/{path}")

    assert (answer.status_code, answer.json()["error"]) == (status, code)


@pytest.mark.parametrize("path", ["leaderboards/daily", "publicity"])
def test_strangers_see_no_board(client, path):
    assert client.get(f"/api/games/{path}").status_code == 401


# --- Names -------------------------------------------------------------------------------------------------------
def test_a_name_is_hidden_and_shown_over_the_api(client, player):
    headers = factories.bearer(player)

    def put(body):
        return client.put("/api/games/publicity", json.dumps(body), content_type="application/json", headers=headers)

    assert _get(client, player, "/api/games/publicity").json() == {"name_hidden": False}
    assert put({"name_hidden": True}).json() == put({"name_hidden": True}).json() == {"name_hidden": True}
    _won(player, 9)
    assert _get(client, factories.player(), "/api/games/leaderboards/daily").json()["results"][0]["nickname"] is None
    assert put({"name_hidden": False}).json() == {"name_hidden": False}
    for bad in ({}, {"name_hidden": "yes"}, {"name_hidden": 1}, {"name_hidden": None}):
        assert put(bad).status_code == 400


def test_a_form_hides_the_name_and_leads_back(player):
    browser = factories.browser(player)

    answer = browser.post("/games/publicity", {"hidden": "1", "next": "/rankings?span=weekly"})
    assert answer["Location"] == "/rankings?span=weekly"
    assert "내 이름 보이기" in browser.get("/rankings").content.decode()
    assert browser.post("/games/publicity", {"next": "//evil.example"})["Location"] == "/rankings"
    assert "내 이름 숨기기" in browser.get("/rankings").content.decode()


# --- The page ----------------------------------------------------------------------------------------------------
def test_the_page_shows_the_board_and_keeps_my_line_in_sight(player):
    _won(player, 12_345)

    page = factories.browser(player).get("/rankings").content.decode()

    assert page.count("+12,345") == 1
    assert page.count("data-mine") == 1
    assert "data-countdown" in page


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("", 200, "랭킹이 비어 있어요"),
        ("span=weekly&metric=xp", 200, "랭킹이 비어 있어요"),
        ("span=season", 200, "지금은 시즌이 없어요"),
        ("span=x&metric=y", 200, "랭킹이 비어 있어요"),
        ("period=2020-01-01", 404, "그런 랭킹이 없어요"),
        ("period=%00", 404, "그런 랭킹이 없어요"),
    ],
)
def test_the_page_has_words_for_what_is_not_there(player, query, status, said):
    answer = factories.browser(player).get(f"/rankings?{query}")

    assert answer.status_code == status
    assert said in answer.content.decode()


def test_the_page_of_a_past_period_says_that_it_is_final(player):
    yesterday = clock.game_day_start(clock.game_date(clock.now())) - timedelta(hours=1)
    _won(player, 70, yesterday)
    services.close_boards(now=clock.now() + timedelta(minutes=10))

    page = factories.browser(player).get(f"/rankings?period={clock.game_date(yesterday)}").content.decode()

    assert "확정" in page
    assert "진행 중인 랭킹" in page


# --- Big wins in the lobby ---------------------------------------------------------------------------------------
@pytest.fixture
def big_win(player, monkeypatch):
    monkeypatch.setattr(slot, "draw_stops", lambda draw: MOONS)
    spin(player_id=player.pk, bet_amount=100, lines=20, now=clock.now())
    return Round.objects.get(player=player)


def test_the_lobby_tells_of_real_wins_with_the_name_masked(client, player, big_win):
    (told,) = recent_big_wins()

    assert (told.name, told.gold) == (f"{player.nickname[0]}***", big_win.win)
    page = client.get("/games").content.decode()
    assert told.name in page
    assert player.nickname not in page
    assert f"+{big_win.win:,}" in page


def test_small_wins_are_not_told(player, big_win, settings):
    settings.BIG_WIN_THRESHOLD_GOLD = big_win.win + 1

    assert recent_big_wins() == []


def test_whoever_hides_their_name_is_left_out(player, big_win):
    factories.browser(player).post("/games/publicity", {"hidden": "1"})

    assert recent_big_wins() == []


def test_operators_wins_are_not_told(player, big_win):
    type(player).objects.filter(pk=player.pk).update(is_staff=True)

    assert recent_big_wins() == []


def test_a_quiet_evening_is_said_to_be_one(client):
    page = client.get("/games").content.decode()

    assert "아직 큰 당첨이 없어요" in page
    assert not re.search(r'class="wins__row"', page)
