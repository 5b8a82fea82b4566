"""A pull moves price, XP, cards, pity, statistics, nonce and streak together, or nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from casino_club.core.errors import InvalidInput, NotFound
from economy.ledger.models import Entry
from economy.ledger.selectors import wallet_of
from economy.ledger.services import InsufficientGems, InsufficientGold
from economy.limits import services as limits
from economy.limits.services import SelfLimitReached
from economy.streaks.models import AttendanceDay
from games.fairness.models import SeedPair
from games.fairness.rules import Draw
from games.gacha import rules
from games.gacha.demo import demo_banners
from games.gacha.models import Banner, InventoryItem, Pity
from games.gacha.rules import Currency
from games.gacha.selectors import collection_of, open_banners
from games.gacha.services import BannerClosed, pull
from games.rounds.models import Round
from games.stats.models import UserGameStats
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def player():
    player = factories.player()
    factories.give(player, gold=99_000, gems=9_000)
    return player


@pytest.fixture
def banner():
    demo_banners(now=NOW)
    return Banner.objects.get(odds_version="gacha-standard-2026-11-23")


@pytest.fixture
def numbers(monkeypatch):
    """Let the draws give these numbers, then only the last of them."""

    def give(*coming):
        left = list(coming)
        monkeypatch.setattr(
            Draw, "below", lambda draw, bound: min(bound - 1, left.pop(0) if len(left) > 1 else left[0])
        )

    return give


def _pull(player, banner, count=1, currency=Currency.GOLD, now=NOW):
    return pull(player_id=player.pk, banner_id=banner.pk, pull_count=count, currency=currency, now=now)


def _entries(result):
    return {
        (entry.reason, entry.asset): (entry.amount, entry.units)
        for entry in Entry.objects.filter(reference=f"round:{result.round_id}")
    }


def test_a_pull_takes_the_gold_gives_its_xp_and_the_card(player, banner, numbers):
    numbers(999)

    result = _pull(player, banner)

    assert [found.card.code for found in result.found] == ["willow-pi"]
    assert _entries(result) == {("gacha.pull", "gold"): (-150, 1), ("play.xp", "xp"): (15, 1)}
    assert result.gold == wallet_of(player.pk).gold == 100_000 - 150
    item = InventoryItem.objects.get(player=player)
    assert (item.item, item.quantity, item.first_at) == ("willow-pi", 1, NOW)
    assert Pity.objects.get(player=player).count == result.pity == 1


def test_ten_cards_are_one_round_with_ten_units_and_each_counted(player, banner, numbers):
    numbers(999, 999, 30, 999, 999, 999, 999, 999, 999, 500)

    result = _pull(player, banner, 10)

    played = Round.objects.get(player=player)
    assert (played.pk, played.game, played.bet, played.win, played.nonce) == (result.round_id, "gacha", 1350, 0, 0)
    assert played.outcome["cards"] == [found.card.code for found in result.found]
    assert _entries(result) == {("gacha.pull", "gold"): (-1350, 10), ("play.xp", "xp"): (135, 1)}
    held = dict(InventoryItem.objects.filter(player=player).values_list("item", "quantity"))
    assert held["willow-pi"] == 8
    assert sum(held.values()) == 10
    assert [found.number for found in result.found if found.card.code == "willow-pi"] == list(range(1, 9))
    assert [found.is_new for found in result.found] == [True, False, True, *[False] * 6, True]
    assert SeedPair.objects.get(player=player).next_nonce == 1


def test_gems_pay_and_wager_no_gold(player, banner):
    result = _pull(player, banner, 10, Currency.GEMS)

    assert _entries(result) == {("gacha.pull", "gems"): (-135, 10), ("play.xp", "xp"): (10, 1)}
    assert (result.gems, result.gold) == (9_000 - 135, 100_000)
    assert Round.objects.get(player=player).bet == 0
    stats = UserGameStats.objects.get(user=player)
    assert (stats.rounds, stats.total_bets, stats.total_losses, stats.total_profit) == (1, 0, 0, 0)


def test_statistics_count_what_a_pull_does_to_gold(player, banner):
    _pull(player, banner)

    stats = UserGameStats.objects.get(user=player, game="gacha")
    assert (stats.rounds, stats.total_bets, stats.total_wagered, stats.total_won) == (1, 1, 150, 0)
    assert (stats.total_profit, stats.highest_multiplier) == (-150, 0)


def test_the_fiftieth_pull_without_a_bright_is_one(player, banner, numbers):
    numbers(999)
    for _ in range(4):
        _pull(player, banner, 10)
    for _ in range(9):
        last = _pull(player, banner)
    assert last.pity == 49

    certain = _pull(player, banner)

    assert (certain.found[0].card.code, certain.found[0].guaranteed, certain.pity) == ("willow-bright", True, 0)
    assert Pity.objects.get(player=player).pulls == 50


def test_pity_is_counted_for_each_banner_by_itself(player, banner, numbers):
    numbers(999)
    other = Banner.objects.exclude(pk=banner.pk).get()
    _pull(player, banner, 10)

    assert _pull(player, other).pity == 1
    assert {each.pk: each.pity for each in open_banners(player.pk, NOW)} == {banner.pk: 10, other.pk: 1}


def test_a_round_can_be_drawn_again_from_its_seeds(player, banner):
    for count in (1, 10, 10):
        _pull(player, banner, count)

    for played in Round.objects.filter(player=player).select_related("seed_pair"):
        draw = Draw(bytes(played.seed_pair.server_seed), played.seed_pair.client_seed, played.nonce)
        again = rules.outcome_of(draw, rules.ODDS[played.odds_version], played.outcome["pulls"], played.outcome["pity"])
        assert [pulled.card.code for pulled in again.pulled] == played.outcome["cards"]


def test_the_collection_shows_the_whole_deck(player, banner, numbers):
    numbers(999)
    _pull(player, banner, 10)

    collection = collection_of(player.pk)

    assert len(collection.slots) == 36
    assert (collection.found, collection.cards) == (1, 10)


def test_the_days_first_pull_ticks_the_streak(player, banner):
    _pull(player, banner)
    _pull(player, banner)

    assert AttendanceDay.objects.filter(player=player, action="GACHA_PULL").count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"is_active": False},
        {"starts_at": NOW + timedelta(microseconds=1)},
        {"ends_at": NOW},
    ],
)
def test_a_banner_is_open_only_within_its_window(player, banner, change):
    Banner.objects.filter(pk=banner.pk).update(**{"starts_at": NOW - timedelta(days=1)} | change)

    with pytest.raises(BannerClosed), transaction.atomic():
        _pull(player, banner)

    assert banner not in open_banners(player.pk, NOW)
    assert not Round.objects.exists()


def test_what_is_not_sold_is_refused(player, banner):
    Banner.objects.filter(pk=banner.pk).update(gems_for_1=None, gems_for_10=None)

    with pytest.raises(InvalidInput), transaction.atomic():
        _pull(player, banner, 1, Currency.GEMS)
    with pytest.raises(InvalidInput), transaction.atomic():
        _pull(player, banner, 5)
    with pytest.raises(NotFound), transaction.atomic():
        pull(player_id=player.pk, banner_id=banner.pk + 999, pull_count=1, currency=Currency.GOLD, now=NOW)


@pytest.mark.parametrize(
    ("currency", "refusal"), [(Currency.GOLD, InsufficientGold), (Currency.GEMS, InsufficientGems)]
)
def test_whoever_cannot_pay_changes_nothing(banner, currency, refusal):
    poor = factories.player()

    with pytest.raises(refusal), transaction.atomic():
        _pull(poor, banner, 10, currency)

    assert not Round.objects.exists()
    assert not InventoryItem.objects.exists()
    assert not Pity.objects.exists()
    assert wallet_of(poor.pk).gold == 1000


def test_self_limits_hold_for_gold_and_a_rest_for_gems_as_well(player, banner):
    limits.pause(player_id=player.pk, hours=24, now=NOW)

    for currency in Currency:
        with pytest.raises(SelfLimitReached), transaction.atomic():
            _pull(player, banner, 1, currency)


def test_odds_and_prices_are_frozen_once_somebody_has_pulled(player, banner):
    Banner.objects.filter(pk=banner.pk).update(gold_for_1=100)
    _pull(player, banner)

    Banner.objects.filter(pk=banner.pk).update(title_en="Another name", is_active=False)
    for change in ({"gold_for_1": 1}, {"odds_version": "gacha-moon-2026-11-23"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Banner.objects.filter(pk=banner.pk).update(**change)


def test_a_fresh_house_has_boxes_once():
    assert len(demo_banners(now=NOW)) == 2
    assert demo_banners(now=NOW) == []
