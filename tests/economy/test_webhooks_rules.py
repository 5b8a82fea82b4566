"""When a delivery is tried again, and what a receiver's answer means."""

from datetime import UTC, datetime, timedelta

import pytest

from economy.webhooks.rules import ATTEMPTS_MOST, EVENT_TYPE_LABELS, EventType, Outcome, outcome_of, pause_after
from economy.webhooks.rules import retry_after as parsed

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
REFUSED = Outcome(500, "HTTP 500")


def test_there_are_six_attempts_at_0_5s_5min_30min_2h_5h():
    pauses = [pause_after(attempts, REFUSED, draw=0.5) for attempts in range(1, 7)]

    assert pauses == [
        timedelta(seconds=5),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=5),
        None,
    ]
    assert ATTEMPTS_MOST == 6


@pytest.mark.parametrize(("draw", "share"), [(0.0, 0.8), (0.5, 1.0), (1.0, 1.2)])
def test_each_pause_is_off_by_up_to_a_fifth(draw, share):
    assert pause_after(2, REFUSED, draw=draw) == timedelta(minutes=5) * share


def test_a_receiver_may_ask_for_longer_but_not_for_sooner_nor_forever():
    def pause(asked):
        return pause_after(2, Outcome(503, "", asked), draw=0.5)

    assert pause(timedelta(hours=1)) == timedelta(hours=1)
    assert pause(timedelta(seconds=1)) == timedelta(minutes=5)
    assert pause(timedelta(days=900)) == timedelta(hours=24)


def test_gone_is_over_at_once():
    assert pause_after(1, Outcome(410, "HTTP 410"), draw=0.5) is None


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        ("120", timedelta(seconds=120)),
        ("0", timedelta()),
        ("99999999999999999999", timedelta(hours=24)),
        ("Thu, 01 Jan 2026 12:10:00 GMT", timedelta(minutes=10)),
        ("Thu, 01 Jan 2026 11:00:00 GMT", timedelta()),
        ("Fri, 31 Dec 9999 23:59:59 GMT", timedelta(days=2912442, seconds=43199)),
        ("Thu, 01 Jan 99999999999999999999 00:00:00 GMT", None),
        ("Thu, 01 Jan 2026 12:00:00 +99999999999999", None),
        ("Thu, 01 Jan 2026 12:00:00 +9999", None),
        ("Thu, 32 Jan 2026 25:61:00 GMT", None),
        (None, None),
        ("", None),
        ("-5", None),
        ("soon", None),
        ("٣", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header, asked):
    assert parsed(header, NOW) == asked


@pytest.mark.parametrize(
    ("status", "result"),
    [(200, "delivered"), (204, "delivered"), (299, "delivered"), (302, "refused"), (500, "refused")],
)
def test_only_2xx_is_taken(status, result):
    assert outcome_of(status, None, NOW).result == result
    assert Outcome(None, "timed out").result == "unreachable"


def test_every_event_type_has_its_name_on_screen():
    assert set(EVENT_TYPE_LABELS) == set(EventType)
