"""The publish gate: synthetic players, figures that add up, and a red light for a return outside its band."""

import tracemalloc
from dataclasses import replace
from fractions import Fraction
from io import StringIO
from xml.etree import ElementTree

import pytest
from django.core.management import CommandError, call_command

from economy.management.commands import simulate_economy
from economy.simulation.plot import svg_of
from economy.simulation.rules import BUCKETS, Returns, Simulator, bucket_of, faults_of
from economy.simulation.selectors import simulators
from economy.simulation.services import simulate
from games.rounds.models import Game


def coin(chance, bet):
    """Returns 96 % of the bet on average."""
    return bet * 192 // 100 if chance.below(2) else 0


COIN = Simulator(
    "coin", 10, 1000, coin, Fraction(96, 100), (Fraction(95, 100), Fraction(97, 100)), "slot.bet", "slot.win"
)


def test_every_game_of_the_house_is_simulated_once():
    assert sorted(game.game for game in simulators()) == sorted(Game.values)


def test_the_same_seed_gives_the_same_figures_and_another_does_not():
    first, again, other = (simulate(players=20, days=5, seed=seed, games=[COIN]) for seed in (7, 7, 8))

    assert first == again
    assert first != other


def test_gold_adds_up_to_what_the_players_hold():
    figures = simulate(players=30, days=6, seed=1, games=simulators())

    assert sum(sum(day.values()) for day in figures.moved) == figures.gold
    assert sum(figures.balances) == figures.players == 30
    assert figures.total("welcome.grant") == 30_000
    for game in ("slot", "crash", "rps"):
        assert -figures.total(f"{game}.bet") == figures.returns[game].bet
        assert figures.total(f"{game}.win") == figures.returns[game].won


@pytest.mark.parametrize("game", simulators(), ids=lambda game: game.game)
def test_each_game_plays_at_what_it_states(game):
    figures = simulate(players=60, days=8, seed=3, games=[game])

    found = figures.returns[game.game]
    assert found.plays > 300
    assert faults_of(game, found) == []
    if game.exact is not None:
        assert abs(found.rtp - float(game.exact)) <= found.margin + 0.01  # rounding down takes up to a hundredth


def test_a_stated_or_played_return_outside_the_band_is_a_fault():
    played = simulate(players=60, days=10, seed=1, games=[COIN]).returns["coin"]
    generous = (Fraction(110, 100), Fraction(120, 100))

    assert faults_of(COIN, played) == []
    assert "states 96.0000%" in faults_of(replace(COIN, band=generous), played)[0]
    assert "plays at" in faults_of(replace(COIN, band=generous, exact=None), played)[0]
    assert faults_of(replace(COIN, band=None), played) == []
    assert faults_of(replace(COIN, exact=None, band=generous), Returns(plays=1999)) == []


def test_the_interval_holds_what_is_true_as_often_as_it_says():
    held = 0
    for seed in range(200):
        found = simulate(players=1, days=3, seed=seed, games=[replace(COIN, min_bet=100, max_bet=100)]).returns["coin"]
        held += found.plays > 30 and abs(found.rtp - 0.96) <= found.margin

    assert held >= 100


@pytest.mark.parametrize("balance", [0, 1, 2, 4, 5, 19, 20, 999, 1000, 10**12, 10**13, 10**17])
def test_a_balance_lies_in_its_bucket(balance):
    at = bucket_of(balance)

    assert BUCKETS[at] <= balance
    assert at + 1 == len(BUCKETS) or balance < BUCKETS[at + 1]


def test_memory_does_not_grow_with_the_players():
    def peak(players):
        tracemalloc.start()
        simulate(players=players, days=3, seed=1, games=[COIN])
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(5)
    assert peak(200) < peak(20) + 20_000


def test_the_drawing_is_whole_and_says_what_it_shows():
    figures = simulate(players=10, days=3, seed=1, games=simulators())

    root = ElementTree.fromstring(svg_of(figures, title="10 players & 3 days"))

    texts = {text.text for text in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {"10 players & 3 days", "slot.bet", "slot.win", "welcome.grant", "day 1", "day 3"} <= texts
    heights = [float(bar.get("height")) for bar in root.iter("{http://www.w3.org/2000/svg}rect")]
    assert min(heights) >= 0


def test_the_command_tells_draws_and_passes(tmp_path):
    out, drawing = StringIO(), tmp_path / "economy.svg"

    call_command("simulate_economy", players=10, days=3, seed=5, plot=drawing, stdout=out)

    told = out.getvalue()
    assert "10 players for 3 days, seed 5" in told
    assert all(word in told for word in ("slot", "crash", "rps", "± 99.9 %", "streak.claim", "minted", "richest"))
    (absent,) = [line for line in told.splitlines() if line.startswith("No gold came from: ")]
    assert "event.claim" in absent
    assert "streak.claim" not in absent
    assert drawing.read_text().startswith("<svg")


def test_the_command_fails_when_a_game_leaves_its_band(monkeypatch, tmp_path):
    greedy = replace(COIN, band=(Fraction(99, 100), Fraction(100, 100)))
    monkeypatch.setattr(simulate_economy, "simulators", lambda: [greedy])

    with pytest.raises(CommandError, match="Not fit to be published. coin") as failed:
        call_command("simulate_economy", players=60, days=5, stdout=StringIO())

    assert failed.value.returncode == 1


@pytest.mark.parametrize("arguments", [["--players=0"], ["--days=-1"], ["--seed=x"], ["--plot=/no/such/place.svg"]])
def test_the_command_says_what_it_does_not_take(arguments):
    with pytest.raises(CommandError):
        call_command("simulate_economy", "--players=1", "--days=1", *arguments, stdout=StringIO())
