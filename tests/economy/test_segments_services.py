"""The nightly segmentation: figures as plain Python finds them, history, done once, safe twice and at once."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from casino_club.core import clock
from economy.ledger.models import Entry, Tally, Wallet
from economy.segments import rules, services
from economy.segments.models import PlayerSegment, SegmentChange, SegmentDay
from economy.segments.rules import Segment, Standing, fifth_from_above, fifth_from_below, segment_of
from economy.segments.selectors import movement_of, sizes_of
from economy.segments.services import LaterDayDone, segment_players
from economy.shop.models import Purchase
from tests import factories
from tests.concurrency.together import together
from tests.economy import shop_things
from tests.events.play import play

pytestmark = pytest.mark.django_db
TODAY = date(2031, 3, 5)
NOW = datetime(2031, 3, 5, 4, 11, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(services, "BATCH", 3)


def player(*, known=400, played=(), paid=()):
    """Somebody known for so many days, who played and paid so many days ago."""
    users = get_user_model()
    number = users.objects.count()
    user = users.objects.create(
        site_id=f"rfm{number}", nickname=f"분석{number}", password="!", created_at=NOW - known * DAY
    )
    Wallet.objects.create(player=user, gold=100_000)
    for days in played:
        play(user.pk, at=NOW - days * DAY, wager=10)
    for days, amount in paid:
        purchase(user, days, amount)
    return user


def purchase(user, days, amount, refunded=0):
    at = NOW - days * DAY
    product = shop_things.product(currency="KRW", price=amount, gems=10)
    return Purchase.objects.create(
        user=user, kind="product", product=product, code=product.code, quantity=1, unit_price=amount, amount=amount,
        currency="KRW", payment_method="card", gems=10, reference=f"r{product.pk}", receipt_id=f"r{product.pk}",
        created_at=at, paid_at=at, granted_at=at, status="refunded" if refunded else "granted",
        refunded_at=at if refunded else None, refunded_amount=refunded,
    )  # fmt: skip


def segments():
    return {row.player_id: row.segment for row in PlayerSegment.objects.all()}


def naive():
    """Every player's segment by plain Python over entries and purchases."""
    begins_at = clock.game_day_start(TODAY)
    users = get_user_model().objects.filter(is_active=True, is_staff=False)
    days, spent = {}, {}
    for user in users:
        entries = Entry.objects.filter(
            player=user,
            reason__in=rules.PLAYS,
            created_at__gte=begins_at - rules.ACTIVE_WINDOW,
            created_at__lt=begins_at,
        )
        days[user.pk] = {entry.created_at.date() for entry in entries}
        rows = Purchase.objects.filter(
            user=user, currency="KRW", paid_at__gte=begins_at - rules.SPEND_WINDOW, paid_at__lt=begins_at
        )
        spent[user.pk] = sum(row.amount - row.refunded_amount for row in rows)
    away = {pk: (TODAY - max(dates)).days for pk, dates in days.items() if dates}

    def cuts(values):
        ordered = list(values)
        return [ordered[-(-len(ordered) * fifth // 5) - 1] for fifth in (1, 2, 3, 4)] if ordered else []

    recency = cuts(sorted(away.values()))
    frequency = cuts(sorted((len(dates) for dates in days.values() if dates), reverse=True))
    spend = cuts(sorted(amount for amount in spent.values() if amount))
    return {
        user.pk: segment_of(
            Standing(
                fifth_from_above(-away[user.pk], [-cut for cut in recency]) if user.pk in away else 0,
                fifth_from_above(len(days[user.pk]), frequency) if days[user.pk] else 0,
                fifth_from_below(spent[user.pk], spend) if spent[user.pk] else 0,
                (TODAY - user.created_at.date()).days,
                away.get(user.pk, rules.NEVER_DAYS),
            )
        )
        for user in users
    }


def test_every_players_segment_is_what_plain_python_finds():
    chance = random.Random(7)
    for _ in range(40):
        player(
            known=chance.choice([3, 13, 14, 60, 400]),
            played={1 + int(119 * chance.random() ** 3) for _ in range(chance.choice([0, 1, 3, 8]))},
            paid=[(chance.randrange(1, 500), chance.choice([1200, 5900, 9900, 30000]))] * chance.choice([0, 0, 1, 2]),
        )
    factories.operator()

    report = segment_players(now=NOW, today=TODAY)

    assert segments() == naive()
    assert report.players == sum(report.sizes.values()) == 40
    assert len(set(segments().values())) >= 5


def test_a_house_of_nobody_has_a_night_too():
    factories.operator()

    report = segment_players(now=NOW, today=TODAY)

    assert (report.players, report.changed, set(report.sizes.values())) == (0, 0, {0})
    assert report.cuts == {"recency": [], "frequency": [], "spend": []}
    assert [size.percent for size in sizes_of(report)] == [0] * 6


@pytest.mark.parametrize("players", [1, 2, 4, 7])
def test_players_who_are_all_alike_are_one_segment_and_nobody_is_a_whale(players):
    for _ in range(players):
        player(played=[1, 2, 3], paid=[(5, 9900)])

    segment_players(now=NOW, today=TODAY)

    standings = set(PlayerSegment.objects.values_list("recency", "frequency", "spend", "segment"))
    assert standings == {(5, 5, 1, Segment.MEDIUM_VALUE)}


def test_ties_at_a_cut_share_a_fifth_and_only_who_pays_more_stands_out():
    level = [player(played=[1], paid=[(5, 1000)]) for _ in range(9)]
    most = player(played=[1], paid=[(5, 1001)])

    segment_players(now=NOW, today=TODAY)

    spend = dict(PlayerSegment.objects.values_list("player_id", "spend"))
    assert ({spend[user.pk] for user in level}, spend[most.pk]) == ({1}, 5)
    assert segments()[most.pk] == Segment.WHALE


def test_what_happens_today_counts_tomorrow():
    user = player(played=[0])

    segment_players(now=NOW, today=TODAY)

    assert PlayerSegment.objects.get(pk=user.pk).days_played == 0


def test_a_refund_is_not_spend():
    user, payers = player(), [player(paid=[(5, 1200)]) for _ in range(4)]
    purchase(user, 5, 30_000, refunded=30_000)

    segment_players(now=NOW, today=TODAY)

    rows = {row.pk: row for row in PlayerSegment.objects.all()}
    assert (rows[user.pk].spent, rows[user.pk].spend, rows[user.pk].segment) == (0, 0, Segment.LOW_VALUE)
    assert {rows[payer.pk].spend for payer in payers} == {1}


def test_moves_are_kept_as_history_and_shown_by_day():
    regular, newcomer = player(played=[1, 2, 3]), player(known=13)
    first = segment_players(now=NOW, today=TODAY)
    later = segment_players(now=NOW + 8 * DAY, today=TODAY + 8 * DAY)

    history = [
        (change.player_id, change.date, change.from_segment, change.to_segment)
        for change in SegmentChange.objects.order_by("date", "player_id")
    ]
    assert history == [
        (regular.pk, TODAY, "", Segment.MEDIUM_VALUE),
        (newcomer.pk, TODAY, "", Segment.NEW),
        (regular.pk, TODAY + 8 * DAY, Segment.MEDIUM_VALUE, Segment.AT_RISK),
        (newcomer.pk, TODAY + 8 * DAY, Segment.NEW, Segment.LOW_VALUE),
    ]
    assert PlayerSegment.objects.get(pk=regular.pk).since == TODAY + 8 * DAY
    assert (first.changed, later.changed) == (2, 2)
    assert {size.segment: (size.players, size.delta) for size in sizes_of(later)}[Segment.AT_RISK] == (1, 1)
    moved = {row.label: row.moved for row in movement_of(later)}
    assert sum(sum(counts) for counts in moved.values()) == 2
    assert moved["–"] == [0] * 6


def test_a_day_is_done_once_and_doing_it_again_changes_nothing(django_assert_num_queries):
    for days in (1, 5, 40):
        player(played=[days])
    first = segment_players(now=NOW, today=TODAY)
    before = list(PlayerSegment.objects.order_by("pk").values()), list(SegmentChange.objects.values())

    assert segment_players(now=NOW, today=TODAY) == first
    segment_players(now=NOW, today=TODAY, again=True)

    assert (list(PlayerSegment.objects.order_by("pk").values()), list(SegmentChange.objects.values())) == before
    assert SegmentDay.objects.get().moves == first.moves


def test_a_run_that_died_half_way_is_finished_by_the_next(monkeypatch):
    for days in (1, 5, 40, 2, 3, 4, 6):
        player(played=[days])
    monkeypatch.setattr(services, "_reported", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        segment_players(now=NOW, today=TODAY)
    monkeypatch.undo()

    report = segment_players(now=NOW, today=TODAY)

    assert report.players == SegmentChange.objects.count() == 7
    assert segments() == naive()


def test_history_is_not_written_backwards():
    segment_players(now=NOW, today=TODAY)

    with pytest.raises(LaterDayDone):
        segment_players(now=NOW, today=TODAY - DAY)


def test_a_closed_account_is_in_no_segment():
    user = player()
    segment_players(now=NOW, today=TODAY)
    get_user_model().objects.filter(pk=user.pk).update(is_active=False)

    segment_players(now=NOW + DAY, today=TODAY + DAY)

    assert segments() == {}


def test_the_command_says_sizes_and_refuses_a_day_to_come(capsys):
    player(known=3)

    call_command("segment_players")

    out = capsys.readouterr().out
    assert "1 players" in out
    with pytest.raises(CommandError):
        call_command("segment_players", date=date(2099, 1, 1))


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_are_one():
    for _ in range(6):
        player(played=[1])

    outcomes = together(4, lambda _: segment_players(now=NOW, today=TODAY))

    assert all(outcome is None or isinstance(outcome, SegmentDay) for outcome in outcomes), outcomes
    assert SegmentDay.objects.get().players == SegmentChange.objects.count() == 6
    assert Tally.objects.exists()
