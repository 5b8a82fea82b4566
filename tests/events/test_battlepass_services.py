"""The pass: season XP from its first hour, tiers once, upgrade, grace, automatic grant, a clean change of season."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from casino_club.core.errors import InvalidInput, NotFound
from economy.ledger.selectors import wallet_of
from economy.ledger.services import InsufficientGems
from economy.rewards.models import UserReward
from economy.seasons.models import Season, SeasonXp
from economy.seasons.selectors import xp_of
from economy.seasons.services import SeasonsOverlap, Tier, schedule, touch
from events.battlepass import services
from events.battlepass.models import PassClaim
from events.battlepass.rules import Track
from events.battlepass.selectors import level_of
from tests import factories
from tests.events.play import fund, play

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 1, tzinfo=UTC)
END = datetime(2026, 12, 1, tzinfo=UTC)
MID = datetime(2026, 11, 15, 10, 20, 30, tzinfo=UTC)
DAY = timedelta(days=1)
TIERS = (
    Tier(xp=100, free_gold=50, premium_gold=200),
    Tier(xp=300, premium_gems=5),
    Tier(xp=600, free_gems=1, premium_gold=900, premium_vip_points=10),
)


@pytest.fixture
def season():
    return schedule(name="단풍 시즌", starts_at=START, ends_at=END, premium_price_gems=100, tiers=TIERS)


@pytest.fixture
def player():
    player = factories.player().pk
    fund(player, at=START - DAY, gold=1_000_000, gems=300)
    return player


def passed(player, now=MID):
    return services.passes(player_id=player, now=now)[0]


def claim(player, tier, track=Track.FREE, now=MID, season_id=None):
    return services.claim(player_id=player, tier=tier, track=track, season_id=season_id, now=now)


def test_season_xp_counts_from_the_seasons_first_hour_and_is_kept_at_first_touch(season, player):
    play(player, at=START - timedelta(microseconds=1), wager=5000)
    play(player, at=START, wager=1000)

    first = touch(player_id=player, season=season, now=MID)
    play(player, at=MID, wager=2000)

    assert first == 100
    assert SeasonXp.objects.get().xp_at_start == 500
    assert touch(player_id=player, season=season, now=MID) == 300
    assert level_of(player, now=MID) == 2


def test_season_xp_before_the_first_touch_is_read_from_the_tally(season, player):
    play(player, at=MID, wager=1000)

    assert xp_of(player, season, now=MID + DAY) == type(xp_of(player, season, now=MID))(100, is_kept=False)
    assert not SeasonXp.objects.exists()


def test_season_xp_stands_still_once_the_season_is_over(season, player):
    touch(player_id=player, season=season, now=MID)
    play(player, at=MID, wager=1000)
    play(player, at=END, wager=7000)

    assert touch(player_id=player, season=season, now=END + DAY) == 100
    assert touch(player_id=player, season=season, now=END + DAY * 2) == 100
    assert SeasonXp.objects.get().xp_at_end == 100


def test_reached_tiers_are_collected_once(season, player):
    play(player, at=MID, wager=1000)
    before = wallet_of(player).gold

    first, again = claim(player, 1), claim(player, 1)

    assert (first.idempotent, again.idempotent) == (False, True)
    assert wallet_of(player).gold == again.balances.gold == before + 50
    assert UserReward.objects.get(reward_type="BATTLE_PASS").idempotency_key == f"pass:{player}:{season.pk}:1:free"


@pytest.mark.parametrize(
    ("tier", "track", "refusal"),
    [
        (3, Track.FREE, services.TierNotReached),
        (1, Track.PREMIUM, services.PremiumRequired),
        (2, Track.FREE, NotFound),
        (9, Track.FREE, NotFound),
    ],
    ids=["not reached", "not premium", "gives nothing", "no such tier"],
)
def test_what_cannot_be_collected_is_refused(season, player, tier, track, refusal):
    play(player, at=MID, wager=4000)

    with pytest.raises(refusal):
        claim(player, tier, track)

    assert not PassClaim.objects.exists()


def test_upgrading_takes_gems_and_pays_the_premium_tiers_already_reached(season, player):
    play(player, at=MID, wager=3000)
    before = wallet_of(player)

    upgraded = services.upgrade(player_id=player, now=MID)

    after = wallet_of(player)
    assert upgraded.tiers == [1, 2]
    assert (after.gold, after.gems) == (before.gold + 200, before.gems - 100 + 5)
    assert (upgraded.balances.gold, upgraded.balances.gems) == (after.gold, after.gems)
    assert passed(player).is_premium
    with pytest.raises(services.AlreadyPremium):
        services.upgrade(player_id=player, now=MID)


def test_an_upgrade_without_the_gems_changes_nothing(season):
    poor = factories.player().pk

    with pytest.raises(InsufficientGems), transaction.atomic():
        services.upgrade(player_id=poor, now=MID)

    assert not passed(poor).is_premium


def test_in_the_days_of_grace_tiers_can_be_collected_but_nothing_bought(season, player):
    play(player, at=MID, wager=1000)

    assert claim(player, 1, now=END + DAY * 6).idempotent is False
    with pytest.raises(services.SeasonClosed):
        services.upgrade(player_id=player, now=END + DAY)
    with pytest.raises(services.SeasonClosed):
        claim(player, 3, now=END + DAY * 7, season_id=season.pk)


def test_after_the_grace_what_is_left_is_granted_once(season, player):
    play(player, at=MID, wager=4000)
    claim(player, 1)
    services.upgrade(player_id=player, now=MID)
    others = [factories.player().pk for _ in range(5)]
    for other in others:
        fund(other, at=MID, gold=100_000)
        play(other, at=MID, wager=6000)
    idle = factories.player().pk
    play(player, at=END - timedelta(microseconds=1), wager=2000)
    before = {who: wallet_of(who) for who in (player, *others, idle)}

    early = services.settle(now=END + DAY * 7 - timedelta(microseconds=1))
    given = services.settle(now=END + DAY * 7, batch=2)
    again = services.settle(now=END + DAY * 8)

    assert (early, given, again) == (0, 2 + 2 * 5, 0)
    after = wallet_of(player)
    assert (after.gold - before[player].gold, after.gems - before[player].gems) == (900, 1)
    assert after.vip_points == 10
    assert {wallet_of(other).gold - before[other].gold for other in others} == {50}
    assert wallet_of(idle).gold == before[idle].gold
    assert PassClaim.objects.filter(is_automatic=True).count() == given
    assert Season.objects.get().settled_at == END + DAY * 7


def test_a_new_season_starts_clean_and_the_old_one_can_still_be_collected(season, player):
    play(player, at=MID, wager=3000)
    services.upgrade(player_id=player, now=MID)
    follower = schedule(name="소나무 시즌", starts_at=END, ends_at=END + DAY * 30, premium_price_gems=100, tiers=TIERS)
    now = END + DAY

    new, old = services.passes(player_id=player, now=now)

    assert (new.season, new.xp, new.level, new.is_premium, new.claimable) == (follower, 0, 0, False, [])
    assert (old.season, old.is_over, [tier for tier, _ in old.claimable]) == (season, True, [1])
    assert claim(player, 1, now=now, season_id=season.pk).idempotent is False


def test_seasons_never_overlap_and_keep_whole_hours(season):
    with pytest.raises(SeasonsOverlap):
        schedule(name="x", starts_at=END - DAY, ends_at=END + DAY, premium_price_gems=1, tiers=TIERS)
    with pytest.raises(InvalidInput):
        schedule(name="x", starts_at=END + timedelta(minutes=30), ends_at=END + DAY, premium_price_gems=1, tiers=TIERS)
    with pytest.raises(IntegrityError), transaction.atomic():
        Season.objects.create(name="x", starts_at=END + timedelta(minutes=30), ends_at=END + DAY)
