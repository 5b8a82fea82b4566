"""The public preview: cached bytes, one computation, ETag and since, a limit by address, nothing personal."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from casino_club.core import redis
from events.live import operations, services
from tests import factories
from tests.events.play import NOW, draft, event

pytestmark = pytest.mark.django_db
PATH = "/api/public/events"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


def expire():
    """Ten seconds pass in Redis."""
    for key in redis.client().scan_iter("public:events:*"):
        if not key.endswith(b":last"):
            redis.client().delete(key)


def test_it_shows_exactly_the_public_facts_by_priority(client):
    player = factories.player()
    low, high = event(priority=1), event(priority=9, rewards={"gold": 700, "gems": 5, "exp": 1})
    event(is_active=False)
    event(end_date=NOW)
    services.join(player_id=player.pk, event_id=high.pk, now=NOW)

    answer = client.get(PATH)

    assert answer["Cache-Control"] == "public, max-age=30"
    assert answer.json() == {
        "events": [
            {
                "id": high.pk,
                "title": "가을 단풍 놀이",
                "event_type": "special",
                "start_date": "2026-11-22T12:34:56.000Z",
                "end_date": "2026-11-24T12:34:56.000Z",
                "rewards_summary": {"gold": 700, "gems": 5},
                "participation_count": 1,
            },
            {**answer.json()["events"][1], "id": low.pk, "participation_count": 0},
        ],
        "generated_at": "2026-11-23T12:34:56.000Z",
        "ttl": 30,
    }
    assert player.nickname not in answer.content.decode()


def test_it_is_the_same_for_whoever_asks(client):
    event()

    assert client.get(PATH).content == factories.browser(factories.player()).get(PATH).content


def test_the_same_etag_is_304_without_a_body(client):
    event()
    first = client.get(PATH)

    for known in (first["ETag"], f'"other", {first["ETag"]}', f"W/{first['ETag']}", "*"):
        again = client.get(PATH, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert client.get(PATH, headers={"If-None-Match": '"other"'}).status_code == 200
    assert not first["ETag"].startswith("W/")


def test_it_is_computed_once_in_ten_seconds(client, django_assert_num_queries):
    event()
    client.get(PATH)

    with django_assert_num_queries(0):
        for _ in range(5):
            client.get(PATH)

    (key,) = [key for key in redis.client().scan_iter("public:events:*") if not key.endswith(b":last")]
    assert 0 < redis.client().ttl(key) <= 10


def test_while_one_process_computes_the_others_show_the_last(client, django_assert_num_queries):
    event()
    first = client.get(PATH)
    (key,) = [key for key in redis.client().scan_iter("public:events:*") if not key.endswith(b":last")]
    expire()
    redis.client().set(key + b":computing", "1")

    with django_assert_num_queries(0):
        assert client.get(PATH).content == first.content


def test_a_change_shows_and_since_gives_only_what_changed(client, noon):
    still, moving = event(), event(priority=5)
    first = client.get(PATH).json()

    noon.shift(timedelta(seconds=11))
    expire()
    unchanged = client.get(PATH)
    services.join(player_id=factories.player().pk, event_id=moving.pk, now=NOW)
    noon.shift(timedelta(seconds=11))
    expire()
    changed = client.get(PATH).json()
    since = client.get(PATH, {"since": first["generated_at"]}).json()
    latest = client.get(PATH, {"since": changed["generated_at"]}).json()

    assert unchanged.json() == first
    assert changed["generated_at"] == "2026-11-23T12:35:18.000Z"
    assert [row["participation_count"] for row in changed["events"]] == [1, 0]
    assert [row["id"] for row in since["events"]] == [moving.pk]
    assert latest["events"] == []
    assert still.pk not in [row["id"] for row in since["events"]]


def test_an_event_that_is_renamed_or_closed_is_gone_from_the_next_computation(client):
    live = event()
    client.get(PATH)
    operations.update(event_id=live.pk, draft=draft(title="새 이름"), now=NOW)
    expire()
    assert client.get(PATH).json()["events"][0]["title"] == "새 이름"
    operations.deactivate(event_id=live.pk, now=NOW)
    expire()
    assert client.get(PATH).json()["events"] == []


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "limit=x", "limit=", "since=yesterday", "since=2026-01-01"])
def test_strange_queries_are_refused(client, query):
    assert (client.get(f"{PATH}?{query}").status_code, client.get(f"{PATH}?{query}").json()["error"]) == (
        400,
        "validation_error",
    )


def test_the_61st_request_of_an_address_in_five_minutes_is_refused():
    event()
    mine, another = Client(REMOTE_ADDR="203.0.113.7"), Client(REMOTE_ADDR="203.0.113.8")

    statuses = [mine.get(PATH).status_code for _ in range(61)]

    assert statuses == [200] * 60 + [429]
    refused = mine.get(PATH)
    assert (refused.json()["error"], 1 <= int(refused["Retry-After"]) <= 300) == ("rate_limited", True)
    assert another.get(PATH).status_code == 200


def test_english_readers_get_english_titles(client):
    event(title_en="Autumn leaves")

    by_cookie = Client()
    by_cookie.cookies["django_language"] = "en"
    answer = by_cookie.get(PATH)
    assert answer.json()["events"][0]["title"] == "Autumn leaves"
    assert {"Accept-Language", "Cookie"} <= set(answer["Vary"].split(", "))
    assert client.get(PATH, headers={"Accept-Language": "en"}).json()["events"][0]["title"] == "Autumn leaves"
    assert client.get(PATH).json()["events"][0]["title"] == "가을 단풍 놀이"
