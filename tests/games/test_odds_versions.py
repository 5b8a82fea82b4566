"""Odds change: what was played by an earlier version is settled, verified, counted and published by that version."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from games.crash import rules as crash_rules
from games.crash import services as crash
from games.fairness.services import rotate
from games.odds import services as observing
from games.odds.book import versions
from games.proofs.rules import GAMES
from games.rounds.models import Round
from games.rps import rules as rps_rules
from games.slot import rules as slot_rules
from tests import factories
from tests.games import past_odds
from tests.games.playing import enrich, play_everything

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=365)


@pytest.fixture
def past():
    with past_odds.known():
        yield {odds.version for odds in past_odds.PAST.values()}


@pytest.fixture
def player(past):
    """Somebody who played before the change and after it, and has revealed both."""
    player = factories.player()
    with past_odds.in_force():
        play_everything(player, now=NOW, times=3)
    play_everything(player, now=NOW + timedelta(hours=1))
    rotate(player_id=player.pk, now=LATER)
    return player


@pytest.mark.parametrize("game", GAMES.values(), ids=list(GAMES))
def test_a_games_versions_follow_one_another(game):
    days = [odds.effective_from for odds in game.odds.values()]

    assert days == sorted(days)
    assert list(game.odds) == [odds.version for odds in game.odds.values()]


@pytest.mark.parametrize("rules", [slot_rules, crash_rules, rps_rules])
def test_the_last_version_is_the_one_in_force(rules):
    assert rules.CURRENT is list(rules.ODDS.values())[-1]


def test_rounds_of_both_versions_verify(player, past):
    said = StringIO()
    played = set(Round.objects.values_list("odds_version", flat=True))

    call_command("verify_round", all=True, stdout=said)

    assert played == past | {game.CURRENT.version for game in past_odds.PAST} | {"gacha-standard-2026-11-23"}
    assert f"{Round.objects.count()} rounds verified; 0 wait" in said.getvalue()


@pytest.mark.parametrize("game", ["slot", "crash", "rps"])
def test_the_numbers_of_another_version_do_not_verify_a_round(player, past, game):
    """The versions are told apart: what one drew is not what the other gives."""
    rules, odds = next((rules, odds) for rules, odds in past_odds.PAST.items() if game == rules.GAME)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # lets a test do what triggers forbid
        swap = "UPDATE games_round SET odds_version = %s WHERE odds_version = %s"
        cursor.execute(swap, [rules.CURRENT.version, odds.version])

    with pytest.raises(CommandError, match="NOT what their seeds give"):
        call_command("verify_round", all=True, stdout=StringIO())


def test_a_flight_in_the_air_ends_by_the_odds_it_took_off_with(past):
    player = factories.player()
    enrich(player, now=NOW)
    with past_odds.in_force():
        seat = crash.place_bet(player_id=player.pk, bet_amount=10, auto_cashout=None, now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE games_round SET due_at = created_at WHERE status = 'open'")

    crash.sweep()
    rotate(player_id=player.pk, now=LATER)

    settled = Round.objects.get(pk=seat.play.game_id)
    assert settled.odds_version == past_odds.PAST[crash_rules].version
    call_command("verify_round", settled.pk, stdout=StringIO())


def test_observed_odds_are_counted_and_judged_by_version(player, past):
    observing.observe(now=LATER)

    assert observing.judge(now=LATER) == []
    found = {version.version: version for version in versions()}
    assert {version for version in found if found[version].is_past} == past


def test_the_api_lists_versions_of_the_past_with_their_days_and_what_was_drawn(client, player, past):
    observing.observe(now=LATER)

    book = client.get("/api/games/odds").json()["results"]

    in_force = [sheet for sheet in book if "effective_until" not in sheet]
    assert book[: len(in_force)] == in_force
    assert {sheet["version"] for sheet in in_force} == {
        *(rules.CURRENT.version for rules in past_odds.PAST),
        "gacha-standard-2026-11-23",
        "gacha-moon-2026-11-23",
    }
    old = {sheet["game"]: sheet for sheet in book[len(in_force) :]}
    assert set(old) == {"slot", "crash", "rps"}
    assert {(sheet["effective_from"], sheet["effective_until"]) for sheet in old.values()} == {
        ("2025-01-01", "2026-11-23")
    }
    assert old["crash"]["rtp"] == {"percent": "90"}
    assert old["rps"]["observed"][0]["sample"] == 9
    free = next(table for table in old["slot"]["probabilities"] if table["name"] == "free spins")
    assert [chance["outcome"] for chance in free["chances"]] == ["5 free spins", "nothing"]
    reel = next(table for table in old["slot"]["observed"] if table["name"] == "reel 2")
    assert reel["sample"] == sum(outcome["count"] for outcome in reel["outcomes"]) == 15


def test_the_page_lists_them_collapsed(client, player, past):
    page = client.get("/odds", headers={"Accept-Language": "en"}).content.decode()

    _, _, after = page.partition("Versions of the past")
    for version in past:
        assert after.count(version) == 1
    assert "2025-01-01 – 2026-11-23" in after
    assert "Return to player: 90%" in after
    assert "<details open" not in page


def test_without_a_change_nothing_is_past(client):
    assert all("effective_until" not in sheet for sheet in client.get("/api/games/odds").json()["results"])
    assert "Versions of the past" not in client.get("/odds", headers={"Accept-Language": "en"}).content.decode()


def test_the_verifier_holds_every_version(client, past):
    file = client.get("/fairness/verifier.html").content.decode()

    assert all(f'"{version}"' in file for version in past)
