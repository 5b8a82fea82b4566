"""What browsers tell: who may, how much, by which names, and what becomes of it."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from accounts.telemetry import rules, services
from accounts.telemetry.models import DailyVisits, TelemetryEvent
from casino_club.core import redis
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2031, 5, 6, 12, tzinfo=UTC)
ADDRESS = "/api/telemetry/events"
JOINED = {"ts": 1_935_835_200_000, "name": "events.event_join_success", "meta": {"event": 7, "quick": True}}


@pytest.fixture
def tell(client):
    headers = factories.bearer(factories.player())

    def post(body, **more):
        return client.post(ADDRESS, body, content_type="application/json", headers={**headers, **more})

    return post


def test_events_are_queued_at_once_and_written_by_a_flush(tell):
    answer = tell([JOINED, JOINED])

    assert (answer.status_code, answer.json()) == (200, {"accepted": 2})
    assert TelemetryEvent.objects.count() == 0
    assert services.flush(now=NOW) == 2
    written = TelemetryEvent.objects.first()
    assert (written.name, written.meta) == ("events.event_join_success", {"event": 7, "quick": True})
    assert written.happened_at == NOW
    assert redis.client().keys("telemetry:*") == []


def test_strangers_are_answered_and_dropped(client):
    answer = client.post(ADDRESS, [JOINED], content_type="application/json")

    assert (answer.status_code, answer.content) == (204, b"")
    assert redis.client().llen(services.QUEUE) == 0


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ([], 400, "validation_error"),
        ({}, 400, "validation_error"),
        ([JOINED] * 51, 400, "validation_error"),
        ([JOINED | {"name": "join"}], 400, "validation_error"),
        ([JOINED | {"name": "events." + "a" * 60}], 400, "validation_error"),
        ([JOINED | {"name": "events.UPPER"}], 400, "validation_error"),
        ([JOINED | {"ts": "now"}], 400, "validation_error"),
        ([JOINED | {"ts": 10**18}], 400, "validation_error"),
        ([JOINED | {"meta": {"deep": {}}}], 400, "validation_error"),
        ([JOINED | {"meta": {"long": "a" * 101}}], 400, "validation_error"),
        ([JOINED | {"meta": {"nul": "\0"}}], 400, None),
        ([JOINED | {"meta": {str(number): 1 for number in range(9)}}], 400, "validation_error"),
        ([JOINED | {"meta": {str(n): "a" * 100 for n in range(8)}}] * 40, 413, "payload_too_large"),
    ],
)
def test_what_does_not_fit_is_refused_whole(tell, body, status, code):
    answer = tell(body)

    assert answer.status_code == status
    assert code is None or answer.json()["error"] == code
    assert redis.client().llen(services.QUEUE) == 0


def test_thirty_two_kilobytes_are_the_most(tell):
    whole = json.dumps([JOINED])
    assert tell(whole + " " * (rules.MOST_BYTES - len(whole))).status_code == 200
    assert tell(whole + " " * (rules.MOST_BYTES - len(whole) + 1)).status_code == 413


def test_of_the_frequent_event_one_in_five_is_kept_and_stands_for_five(tell):
    body = [{"ts": JOINED["ts"], "name": "events.fetch_start"}] * 50
    for _ in range(40):
        assert tell(body).json() == {"accepted": 50}

    services.flush(now=NOW)

    kept = TelemetryEvent.objects.count()
    assert 300 < kept < 500  # 2,000 × 1/5, five standard deviations either side
    assert set(TelemetryEvent.objects.values_list("stands_for", flat=True)) == {5}


def test_a_name_that_nobody_knows_makes_no_series_of_its_own():
    assert rules.label_of("events.event_join_success") == "events.event_join_success"
    assert rules.label_of("events.whatever_comes") == "other"


def test_a_page_that_is_left_tells_with_its_cookie_and_only_from_our_origin():
    browser = factories.browser(factories.player(), enforce_csrf_checks=True)

    ours = browser.post(ADDRESS, [JOINED], content_type="application/json", headers={"Origin": "http://testserver"})
    strange = browser.post(
        ADDRESS, [JOINED], content_type="application/json", headers={"Origin": "http://evil.example"}
    )
    unnamed = browser.post(ADDRESS, [JOINED], content_type="application/json")

    assert [ours.status_code, strange.status_code, unnamed.status_code] == [200, 403, 403]


def test_what_is_older_than_thirty_days_goes(tell):
    tell([JOINED])
    services.flush(now=NOW)
    TelemetryEvent.objects.update(received_at=NOW)

    assert services.purge(now=NOW + timedelta(days=30)) == 0
    assert services.purge(now=NOW + timedelta(days=30, seconds=1)) == 1


def test_a_batch_whose_flush_died_before_or_after_its_rows_is_written_once(tell):
    tell([JOINED] * 3)
    client = redis.client()
    client.eval(services._TAKE, 3, services.QUEUE, "telemetry:batch:dead", services.BATCHES, 1000, NOW.timestamp())
    lines = client.lrange("telemetry:batch:dead", 0, -1)

    assert services.flush(now=NOW + services.LEASE / 2) == 0  # it may still be at work
    assert services.flush(now=NOW + services.LEASE) == 3
    client.rpush("telemetry:batch:dead", *lines)  # as if it had died between the rows and dropping the list
    client.zadd(services.BATCHES, {"telemetry:batch:dead": NOW.timestamp()})
    assert services.flush(now=NOW + services.LEASE) == 0
    assert TelemetryEvent.objects.count() == 3


def test_visits_are_counted_by_browser_and_never_fall():
    for visitor in ("a", "b", "a"):
        services.note_visit(visitor=visitor, now=NOW)
    services.keep_visits(now=NOW)
    redis.client().flushdb()
    services.keep_visits(now=NOW)
    services.note_visit(visitor="c", now=NOW)
    services.keep_visits(now=NOW)

    assert DailyVisits.objects.get().visitors == 2


def test_a_visit_is_of_somebody_signed_out_and_falls_on_its_game_day(client, settings):
    settings.GAME_TIMEZONE = "Asia/Seoul"
    late = datetime(2031, 5, 6, 16, tzinfo=UTC)  # 01:00 of the 7th in Seoul
    with time_machine.travel(late, tick=False):
        client.get("/")
        client.get("/", headers={"User-Agent": "another browser"})
        factories.browser(factories.player()).get("/", headers={"User-Agent": "a player's"})

    services.keep_visits(now=late)

    assert DailyVisits.objects.values_list("date", "visitors").get() == (date(2031, 5, 7), 2)


def test_operators_see_the_funnel_and_the_most_frequent_events(tell):
    tell([JOINED] * 4)
    services.flush(now=NOW)
    browser: Client = factories.browser(factories.operator(role="viewer"))
    TelemetryEvent.objects.update(received_at=factories.clock.now())

    page = browser.get("/admin/console/telemetry")

    assert page.status_code == 200
    assert "events.event_join_success" in page.content.decode()
    assert factories.browser(factories.player()).get("/admin/console/telemetry").status_code in (302, 403)
