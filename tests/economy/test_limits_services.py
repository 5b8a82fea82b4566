"""Self-limits in the bet path: exact for the game day, in one statement, and for free where there are none."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from casino_club.core.errors import InvalidInput
from economy.ledger import services as ledger
from economy.ledger.models import Wallet
from economy.ledger.rules import Asset, Move
from economy.limits import services
from economy.limits.models import PlayLimit, PlayRest
from economy.limits.rules import Kind, Limit, Rest, Used
from economy.limits.selectors import standing_of
from economy.limits.services import SelfLimitReached
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2031, 1, 1, 12, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def player():
    player = factories.player().pk
    book(player, Move(Asset.GOLD, 100_000, "adjustment", "start"))
    return player


def book(player, *moves, at=NOW):
    with transaction.atomic():
        ledger.post(player, moves, now=at)


def bet(player, stake, reference, *, at=NOW, win=0):
    book(player, Move(Asset.GOLD, -stake, "slot.bet", reference), Move(Asset.XP, 1, "play.xp", reference), at=at)
    if win:
        book(player, Move(Asset.GOLD, win, "slot.win", reference), at=at)


def limit(player, *, at=NOW, **wanted):
    return services.set_limits(
        player_id=player, wanted={Kind(f"daily_{name}"): amount for name, amount in wanted.items()}, now=at
    )


def refused(player, stake, *, at=NOW):
    """Which limit refuses the bet and how much of it is left; None when it may be placed."""
    with transaction.atomic():
        wallet = ledger.lock_wallet(player)
        try:
            services.check(wallet, stake=stake, now=at)
        except SelfLimitReached as refusal:
            return refusal.extra["limit"], refusal.extra["remaining"], refusal.extra["ends_at"]
    return None


def test_a_bet_of_a_player_without_limits_asks_nothing(player):
    wallet = Wallet.objects.get(pk=player)

    with CaptureQueriesContext(connection) as statements:
        services.check(wallet, stake=10**9, now=NOW)

    assert len(statements) == 0


def test_a_bet_of_a_player_with_every_limit_takes_one_statement(player):
    limit(player, wager=10_000, loss=10_000, minutes=60)
    services.pause(player_id=player, hours=24, now=NOW - timedelta(days=9))
    wallet = Wallet.objects.get(pk=player)

    with CaptureQueriesContext(connection) as statements:
        services.check(wallet, stake=1, now=NOW)

    assert len(statements) == 1


def test_the_wager_of_the_day_counts_every_game_and_nothing_else(player):
    limit(player, wager=1000)
    bet(player, 300, "a", at=NOW - timedelta(hours=3), win=5000)
    book(player, Move(Asset.GOLD, -200, "crash.bet", "b"))
    book(player, Move(Asset.GOLD, -9000, "pass.upgrade", "c"))

    assert refused(player, 499) is None
    assert refused(player, 500) is None
    assert refused(player, 501) == ("daily_wager", 500, "2031-01-02T00:00:00.000Z")


def test_the_loss_of_the_day_is_bets_minus_winnings(player):
    limit(player, loss=1000)
    bet(player, 800, "a", win=300)

    assert refused(player, 500) is None
    assert refused(player, 501) == ("daily_loss", 500, "2031-01-02T00:00:00.000Z")


def test_minutes_are_distinct_minutes_with_a_bet(player):
    limit(player, minutes=2)
    bet(player, 1, "a", at=NOW.replace(hour=0, minute=0))
    bet(player, 1, "b", at=NOW.replace(hour=0, minute=0, second=59, microsecond=999_999))
    book(player, Move(Asset.GOLD, 5, "slot.win", "w"), at=NOW - MINUTE)
    book(player, Move(Asset.GOLD, -5, "adjustment", "x"), at=NOW - 2 * MINUTE)
    assert standing_of(player, now=NOW).used.minutes == 1
    assert refused(player, 1) is None
    bet(player, 1, "c")

    assert refused(player, 1, at=NOW + timedelta(seconds=59)) is None
    assert refused(player, 1, at=NOW + MINUTE) == ("daily_minutes", 0, "2031-01-02T00:00:00.000Z")
    assert refused(player, 1, at=NOW.replace(hour=0, minute=0, second=30)) is None


def test_whoever_has_no_limit_sees_what_the_day_has_used_all_the_same(player):
    bet(player, 7, "a", at=NOW - 2 * MINUTE)
    bet(player, 8, "b")

    used = standing_of(player, now=NOW).used

    assert (used.wagered, used.lost, used.minutes, used.this_minute) == (15, 15, 2, True)


def test_a_new_game_day_begins_with_nothing_used(player):
    limit(player, wager=100, loss=100, minutes=1, at=NOW - timedelta(days=1))
    midnight = datetime(2031, 1, 2, tzinfo=UTC)
    bet(player, 100, "a", at=midnight - timedelta(microseconds=1))

    assert refused(player, 1, at=midnight - timedelta(microseconds=1))[0] == "daily_wager"
    assert refused(player, 100, at=midnight) is None
    bet(player, 100, "b", at=midnight)
    assert refused(player, 1, at=midnight)[0] == "daily_wager"


def test_a_game_day_that_begins_inside_an_hour_is_exact(player, settings):
    settings.GAME_TIMEZONE = "Asia/Kolkata"  # midnight there is 18:30 UTC
    limit(player, wager=100)
    edge = datetime(2031, 1, 1, 18, 30, tzinfo=UTC)
    bet(player, 60, "a", at=edge - timedelta(microseconds=1))
    bet(player, 40, "b", at=edge)

    assert standing_of(player, now=edge - MINUTE).used.wagered == 60
    assert standing_of(player, now=edge).used.wagered == 40
    assert refused(player, 60, at=edge) is None
    assert refused(player, 61, at=edge)[0] == "daily_wager"


def test_many_minutes_are_counted_without_reading_every_bet(player):
    limit(player, minutes=1440)
    for n in range(90):
        bet(player, 1, f"{n}", at=NOW.replace(hour=1, minute=0) + timedelta(seconds=30 * n))

    assert standing_of(player, now=NOW).used == Used(wagered=90, won=0, minutes=45)


def test_looser_limits_wait_a_day_and_then_need_no_job(player):
    limit(player, wager=100)
    loosened = limit(player, wager=500)

    assert loosened.limits[Kind.WAGER] == Limit(100, 500, NOW + timedelta(hours=24))
    almost, then = NOW + timedelta(hours=24, microseconds=-1), NOW + timedelta(hours=24)
    assert refused(player, 101, at=almost)[:2] == ("daily_wager", 100)
    assert refused(player, 500, at=then) is None
    assert refused(player, 501, at=then)[:2] == ("daily_wager", 500)


def test_a_limit_that_is_taken_back_holds_for_a_day_more(player):
    limit(player, wager=100)
    limit(player, wager=None)

    assert refused(player, 101) is not None
    assert refused(player, 10**9, at=NOW + timedelta(hours=24)) is None


def test_what_is_not_named_stays_and_a_repeat_writes_nothing(player):
    limit(player, wager=100, minutes=5)
    limit(player, loss=7, at=NOW + MINUTE)
    limit(player, wager=100, at=NOW + 2 * MINUTE)

    rows = PlayLimit.objects.filter(player_id=player).values_list("kind", "amount", "updated_at")
    assert set(rows) == {
        ("daily_wager", 100, NOW),
        ("daily_minutes", 5, NOW),
        ("daily_loss", 7, NOW + MINUTE),
    }


@pytest.mark.parametrize("hours", [24, 168, 720])
def test_a_pause_refuses_every_bet_until_its_last_microsecond(player, hours):
    services.pause(player_id=player, hours=hours, now=NOW)
    ends = NOW + timedelta(hours=hours)

    assert refused(player, 1)[0] == "pause"
    assert refused(player, 0, at=ends - timedelta(microseconds=1))[0] == "pause"
    assert refused(player, 1, at=ends) is None


def test_a_rest_is_only_ever_made_longer(player):
    services.pause(player_id=player, hours=168, now=NOW)
    standing = services.pause(player_id=player, hours=24, now=NOW)
    assert standing.rests == {Rest.PAUSE: NOW + timedelta(hours=168)}

    services.exclude(player_id=player, days=200, now=NOW)
    standing = services.exclude(player_id=player, days=180, now=NOW + MINUTE)

    assert standing.rests[Rest.EXCLUSION] == NOW + timedelta(days=200)
    assert PlayRest.objects.filter(player_id=player).count() == 2
    assert refused(player, 1) == ("exclusion", 0, "2031-07-20T12:30:00.000Z")


@pytest.mark.parametrize("hours", [0, 1, 23, 25, 721])
def test_a_pause_of_any_other_length_is_refused(player, hours):
    with pytest.raises(InvalidInput):
        services.pause(player_id=player, hours=hours, now=NOW)


@pytest.mark.parametrize("days", [0, 179, 36_501])
def test_an_exclusion_is_half_a_year_at_least(player, days):
    with pytest.raises(InvalidInput):
        services.exclude(player_id=player, days=days, now=NOW)


@pytest.mark.parametrize("wanted", [{"wager": 0}, {"loss": -1}, {"minutes": 1441}, {"wager": 10**15 + 1}])
def test_a_limit_out_of_range_changes_nothing(player, wanted):
    with pytest.raises(InvalidInput):
        limit(player, **({"minutes": 5} | wanted))

    assert not PlayLimit.objects.exists()
    assert not Wallet.objects.get(pk=player).limited
