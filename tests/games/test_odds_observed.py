"""Every round is counted once against the odds it was drawn from; draws that leave them raise an alert."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import connection
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from casino_club.core.alerts import open_alerts, resolve_passed
from casino_club.core.models import Alert
from economy.rewards.rules import Amounts
from economy.rewards.services import grant
from games.crash import rules as crash_rules
from games.crash import services as crash
from games.gacha import services as gacha
from games.gacha.models import Banner
from games.gacha.rules import Currency
from games.odds import services
from games.odds.book import answers, versions
from games.odds.models import ObservationWatermark, ObservedOutcome
from games.odds.observed import observed
from games.odds.rules import Chance, Table, alarm_level, interval_of, log_evidence
from games.rounds.models import Round
from games.rounds.rules import rounded
from games.rps import services as rps
from games.rps.rules import Hand
from games.slot import rules as slot
from games.slot.services import spin
from tests import factories

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=6)


# --- Pure --------------------------------------------------------------------------------------------------------
@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=40), st.integers(0, 8))
def test_rounded_percentages_sum_to_exactly_one_hundred(weights, decimals):
    chances = {str(number): Fraction(weight, sum(weights)) for number, weight in enumerate(weights)}

    percents = rounded(chances, decimals)

    assert sum(percents.values()) == 100
    step = Fraction(1, 10**decimals)
    assert all(abs(Fraction(percents[name]) - chance * 100) < step for name, chance in chances.items())


def test_every_published_table_sums_to_exactly_one_hundred():
    for version in versions():
        for table in version.tables:
            assert sum(chance.percent for chance in table.chances) == 100, (version.version, table.name)
            assert sum(chance.probability for chance in table.chances) == 1, (version.version, table.name)
    for sheet in answers():
        for table in sheet["probabilities"]:
            assert sum(Decimal(chance["percent"]) for chance in table["chances"]) == 100


def test_a_table_that_does_not_sum_up_is_refused():
    with pytest.raises(ValueError, match="sum to 100"):
        Table("x", (Chance("a", Decimal(50)), Chance("b", Decimal("49.9999"))))
    with pytest.raises(ValueError, match="sum to 1"):
        Table("x", (Chance("a", Decimal(50), exact=Fraction(1, 3)), Chance("b", Decimal(50))))


@pytest.mark.parametrize(("hits", "trials"), [(0, 0), (0, 10), (10, 10), (1, 1_000_000), (500_000, 1_000_000)])
def test_an_interval_lies_between_nought_and_one_and_holds_what_was_seen(hits, trials):
    interval = interval_of(hits, trials)

    assert 0 <= interval.low <= (hits / trials if trials else 0) <= interval.high <= 1


def test_ninety_nine_of_a_hundred_intervals_hold_the_truth():
    chance, rate, held = random.Random(1), 0.04, 0
    for _ in range(2000):
        hits = sum(chance.random() < rate for _ in range(400))
        held += interval_of(hits, 400).holds(Fraction(4, 100))

    assert 0.98 <= held / 2000 <= 0.999


STATED = {"moon": Fraction(4, 100), "pine": Fraction(16, 100), "other": Fraction(80, 100)}


def _draws(weights, number, seed):
    return Counter(random.Random(seed).choices(list(weights), [float(weight) for weight in weights.values()], k=number))


def test_the_evidence_is_a_martingale_that_starts_at_one():
    assert log_evidence(STATED, {}) == pytest.approx(0)
    # one more draw, whatever came before: the mean of the evidence under the stated odds stays what it is
    for before in ({}, {"moon": 3}, {"moon": 1, "pine": 5, "other": 2}):
        after = sum(
            float(chance) * 2.718281828459045 ** log_evidence(STATED, Counter(before) + Counter([outcome]))
            for outcome, chance in STATED.items()
        )
        assert after == pytest.approx(2.718281828459045 ** log_evidence(STATED, before))


def test_fair_draws_looked_at_a_hundred_times_raise_no_alarm():
    alarms = 0
    for seed in range(300):
        counts = Counter()
        for look in range(100):
            counts.update(_draws(STATED, 100, seed * 1000 + look))
            if log_evidence(STATED, counts) >= alarm_level(1):
                alarms += 1
                break

    assert alarms <= 2  # of 300; one in a thousand is promised


def test_draws_that_leave_the_stated_odds_are_found():
    biased = {"moon": 0.05, "pine": 0.15, "other": 0.80}

    assert log_evidence(STATED, _draws(biased, 30_000, 5)) > alarm_level(7)


def test_an_outcome_that_was_never_stated_alarms_at_once():
    assert log_evidence(STATED, {"joker": 1}) == float("inf")


# --- Counting ----------------------------------------------------------------------------------------------------
@pytest.fixture
def player(db):
    player = factories.player()
    grant(
        player_id=player.pk, reward_type="TEST", amounts=Amounts(gold=10**9, gems=10**6), key=f"rich:{player.pk}",
        reason="reward.grant", now=NOW,
    )  # fmt: skip
    return player


@pytest.fixture
def banner(db):
    return Banner.objects.create(
        title_ko="함", title_en="Box", odds_version="gacha-standard-2026-11-23", gold_for_1=100, gold_for_10=900,
        gems_for_1=1, gems_for_10=9, starts_at=NOW - timedelta(days=1), created_at=NOW,
    )  # fmt: skip


def _play_everything(player, banner):
    for _ in range(20):
        spin(player_id=player.pk, bet_amount=20, lines=20, now=NOW)
        rps.play(player_id=player.pk, bet_amount=10, choice=Hand.ROCK, now=NOW)
    for _ in range(6):
        gacha.pull(player_id=player.pk, banner_id=banner.pk, pull_count=10, currency=Currency.GOLD, now=NOW)
    for _ in range(3):
        crash.place_bet(player_id=player.pk, bet_amount=10, auto_cashout=None, now=NOW)
        _settle_at_once()


def _settle_at_once():
    with connection.cursor() as cursor:
        cursor.execute("UPDATE games_round SET due_at = created_at WHERE status = 'open'")
    crash.sweep()


def _counts():
    rows = ObservedOutcome.objects.values_list("odds_version", "table", "outcome", "count")
    return {tuple(row[:3]): row[3] for row in rows}


def test_every_round_of_every_game_is_counted_by_what_its_sheet_names(player, banner):
    _play_everything(player, banner)
    later = max(Round.objects.values_list("settled_at", flat=True)) + timedelta(minutes=6)

    assert services.observe(now=max(later, LATER)) == Round.objects.count() == 49

    for version in versions():
        for found in observed(version):
            names = {chance.outcome for chance in found.table.chances}
            counted = {key[2] for key in _counts() if key[:2] == (version.version, found.table.name)}
            assert counted <= names, (version.version, found.table.name)
    samples = {(version.game, found.table.name): found.sample for version in versions() for found in observed(version)}
    assert samples["slot", "line"] == samples["slot", "reel 3"] == samples["slot", "free spins"] == 20
    assert samples["crash", "crash point"] == 3


def test_the_counts_are_those_of_the_rounds(player):
    for _ in range(40):
        spin(player_id=player.pk, bet_amount=20, lines=20, now=NOW)
    rounds = [played.outcome for played in Round.objects.all()]

    services.observe(now=LATER)

    counts = _counts()
    version = slot.CURRENT.version
    for reel in range(5):
        for card, number in Counter(outcome["reels"][reel][0] for outcome in rounds).items():
            assert counts[version, f"reel {reel + 1}", card] == number
    lines = Counter()
    for outcome in rounds:
        first = [win for win in outcome["wins"] if win[0] == 1]
        lines[f"{first[0][1]} × {first[0][2]}" if first else "nothing"] += 1
    assert {key[2]: number for key, number in counts.items() if key[1] == "line"} == lines


def test_cards_that_pity_gave_are_judged_against_their_own_table(player, banner):
    for _ in range(60):
        gacha.pull(player_id=player.pk, banner_id=banner.pk, pull_count=10, currency=Currency.GOLD, now=NOW)
    given = sum(sum(played.outcome["guaranteed"]) for played in Round.objects.all())

    services.observe(now=LATER)

    (version,) = [one for one in versions() if one.version == banner.odds_version]
    drawn, by_pity = observed(version)
    assert (drawn.sample, by_pity.sample) == (600 - given, given)


def test_counting_again_changes_nothing(player):
    for _ in range(5):
        spin(player_id=player.pk, bet_amount=20, lines=20, now=NOW)
    services.observe(now=LATER)
    before = _counts()

    assert services.observe(now=LATER) == 0
    assert _counts() == before


def test_batches_add_up(player, monkeypatch):
    monkeypatch.setattr(services, "BATCH", 3)
    for _ in range(10):
        spin(player_id=player.pk, bet_amount=20, lines=20, now=NOW)

    assert services.observe(now=LATER) == 10
    assert sum(number for key, number in _counts().items() if key[1] == "line") == 10


def test_a_young_or_open_round_is_waited_for(player):
    spin(player_id=player.pk, bet_amount=20, lines=20, now=NOW)
    crash.place_bet(player_id=player.pk, bet_amount=10, auto_cashout=None, now=NOW)
    spin(player_id=player.pk, bet_amount=20, lines=20, now=NOW)
    opened = Round.objects.get(status="open")
    late = opened.created_at + timedelta(hours=1)

    assert services.observe(now=NOW + timedelta(minutes=1)) == 0
    assert services.observe(now=max(LATER, late)) == 1
    assert ObservationWatermark.objects.get().round_id < opened.pk
    _settle_at_once()
    assert services.observe(now=max(LATER, late) + timedelta(hours=1)) == 2


def test_fair_play_raises_no_alert(player):
    for _ in range(60):
        spin(player_id=player.pk, bet_amount=20, lines=20, now=NOW)

    services.observe(now=LATER)

    assert not Alert.objects.filter(rule=services.RULE).exists()


def _draw_moons_alone(player, monkeypatch):
    """25 spins that leave the stated odds."""
    moons = tuple(strip.index("moon") for strip in slot.CURRENT.strips)
    monkeypatch.setattr(slot, "draw_stops", lambda draw: moons)
    for _ in range(25):
        spin(player_id=player.pk, bet_amount=20, lines=20, now=NOW)


def test_draws_that_leave_the_stated_odds_raise_one_alert_a_table(player, monkeypatch):
    _draw_moons_alone(player, monkeypatch)

    services.observe(now=LATER)
    services.judge(now=LATER)

    alerts = Alert.objects.filter(rule=services.RULE, resolved_at__isnull=True)
    assert f"{slot.CURRENT.version}/reel 1" in {alert.key for alert in alerts}
    assert {alert.severity for alert in alerts} == {"critical"}
    assert {alert.times for alert in alerts} == {2}
    with translation.override("en"):
        assert "do not follow the stated odds. Sample " in alerts[0].text


def test_an_alert_lasts_while_its_evidence_stands_also_when_nobody_plays(player, monkeypatch):
    _draw_moons_alone(player, monkeypatch)
    services.observe(now=LATER)
    alarming = {alert.key for alert in open_alerts()}

    for days in (1, 2, 3):
        assert services.observe(now=LATER + timedelta(days=days)) == 0
        resolve_passed(now=LATER + timedelta(days=days))
    assert {alert.key for alert in open_alerts()} == alarming != set()

    ended = [replace(version, effective_until=date(2026, 11, 26)) for version in versions()]
    monkeypatch.setattr(services, "versions", lambda: ended)  # others were put in their place
    services.observe(now=LATER + timedelta(days=4))
    resolve_passed(now=LATER + timedelta(days=4))
    assert not open_alerts()


def test_the_api_gives_stated_and_observed_side_by_side(client, player):
    for _ in range(4):
        spin(player_id=player.pk, bet_amount=20, lines=20, now=NOW)
    services.observe(now=LATER)

    sheets = client.get("/api/games/odds").json()["results"]

    (sheet,) = [sheet for sheet in sheets if sheet["game"] == "slot"]
    (line,) = [table for table in sheet["observed"] if table["name"] == "line"]
    assert (line["sample"], line["confidence"], line["test"]["is_alarming"]) == (4, "99%", False)
    assert sum(outcome["count"] for outcome in line["outcomes"]) == 4
    assert {sheet["game"] for sheet in sheets} == {"slot", "crash", "gacha", "rps"}
    assert all(sheet["version"] and sheet["effective_from"] for sheet in sheets)


def test_the_page_shows_them_too(client, player):
    spin(player_id=player.pk, bet_amount=20, lines=20, now=NOW)
    services.observe(now=LATER)

    page = client.get("/odds").content.decode()

    assert "고지한 확률과 실제" in page
    assert "추첨 1번" in page
    assert "99% 신뢰구간" in page


def test_crash_bands_are_the_exact_chances():
    (version,) = [one for one in versions() if one.game == "crash"]
    chances = {chance.outcome: chance.probability for chance in version.tables[0].chances}

    assert chances["never took off"] == 1 - crash_rules.chance_to_reach(100)
    assert chances["100.00× and more"] == crash_rules.chance_to_reach(10_000)
