"""Every game of the house stands in each place that the README's checklist names: a forgotten one fails here."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.urls import reverse

from economy.ledger.rules import CHART, Account
from economy.simulation.selectors import simulators
from games.odds.book import DRAWN, SHEETS
from games.odds.selectors import lobby, stated_returns
from games.proofs.pages import CHECK_LABELS
from games.proofs.records import RECORDS
from games.proofs.rules import GAMES, Facts, Seeds, checks_of
from games.rounds.models import Game

ROOT = Path(settings.BASE_DIR)
ROUNDS = json.loads((ROOT / "docs" / "fairness-vectors.json").read_text())["rounds"]
every_game = pytest.mark.parametrize("game", Game.values)


def _text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_the_registries_hold_every_game():
    every = set(Game.values)

    assert set(SHEETS) == set(DRAWN) == set(GAMES) == set(RECORDS) == every
    assert {table.code for table in lobby()} == every
    assert {simulator.game for simulator in simulators()} == every
    assert {vector["game"] for vector in ROUNDS} == every


def test_a_game_that_pays_back_gold_states_what_it_returns():
    paying = {reason.removesuffix(".win") for reason in CHART if reason.endswith(".win")} & set(Game.values)

    assert set(stated_returns()) == paying == set(Game.values) - {"gacha"}


@every_game
def test_the_ledger_knows_a_games_moves(game):
    moves = [reason for reason in CHART if reason.startswith(f"{game}.")]

    assert moves
    assert {CHART[reason].account for reason in moves} == {Account.HOUSE}


@every_game
def test_a_game_has_its_page_and_the_pages_of_its_odds_and_its_rounds(game, client):
    assert reverse(game) == f"/games/{game}"
    assert get_template(f"games/odds_{game}.html")
    assert get_template(f"games/round_{game}.html")


@every_game
def test_a_browser_verifies_a_game(game):
    entered = re.search(r"export const games = \{(.*?)\}", _text("static/js/games/verify.js"))[1]

    assert game in re.split(r"[,\s]+", entered)
    assert f"export const {game} = " in _text(f"static/js/games/verify/{game}.js")


@every_game
def test_the_order_of_a_games_numbers_is_written_down(game):
    assert f"\n| {game} | " in _text("docs/fairness.md")


@every_game
def test_the_lobby_has_a_picture_of_a_game(game):
    """A scene, or for the slot its own cards."""
    assert f'id="scene-{game}"' in _text("static/img/sheet.svg") or game == "slot"


@pytest.mark.parametrize("vector", ROUNDS, ids=lambda vector: vector["name"])
def test_whatever_is_checked_of_a_round_has_a_name_for_people(vector):
    facts = Facts(
        multiplier=0,
        **{name: vector[name] for name in ("game", "odds_version", "bet", "win", "outcome", "previous")},
    )

    assert {check.name for check in checks_of(facts, Seeds(bytes(32), "", "x", 0))} <= set(CHECK_LABELS)
