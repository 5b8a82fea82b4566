"""The inbox's doors for machines: pages by cursor, filters, reading, and never somebody else's."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.inbox import services
from accounts.inbox.rules import OPERATOR_MESSAGE
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def tell(player, *texts):
    for number, text in enumerate(texts):
        services.notify(
            player_id=player.pk,
            kind=OPERATOR_MESSAGE.name,
            params={"message": text},
            now=NOW + timedelta(seconds=number),
        )


@pytest.fixture
def player():
    return factories.player()


@pytest.fixture
def headers(player):
    return factories.bearer(player)


def test_notifications_come_newest_first_in_pages(client, player, headers):
    tell(player, "a", "b", "c")
    tell(factories.player(), "not yours")

    first = client.get("/api/notifications?limit=2", headers=headers).json()
    last = client.get(f"/api/notifications?limit=2&cursor={first['next']}", headers=headers).json()

    assert [row["text"] for row in first["results"] + last["results"]] == ["c", "b", "a"]
    assert last["next"] is None
    assert first["results"][0] == {
        "id": first["results"][0]["id"],
        "kind": "operator.message",
        "title": "운영팀이 보낸 메시지예요",
        "text": "c",
        "url": None,
        "params": {"message": "c"},
        "created_at": "2026-11-01T12:00:02.000Z",
        "read_at": None,
    }


def test_the_title_is_in_the_callers_language(client, player, headers):
    tell(player, "a")

    answer = client.get("/api/notifications", headers={**headers, "Accept-Language": "en"}).json()

    assert answer["results"][0]["title"] == "A message from the club"


def test_unread_filters_both_ways_and_is_counted(client, player, headers):
    tell(player, "a", "b", "c")
    newest = client.get("/api/notifications", headers=headers).json()["results"][0]

    read = client.post(f"/api/notifications/{newest['id']}/read", headers=headers)
    again = client.post(f"/api/notifications/{newest['id']}/read", headers=headers)

    assert (read.status_code, read.json()["id"]) == (200, newest["id"])
    assert read.json()["read_at"]
    assert again.json() == read.json()
    texts = {
        unread: [
            row["text"] for row in client.get(f"/api/notifications?unread={unread}", headers=headers).json()["results"]
        ]
        for unread in ("true", "1", "false", "0")
    }
    assert texts == {"true": ["b", "a"], "1": ["b", "a"], "false": ["c"], "0": ["c"]}
    assert client.get("/api/notifications/unread-count", headers=headers).json() == {"unread_count": 2}


def test_everything_is_read_at_once(client, player, headers):
    tell(player, "a", "b")

    assert client.post("/api/notifications/read-all", headers=headers).json() == {"read": 2}
    assert client.post("/api/notifications/read-all", headers=headers).json() == {"read": 0}
    assert client.get("/api/notifications/unread-count", headers=headers).json() == {"unread_count": 0}


def test_somebody_elses_notification_does_not_exist(client, player, headers):
    stranger = factories.player()
    tell(stranger, "secret")
    pk = client.get("/api/notifications", headers=factories.bearer(stranger)).json()["results"][0]["id"]

    for wanted in (pk, 0, 10**40):
        answer = client.post(f"/api/notifications/{wanted}/read", headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (404, "not_found")
    assert client.get("/api/notifications/unread-count", headers=factories.bearer(stranger)).json()["unread_count"] == 1


@pytest.mark.parametrize("query", ["unread=maybe", "unread=", "unread=%00", "limit=0", "cursor=x"])
def test_a_query_that_means_nothing_is_refused(client, headers, query):
    answer = client.get(f"/api/notifications?{query}", headers=headers)

    assert (answer.status_code, answer.json()["error"]) == (400, "validation_error")


def test_a_page_of_notifications_costs_the_same_however_many(client, player, headers, django_assert_max_num_queries):
    tell(player, *"abcdefgh")

    with django_assert_max_num_queries(2):
        client.get("/api/notifications", headers=headers)


def test_a_request_marks_its_player_online_and_an_operators_does_not(client, player, headers):
    from casino_club.core import clock, presence

    client.get("/api/notifications", headers=headers)
    factories.browser(factories.player()).get("/inbox")
    operator = factories.operator()
    client.get("/api/notifications", headers=factories.bearer(operator))
    factories.browser(operator).get("/inbox")

    assert presence.online_count(clock.now()) == 2
