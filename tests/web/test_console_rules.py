"""Charts fit their plots, and today is compared with the same hours of the days before."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from casino_club.web.console import charts
from casino_club.web.console.charts import Bucket, Scale, Series
from casino_club.web.console.rules import SPANS, Moved, trend_of
from economy.ledger.rules import HOUR

NOON = datetime(2026, 5, 8, 12, 30, tzinfo=UTC)
BUCKETS = [Bucket(str(number), f"hour {number}") for number in range(4)]


def percent(text: str) -> float:
    return float(text.removesuffix("%"))


def at_hours_before(*hours: int) -> list[Moved]:
    return [Moved(NOON.replace(minute=0) - hours_before * HOUR, "gold", "slot.bet", 1, -20) for hours_before in hours]


@pytest.mark.parametrize(
    ("lowest", "highest", "expected"),
    [
        (0, 0, (0, 1, 1)),
        (0, 1, (0, 1, 1)),
        (0, 7, (0, 8, 2)),
        (0, 1000, (0, 1000, 500)),
        (-30, 100, (-50, 100, 50)),
        (0, 987_654_321, (0, 1_000_000_000, 500_000_000)),
    ],
)
def test_a_scale_is_of_round_numbers_around_every_figure(lowest, highest, expected):
    scale = Scale.around(lowest, highest)

    assert (scale.bottom, scale.top, scale.step) == expected
    assert [tick.y for tick in scale.ticks()][0] == "100%"
    assert [tick.y for tick in scale.ticks()][-1] == "0%"


def test_bars_are_stacked_away_from_zero_and_stay_inside_the_plot():
    series = [Series("in", [30, 0, 5, None]), Series("more", [20, 10, 0, None]), Series("out", [-25, 0, 0, None])]

    chart = charts.stacked_bars(BUCKETS, series)

    first = [bar for bar in chart.bars if bar.title.startswith("hour 0")]
    assert [percent(bar.height) for bar in first] == pytest.approx([30 / 100 * 100, 20, 25], abs=0.01)
    assert percent(first[1].y) + percent(first[1].height) == pytest.approx(percent(first[0].y))
    assert percent(first[2].y) == pytest.approx(percent(chart.zero))
    for bar in chart.bars:
        assert 0 <= percent(bar.x) < 100
        assert 0 <= percent(bar.y) <= percent(bar.y) + percent(bar.height) <= 100.01


def test_a_line_is_broken_where_nothing_was_measured():
    chart = charts.lines(BUCKETS, [Series("online", [5, None, 3, 4])])

    assert chart.lines[0].count("M") == 2
    assert chart.lines[0].count("L") == 1
    assert chart.rows[1] == ("hour 1", ["–"])


def test_a_chart_of_nothing_is_empty_and_can_be_drawn():
    assert charts.stacked_bars(BUCKETS, [Series("in", [0, 0, 0, 0])]).is_empty
    assert charts.lines(BUCKETS, [Series("online", [None] * 4)]).is_empty


@pytest.mark.parametrize(
    ("value", "korean", "english"),
    [
        (950, "950", "950"),
        (2500, "2,500", "2,500"),
        (120_000, "12만", "120K"),
        (-1_500_000, "-150만", "-1.5M"),
        (3 * 10**8, "3억", "300M"),
    ],
)
def test_an_axis_is_short_in_each_language(value, korean, english):
    with translation.override("ko"):
        assert charts.shortened(value) == korean
    with translation.override("en"):
        assert charts.shortened(value) == english


def test_only_whole_hours_of_a_day_are_compared_with_the_same_hours_of_the_days_before():
    today, running = [1, 12], [0]
    yesterday = [24 + 1, 24 + 12, 24, 24 - 5]  # two in the same hours, one in the running hour, one in the afternoon
    a_week_ago = [7 * 24 + 1] * 5
    long_ago = [8 * 24 + 1]

    trend = trend_of(
        at_hours_before(*today, *running, *yesterday, *a_week_ago, *long_ago), lambda row: row.units, now=NOON
    )

    assert (trend.today, trend.closed, trend.yesterday, trend.usual) == (3, 2, 2, 1)
    assert (trend.to_yesterday, trend.to_usual) == (0, 100)
    assert trend.through == NOON.replace(minute=0)


def test_there_is_no_comparison_with_nothing():
    trend = trend_of(at_hours_before(1), lambda row: row.units, now=NOON)

    assert trend.to_yesterday is None


def test_days_are_game_days(settings):
    settings.GAME_TIMEZONE = "Asia/Seoul"
    moment = datetime(2026, 5, 8, 16, 10, tzinfo=UTC)  # the 9th in Seoul

    starts = SPANS["week"].starts(moment)

    assert len(starts) == 7
    assert starts[-1] == datetime(2026, 5, 8, 15, tzinfo=UTC)
    assert SPANS["week"].start_of(datetime(2026, 5, 8, 14, tzinfo=UTC)) == starts[-2]


def test_a_span_of_hours_ends_with_the_running_one():
    starts = SPANS["day"].starts(NOON)

    assert starts[-1] == NOON.replace(minute=0)
    assert starts[0] == NOON.replace(minute=0) - timedelta(hours=23)
    assert date(2026, 5, 7) == starts[0].date()
