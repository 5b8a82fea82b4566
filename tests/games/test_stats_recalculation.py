"""Statistics rebuilt from the rounds: healthy ones stay, tampered ones are healed, told and audited."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from structlog.testing import capture_logs

from economy.rewards.rules import Amounts
from economy.rewards.services import grant
from games.crash import services as crash
from games.gacha.rules import PULL_COUNTS, Currency
from games.gacha.services import pull
from games.invariants import INVARIANTS
from games.rounds.models import Game, Round
from games.rps.rules import Hand
from games.rps.services import play as play_hand
from games.slot.services import spin
from games.stats.models import DailyGameStats, StatsRecalculation, UserGameStats
from games.stats.selectors import stats_of
from games.stats.services import FIGURES, recalculate
from tests import factories
from tests.core.audited import events_of
from tests.games.playing import end_flights, enrich, open_banner

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def player():
    player = factories.player()
    grant(
        player_id=player.pk, reward_type="TEST", amounts=Amounts(gold=1_000_000), key=f"rich:{player.pk}",
        reason="reward.grant", now=NOW,
    )  # fmt: skip
    return player


@pytest.fixture
def played(player):
    """Spins over two days."""
    for hours in (0, 1, 24):
        for _ in range(5):
            spin(player_id=player.pk, bet_amount=20, lines=20, now=NOW + timedelta(hours=hours))
    return player


def _rows(model, player):
    return list(model.objects.filter(user=player).order_by("pk").values("game", *FIGURES, "updated_at"))


def _recalculate(player, operator=None):
    return recalculate(user_id=player.pk, operator_id=operator and operator.pk, now=NOW + timedelta(days=2))


def test_healthy_statistics_are_left_as_they_are(played):
    before = _rows(UserGameStats, played), _rows(DailyGameStats, played)

    assert _recalculate(played) == []
    assert (_rows(UserGameStats, played), _rows(DailyGameStats, played)) == before


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE user_game_stats SET total_won = total_won + 7",
        "UPDATE user_game_stats SET rounds = 0, total_bets = 0, highest_multiplier = 0",
        "DELETE FROM user_game_stats",
        "UPDATE user_game_stats_daily SET total_wins = total_wins + 1, total_losses = 0",
        "DELETE FROM user_game_stats_daily WHERE date = '2026-11-23'",
        "UPDATE user_game_stats_daily SET date = '2026-01-01' WHERE date = '2026-11-23'",
        "UPDATE user_game_stats SET game = 'crash'",
    ],
)
def test_tampered_rows_are_healed_to_what_the_rounds_say(played, sql):
    honest = [{name: row[name] for name in ("game", *FIGURES)} for row in _rows(UserGameStats, played)]
    days = sorted(DailyGameStats.objects.filter(user=played).values_list("date", *FIGURES))
    with connection.cursor() as cursor:
        cursor.execute(sql)

    healed = _recalculate(played)

    assert healed
    assert [{name: row[name] for name in ("game", *FIGURES)} for row in _rows(UserGameStats, played)] == honest
    assert sorted(DailyGameStats.objects.filter(user=played).values_list("date", *FIGURES)) == days
    assert _recalculate(played) == []


def test_what_was_healed_is_told_with_figures_before_and_after(played):
    row = UserGameStats.objects.get(user=played)
    UserGameStats.objects.filter(pk=row.pk).update(total_wagered=9, total_won=row.total_won)

    (healed,) = _recalculate(played)

    assert (healed.date, healed.game) == (None, "slot")
    assert healed.before["total_wagered"] == 9
    assert healed.after["total_wagered"] == row.total_wagered


def test_other_players_rows_are_not_touched(played):
    other = factories.player()
    spin(player_id=other.pk, bet_amount=20, lines=20, now=NOW)
    UserGameStats.objects.filter(user=other).update(total_bets=99)

    _recalculate(played)

    assert UserGameStats.objects.get(user=other).total_bets == 99


def test_a_falling_maximum_is_warned_about(played):
    UserGameStats.objects.filter(user=played).update(highest_multiplier=999_999)

    with capture_logs() as logs:
        _recalculate(played)

    (warning,) = [line for line in logs if line["event"] == "highest_multiplier_fell"]
    assert (warning["log_level"], warning["before"], warning["game"]) == ("warning", 999_999, "slot")


def test_a_rising_maximum_is_not(played):
    UserGameStats.objects.filter(user=played).update(highest_multiplier=0, total_bets=0)

    with capture_logs() as logs:
        assert _recalculate(played)

    assert "highest_multiplier_fell" not in [line["event"] for line in logs]


def test_the_audit_names_the_operator_the_reason_and_what_was_healed(played):
    operator = factories.operator(role="support")
    UserGameStats.objects.filter(user=played).update(total_bets=99)

    recalculate(user_id=played.pk, operator_id=operator.pk, reason="player asked", now=NOW)

    done = StatsRecalculation.objects.get(user=played)
    assert done.healed[0]["before"]["total_bets"] == 99
    event = _event(done)
    assert event.pgh_context.metadata == {"operator": operator.pk, "reason": "player asked"}


def _event(done):
    model = type(done)._meta.apps.get_model("games", "StatsRecalculationEvent")
    return model.objects.get(pgh_obj_id=done.pk)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Seoul", "America/New_York", "Asia/Kolkata"])
def test_days_are_the_game_days_of_the_settings(player, settings, zone):
    settings.GAME_TIMEZONE = zone
    for hour in range(0, 48, 5):
        spin(player_id=player.pk, bet_amount=20, lines=20, now=NOW + timedelta(hours=hour))

    assert _recalculate(player) == []


def test_after_a_thousand_rounds_of_every_game_the_sums_equal_a_recalculation():
    player, chance = factories.player(), random.Random(6)
    enrich(player, now=NOW)
    banner = open_banner(now=NOW)
    for number in range(1000):
        game = chance.choice([*Game.values, Game.SLOT])
        _play(game, player, banner, chance, now=NOW + timedelta(minutes=3 * number))

    total, by_game = stats_of(player.pk)
    assert total.rounds == 1000
    assert set(by_game) == set(Game.values)
    flights = Round.objects.filter(player=player, game=Game.CRASH)
    assert set(flights.values_list("outcome__status", flat=True)) == {"cashed_out", "auto_cashed", "crashed"}
    assert _recalculate(player) == []
    with connection.cursor() as cursor:
        for invariant in INVARIANTS:
            cursor.execute(invariant.sql)
            assert cursor.fetchall() == [], invariant.name


def _play(game, player, banner, chance, *, now):
    """One round; a flight is ended by its player, in time or too late, or by the sweep."""
    match game:
        case Game.SLOT:
            spin(player_id=player.pk, bet_amount=chance.randint(20, 300), lines=chance.randint(1, 20), now=now)
        case Game.RPS:
            choice = chance.choice(list(Hand))
            play_hand(player_id=player.pk, bet_amount=chance.randint(10, 300), choice=choice, now=now)
        case Game.GACHA:
            count, currency = chance.choice(PULL_COUNTS), chance.choice(list(Currency))
            pull(player_id=player.pk, banner_id=banner.pk, pull_count=count, currency=currency, now=now)
        case Game.CRASH:
            bet, auto = chance.randint(10, 300), chance.choice([None, 101, 250])
            flight = crash.place_bet(player_id=player.pk, bet_amount=bet, auto_cashout=auto, now=now).play
            if chance.random() < 0.5:
                received_at = flight.started_at + timedelta(milliseconds=chance.randint(0, 15_000))
                crash.cash_out(player_id=player.pk, game_id=flight.game_id, received_at=received_at)
            end_flights()


def test_a_player_who_never_played_has_nothing_to_heal(player):
    assert _recalculate(player) == []
    assert _recalculate(factories.operator()) == []


# --- The doors ---------------------------------------------------------------------------------------------------
def _post(client, user, path, body=None):
    return client.post(path, json.dumps(body or {}), content_type="application/json", headers=factories.bearer(user))


def test_support_recalculates_and_is_told_what_was_healed(client, played):
    UserGameStats.objects.filter(user=played).update(total_bets=99)

    answer = _post(
        client, factories.operator(role="support"), f"/api/games/stats/recalculate/{played.pk}", {"reason": "x"}
    )

    body = answer.json()
    assert answer.status_code == 200
    assert body["user_id"] == played.pk
    assert body["total_bets"] == body["games"]["slot"]["total_bets"]
    assert [(row["game"], row["date"], row["before"]["total_bets"]) for row in body["healed"]] == [("slot", None, 99)]


def test_the_answer_gives_every_multiplier_in_times(client, played):
    UserGameStats.objects.filter(user=played).update(highest_multiplier=123_450)

    path = f"/api/games/stats/recalculate/{played.pk}"
    body = _post(client, factories.operator(role="support"), path).json()

    (healed,) = body["healed"]
    assert healed["before"]["highest_multiplier"] == 1234.5
    assert healed["after"]["highest_multiplier"] == body["games"]["slot"]["highest_multiplier"]


@pytest.mark.parametrize("role", ["viewer", "economy", "security", None])
def test_other_operators_may_not(client, played, role):
    answer = _post(client, factories.operator(role=role), f"/api/games/stats/recalculate/{played.pk}")

    assert (answer.status_code, answer.json()["error"]) == (403, "permission_denied")


def test_players_and_strangers_may_not(client, played):
    path = f"/api/games/stats/recalculate/{played.pk}"

    assert _post(client, played, path).status_code == 403
    assert client.post(path, "{}", content_type="application/json").status_code == 401


@pytest.mark.parametrize("user_id", [0, 2**31, 2**63, 10**30])
def test_nobody_is_not_found(client, user_id):
    answer = _post(client, factories.operator(superuser=True), f"/api/games/stats/recalculate/{user_id}")

    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


def test_the_admin_action_heals(played):
    UserGameStats.objects.filter(user=played).update(total_bets=99)
    row = UserGameStats.objects.get(user=played)
    data = {"action": "recalculate_players", "_selected_action": [row.pk], "audit_reason": "A test"}

    answer = factories.browser(factories.operator(role="support")).post(
        "/admin/games/usergamestats/", data, follow=True
    )

    assert "1개 행을 바로잡았어요." in answer.content.decode()
    (trace,) = events_of(StatsRecalculation.objects.get())
    assert trace.pgh_context.metadata["reason"] == "A test"
    assert _recalculate(played) == []


def test_the_admin_offers_no_action_to_a_viewer(played):
    row = UserGameStats.objects.get(user=played)
    data = {"action": "recalculate_players", "_selected_action": [row.pk], "audit_reason": "A test"}

    factories.browser(factories.operator(role="viewer")).post("/admin/games/usergamestats/", data, follow=True)

    assert not StatsRecalculation.objects.exists()


def test_the_profile_answer_and_page_show_the_figures(client, played):
    body = client.get("/api/auth/profile", headers=factories.bearer(played)).json()
    page = factories.browser(played).get("/profile").content.decode()

    assert body["stats"]["rounds"] == 15
    assert "내 플레이" in page
    assert "stats__chart" in page
