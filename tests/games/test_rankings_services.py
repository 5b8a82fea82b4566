"""Rankings are a naive recomputation of the ledger, live and closed, and pay their prizes once."""

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import call_command
from redis.exceptions import ConnectionError as RedisAway

from accounts.inbox.models import Notification
from casino_club.core import clock, redis
from casino_club.core.errors import InvalidInput, NotFound
from economy.ledger.models import Entry
from economy.ledger.rules import Asset, Move
from economy.ledger.selectors import wallet_of
from economy.ledger.services import post
from economy.rewards.models import UserReward
from economy.seasons.services import Tier, schedule
from games.publicity.services import set_hidden
from games.rankings import mirror, periods, services
from games.rankings.models import Leaderboard, Standing
from games.rankings.rules import PRIZES, Metric, Span, prize_for
from games.rankings.selectors import board_of, standings_from_books
from tests import factories

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
NOON = MONDAY + timedelta(hours=12)


def _won(player, amount, at, number=None):
    """The player is paid `amount` gold net by the house at a moment, in two entries."""
    number = number if number is not None else Entry.objects.count()
    moves = [
        Move(Asset.GOLD, amount + 10, "slot.win", f"test:{number}"),
        Move(Asset.GOLD, -10, "slot.bet", f"test:{number}"),
        Move(Asset.XP, 1 + abs(amount), "play.xp", f"test:{number}"),
    ]
    post(player.pk, moves, now=at)


def _board(player, span=Span.DAILY, metric=Metric.NET, now=NOON, key=None):
    return board_of(span=span, metric=metric, key=key, player_id=player.pk, now=now)


def _naive(start, end, metric):
    """Everybody's score by adding up every entry in plain Python, the best first."""
    sums = defaultdict(int)
    for entry in Entry.objects.filter(created_at__gte=start, created_at__lt=end):
        counts = entry.reason.startswith("slot.") if metric is Metric.NET else entry.asset == "xp"
        if counts:
            sums[entry.player_id] += entry.amount
    return sorted(((score, player) for player, score in sums.items()), key=lambda found: (-found[0], found[1]))


@pytest.fixture
def season():
    return schedule(
        name="첫 시즌",
        starts_at=MONDAY,
        ends_at=MONDAY + timedelta(days=20),
        premium_price_gems=100,
        tiers=[Tier(xp=100, free_gold=1)],
    )


@pytest.fixture
def crowd():
    """Twelve players and 200 wins and losses over nine days, some at the very edges of days and weeks."""
    chance = random.Random(4)
    players = [factories.player() for _ in range(12)]
    edges = [MONDAY, MONDAY - timedelta(microseconds=1), MONDAY + timedelta(days=1), MONDAY + timedelta(days=7)]
    for number in range(200):
        at = MONDAY + timedelta(minutes=chance.randint(-1440, 12_000))
        _won(chance.choice(players), chance.randint(-4, 300), edges[number] if number < len(edges) else at, number)
    return players


@pytest.mark.parametrize("zone", ["UTC", "Asia/Seoul", "Asia/Kolkata", "America/St_Johns"])
@pytest.mark.parametrize("span", [Span.DAILY, Span.WEEKLY])
@pytest.mark.parametrize("metric", list(Metric))
def test_boards_are_a_naive_recomputation_in_every_zone(settings, crowd, zone, span, metric):
    settings.GAME_TIMEZONE = zone
    period = periods.current(span, NOON)
    naive = _naive(period.starts_at, period.ends_at, metric)
    found = standings_from_books(period, metric)

    assert [(place.score, place.player_id) for place in found] == naive
    live = mirror.read(period, metric, player_id=naive[3][1], score=naive[3][0], now=NOON)
    assert [(place.score, place.player_id) for place in live.top] == naive
    assert (live.me.rank, live.players) == (4, len(naive))
    assert [place.rank for place in live.neighbours] == [2, 3, 4, 5, 6]


def test_a_season_is_its_window(season, crowd):
    naive = _naive(season.starts_at, season.ends_at, Metric.XP)

    board = _board(crowd[0], Span.SEASON, Metric.XP)

    assert [line.score for line in board.top] == [score for score, _ in naive]
    assert (board.period.key, board.period.name) == (str(season.pk), "첫 시즌")


def test_equal_scores_are_ordered_by_the_older_account():
    players = [factories.player() for _ in range(5)]
    for player in reversed(players):
        _won(player, 50, NOON)

    board = _board(players[2])

    assert [line.nickname for line in board.top] == [player.nickname for player in players]
    assert (board.me.rank, board.me.is_me) == (3, True)


def test_ones_own_line_is_exact_at_once_while_the_others_may_be_seconds_old():
    mine, other = factories.player(), factories.player()
    _won(mine, 10, NOON)
    _won(other, 20, NOON)
    assert _board(mine).me.rank == 2

    _won(mine, 100, NOON)
    _won(other, 500, NOON)

    moment_later, later = NOON + timedelta(seconds=1), NOON + timedelta(seconds=6)
    assert [(line.rank, line.score) for line in _board(mine, now=moment_later).top] == [(1, 110), (2, 20)]
    assert [(line.rank, line.score) for line in _board(mine, now=later).top] == [(1, 520), (2, 110)]


def test_a_flush_of_redis_loses_no_place(crowd):
    before = _board(crowd[0])

    redis.client().flushdb()

    after = _board(crowd[0])
    assert (after.top, after.me, after.players) == (before.top, before.me, before.players)


def test_half_a_flush_is_noticed_too(crowd):
    before = _board(crowd[0])
    redis.client().delete(mirror.key_of(before.period, Metric.NET))

    assert _board(crowd[0], now=NOON + timedelta(seconds=6)).top == before.top


def test_without_redis_the_books_answer(crowd, monkeypatch):
    before = _board(crowd[0])

    def away(*_args, **_kwargs):
        raise RedisAway

    monkeypatch.setattr(mirror, "client", away)

    after = _board(crowd[0])
    assert (after.top, after.me, after.neighbours) == (before.top, before.me, before.neighbours)


def test_the_command_rebuilds_every_running_board(season, crowd, capsys, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOON)
    board = _board(crowd[0])
    redis.client().zadd(mirror.key_of(board.period, Metric.NET), {mirror.member_of(999): -(10**9)})

    call_command("rankings_rebuild")

    assert f"daily net 2026-11-23: {board.players} players" in capsys.readouterr().out
    assert _board(crowd[0]).top == board.top


def test_operators_and_closed_accounts_stand_on_no_board():
    honest, banned = factories.player(), factories.player()
    operator = factories.player()
    for player in (honest, banned, operator):
        _won(player, 50, NOON)
    type(banned).objects.filter(pk=banned.pk).update(is_active=False)
    type(operator).objects.filter(pk=operator.pk).update(is_staff=True)

    board = _board(operator)

    assert [line.nickname for line in board.top] == [honest.nickname]
    assert (board.me, board.players) == (None, 1)


def test_whoever_never_played_has_no_place():
    board = _board(factories.player())

    assert (board.top, board.me, board.neighbours, board.players) == ([], None, [], 0)


def test_a_hidden_name_is_masked_for_others_only():
    shy, other = factories.player(), factories.player()
    _won(shy, 50, NOON)
    set_hidden(player_id=shy.pk, hidden=True, now=NOON)

    assert _board(other).top[0].nickname is None
    assert _board(shy).top[0].nickname == shy.nickname
    set_hidden(player_id=shy.pk, hidden=False, now=NOON)
    assert _board(other).top[0].nickname == shy.nickname


# --- Periods -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("span", "key"),
    [
        (Span.DAILY, "yesterday"),
        (Span.DAILY, "2026-02-30"),
        (Span.DAILY, "0001-01-01"),
        (Span.DAILY, "2026-11-2"),
        (Span.DAILY, "20261123"),
        (Span.WEEKLY, "2026-11-24"),
        (Span.WEEKLY, "2026-W48"),
        (Span.SEASON, "x"),
        (Span.SEASON, "-1"),
        (Span.SEASON, "9" * 30),
        (Span.SEASON, "٣"),
    ],
)
def test_what_names_no_period_is_refused(span, key):
    with pytest.raises(InvalidInput):
        periods.named(span, key, NOON)


@pytest.mark.parametrize(
    ("span", "key"), [(Span.DAILY, "2026-11-24"), (Span.WEEKLY, "2026-11-30"), (Span.SEASON, "77")]
)
def test_what_has_not_begun_or_never_was_is_not_found(span, key):
    with pytest.raises(NotFound):
        periods.named(span, key, NOON)


def test_between_seasons_there_is_no_board():
    with pytest.raises(NotFound):
        _board(factories.player(), Span.SEASON)


def test_a_past_that_was_never_written_down_is_not_found():
    with pytest.raises(NotFound):
        _board(factories.player(), key="2026-11-01")


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Kolkata"])
def test_periods_follow_each_other_without_gaps_through_a_change_of_summer_time(settings, zone):
    settings.GAME_TIMEZONE = zone
    start = datetime(2026, 10, 20, 12, tzinfo=UTC)

    for span, length in ((Span.DAILY, 21), (Span.WEEKLY, 3)):
        found = list(periods.over_between(span, start, start + timedelta(days=22)))
        assert len(found) in (length, length + 1)
        assert [one.ends_at for one in found[:-1]] == [one.starts_at for one in found[1:]]
        assert all(periods.current(span, one.starts_at) == one for one in found)


# --- Closing -----------------------------------------------------------------------------------------------------
AFTER = MONDAY + timedelta(days=1, minutes=6)


def test_a_board_is_written_down_once_it_is_over_and_not_before(crowd):
    services.close_boards(now=MONDAY + timedelta(days=1, minutes=4))
    assert not Leaderboard.objects.filter(span="daily", period="2026-11-23").exists()

    services.close_boards(now=AFTER)

    board = Leaderboard.objects.get(span="daily", metric="net", period="2026-11-23")
    naive = _naive(MONDAY, MONDAY + timedelta(days=1), Metric.NET)
    assert list(board.standings.order_by("rank").values_list("score", "player_id")) == naive
    assert board.players == len(naive)


def test_a_closed_board_no_longer_follows_the_books(crowd):
    services.close_boards(now=AFTER)
    before = _board(crowd[0], key="2026-11-23", now=AFTER)

    _won(crowd[0], 5000, NOON, number=9999)

    after = _board(crowd[0], key="2026-11-23", now=AFTER)
    assert after.is_final
    assert (after.top, after.me) == (before.top, before.me)


def test_between_its_end_and_its_closing_a_board_is_still_read(crowd):
    board = _board(crowd[0], key="2026-11-23", now=MONDAY + timedelta(days=1, minutes=1))

    assert not board.is_final
    assert board.top


def test_closing_again_changes_nothing(crowd):
    services.close_boards(now=AFTER)
    before = list(Standing.objects.values_list()), UserReward.objects.count()

    assert services.close_boards(now=AFTER) == 0
    assert (list(Standing.objects.values_list()), UserReward.objects.count()) == before


def test_days_on_which_beat_slept_are_caught_up(crowd):
    services.close_boards(now=MONDAY + timedelta(days=8, minutes=6))

    days = Leaderboard.objects.filter(span="daily", metric="xp").order_by("starts_at").values_list("period", flat=True)
    assert list(days) == [(date(2026, 11, 22) + timedelta(days=number)).isoformat() for number in range(9)]
    assert Leaderboard.objects.filter(span="weekly", metric="net").count() == 2


def test_a_season_is_closed_with_its_name_kept(season, crowd):
    services.close_boards(now=season.ends_at + timedelta(minutes=6))

    board = _board(crowd[0], Span.SEASON, key=str(season.pk), now=season.ends_at + timedelta(days=90))
    assert board.is_final
    assert board.period.name == "첫 시즌"


def test_prizes_are_paid_by_place_to_scores_above_nothing():
    players = [factories.player() for _ in range(5)]
    for number, player in enumerate(players):
        _won(player, [300, 200, 0, -5, 100][number], NOON)
    gold = [wallet_of(player.pk).gold for player in players]

    services.close_boards(now=AFTER)

    prizes = [wallet_of(player.pk).gold - before for player, before in zip(players, gold, strict=True)]
    # net and XP of the day: 300, 200, 100 net; 301, 201, 101, 6 and 1 XP
    assert prizes == [2000, 1200, 200, 200, 800]
    assert set(UserReward.objects.filter(reward_type="RANKING_PRIZE").values_list("idempotency_key", flat=True)) == {
        *(f"ranking:daily:net:2026-11-23:{players[number].pk}" for number in (0, 1, 4)),
        *(f"ranking:daily:xp:2026-11-23:{player.pk}" for player in players),
    }


def test_a_prize_is_told_once_in_the_inbox():
    player = factories.player()
    _won(player, 100, NOON)

    services.close_boards(now=AFTER)
    services.close_boards(now=AFTER)

    told = Notification.objects.filter(player=player, kind="ranking.prize")
    assert {notice.params["rank"] for notice in told} == {1}
    assert told.count() == 2  # net and XP


def test_a_payment_that_broke_off_is_made_up_for_without_paying_twice():
    player = factories.player()
    _won(player, 100, NOON)
    services.close_boards(now=AFTER)
    gold = wallet_of(player.pk).gold
    Leaderboard.objects.update(prizes_paid_at=None)

    services.close_boards(now=AFTER)

    assert wallet_of(player.pk).gold == gold
    assert not Leaderboard.objects.filter(prizes_paid_at__isnull=True).exists()


def test_closed_accounts_are_paid_nothing():
    player = factories.player()
    _won(player, 100, NOON)
    for span in Span:
        for metric in Metric:
            for period in services._overdue(span, metric, AFTER):
                services._write_down(period, metric, AFTER)
    type(player).objects.filter(pk=player.pk).update(is_active=False)

    services.close_boards(now=AFTER)

    assert not UserReward.objects.filter(user=player, reward_type="RANKING_PRIZE").exists()


def test_the_bands_of_prizes_are_in_order_and_worth_less_and_less():
    for span, bands in PRIZES.items():
        ranks, gold = [band.last_rank for band in bands], [band.amounts.gold for band in bands]
        assert ranks == sorted(set(ranks))
        assert gold == sorted(gold, reverse=True)
        assert prize_for(span, ranks[-1], 1) is not None
        assert prize_for(span, ranks[-1] + 1, 1) is None
        assert prize_for(span, 1, 0) is None
