"""Events as the API answers them, for players and operators."""

import json
import uuid
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from prometheus_client import REGISTRY

from casino_club.core import roles
from economy.ledger.selectors import wallet_of
from events.live import operations, services
from events.live.models import Event, ForcedClaim, Participation
from events.live.rules import Asked
from tests import factories
from tests.events.play import DAY, NOW, event, fund, play

pytestmark = pytest.mark.django_db
BODY = {
    "title": "주말 단풍 잔치",
    "event_type": "weekly",
    "start_date": "2026-11-23T00:00:00Z",
    "end_date": "2026-11-30T00:00:00Z",
    "requirements": {"plays": 2},
    "rewards": {"gold": 700, "exp": 10},
    "priority": 5,
}


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def call(client):
    def send(method, path, body=None, *, user=None, key=None):
        headers = factories.bearer(user) if user else {}
        if key:
            headers["Idempotency-Key"] = key
        data = json.dumps(body) if body is not None else ""
        return client.generic(
            method.upper(), path, data, content_type="application/json" if data else "", headers=headers
        )

    return send


@pytest.fixture
def player():
    return factories.player()


@pytest.fixture
def economy():
    roles.sync()
    return factories.operator(role="economy")


def key() -> str:
    return uuid.uuid4().hex


def test_admin_create_event_requires_admin(call, player):
    anonymous = call("post", "/api/admin/events", BODY)
    as_player = call("post", "/api/admin/events", BODY, user=player)

    assert (anonymous.status_code, anonymous.json()["error"]) == (401, "not_authenticated")
    assert (as_player.status_code, as_player.json()["error"]) == (403, "permission_denied")
    assert not Event.objects.exists()


def test_admin_create_and_list_event(call, economy):
    made = call("post", "/api/admin/events", BODY, user=economy)
    listed = call("get", "/api/admin/events", user=economy)

    assert made.status_code == 201
    answer = made.json()
    assert answer["requirements"] == {"plays": 2}
    assert answer["rewards"] == {"gold": 700, "exp": 10}
    assert (answer["phase"], answer["participation_count"], answer["priority"]) == ("live", 0, 5)
    assert listed.json() == {"results": [answer], "next": None}


def test_join_and_progress_and_claim_event(call, player, noon):
    live = event(requirements=(Asked("plays", 2),), rewards={"gold": 700, "exp": 10})

    first = call("post", "/api/events/join", {"event_id": live.pk}, user=player)
    again = call("post", "/api/events/join", {"event_id": live.pk}, user=player)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == {"event_id": live.pk, "joined_at": "2026-11-23T12:34:56.000Z", "idempotent": False}
    assert again.json()["idempotent"] is True

    early = call("post", f"/api/events/claim/{live.pk}", user=player)
    assert (early.status_code, early.json()["error"]) == (409, "event_not_completed")

    noon.shift(60)
    play(player.pk, at=NOW + timedelta(seconds=30), times=2)
    detail = call("get", f"/api/events/{live.pk}", user=player).json()
    assert detail["participation_count"] == 1
    assert detail["user_participation"] == {
        "joined": True,
        "progress": {"plays": 2},
        "completed": True,
        "claimed": False,
    }

    paid = call("post", f"/api/events/claim/{live.pk}", user=player)
    repeat = call("post", f"/api/events/claim/{live.pk}", user=player)
    balance = wallet_of(player.pk).gold
    assert paid.json() == {
        "success": True,
        "rewards": {"gold": 700, "exp": 10},
        "message": "보상을 받았어요.",
        "idempotent": False,
        "new_gold_balance": balance,
    }
    assert (repeat.status_code, repeat.json()["idempotent"], repeat.json()["new_gold_balance"]) == (200, True, balance)


def test_reporting_a_server_derived_metric_is_403_and_changes_nothing(call, player):
    live = event(requirements=(Asked("model_index_points", 1000),))
    call("post", "/api/events/join", {"event_id": live.pk}, user=player)

    answer = call("put", f"/api/events/progress/{live.pk}", {"progress": {"model_index_points": 1000}}, user=player)

    assert (answer.status_code, answer.json()["error"]) == (403, "metric_is_server_derived")
    detail = call("get", f"/api/events/{live.pk}", user=player).json()
    assert detail["user_participation"]["progress"] == {"model_index_points": 0}


def test_reporting_over_the_daily_cap_is_409(call, player):
    live = event(requirements=(Asked("shares", 5, daily_cap=2),))
    call("post", "/api/events/join", {"event_id": live.pk}, user=player)

    taken = call("put", f"/api/events/progress/{live.pk}", {"progress": {"shares": 2}}, user=player)
    over = call("put", f"/api/events/progress/{live.pk}", {"progress": {"shares": 3}}, user=player)

    assert taken.json() == {"event_id": live.pk, "progress": {"shares": 2}, "completed": False}
    assert (over.status_code, over.json()["error"], over.json()["remaining_today"]) == (409, "daily_cap_reached", 0)


def test_force_claim(call, player, economy):
    live = event()
    path = f"/api/admin/events/{live.pk}/force-claim/{player.pk}"
    reason = {"reason": "장애 보상"}

    missing_key = call("post", path, reason, user=economy)
    not_joined = call("post", path, reason, user=economy, key=key())
    services.join(player_id=player.pk, event_id=live.pk, now=NOW)
    before, one = wallet_of(player.pk).gold, key()
    paid = call("post", path, reason, user=economy, key=one)
    double = call("post", path, reason, user=economy, key=one)
    claimed = call("post", path, reason, user=economy, key=key())

    assert (missing_key.status_code, missing_key.json()["error"]) == (400, "idempotency_key_required")
    assert (not_joined.status_code, not_joined.json()["error"]) == (400, "event_not_joined")
    assert (paid.status_code, paid.json()["new_gold_balance"]) == (200, before + 500)
    assert (double.content, double["Idempotency-Hit"]) == (paid.content, "true")
    assert (claimed.status_code, claimed.json()["error"]) == (400, "already_claimed")
    assert wallet_of(player.pk).gold == before + 500
    assert ForcedClaim.objects.get().operator_id == economy.pk


def test_seed_model_index_idempotent(call, economy):
    first = call("post", "/api/admin/events/seed/model-index", user=economy)
    again = call("post", "/api/admin/events/seed/model-index", user=economy)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["event"]["id"] == again.json()["event"]["id"]
    assert again.json()["idempotent"] is True
    made = first.json()["event"]
    assert (made["title"], made["requirements"]) == ("모델 지수 도전 이벤트", {"model_index_points": 1000})
    assert (made["rewards"], made["priority"]) == ({"gold": 5000, "exp": 1000}, 50)


def test_update_deactivate_and_participations(call, economy, player):
    live = event(priority=1)
    services.join(player_id=player.pk, event_id=live.pk, now=NOW)

    renamed = call("put", f"/api/admin/events/{live.pk}", {"title": "새 이름"}, user=economy)
    frozen = call("put", f"/api/admin/events/{live.pk}", {"rewards": {"gold": 1}}, user=economy)
    shut = call("post", f"/api/admin/events/{live.pk}/deactivate", user=economy)
    everybody = call("get", f"/api/admin/events/{live.pk}/participations", user=economy).json()
    finished = call("get", f"/api/admin/events/{live.pk}/participations?completed=true", user=economy).json()

    assert renamed.json()["title"] == "새 이름"
    assert renamed.json()["requirements"] == {"plays": 3}
    assert (frozen.status_code, frozen.json()["error"]) == (409, "event_frozen")
    assert (shut.json()["is_active"], shut.json()["phase"]) == (False, "grace")
    assert [row["user_id"] for row in everybody["results"]] == [player.pk]
    assert everybody["results"][0]["progress"] == {"plays": 0}
    assert everybody["counts"] == {"joined": 1, "completed": 0, "claimed": 0}
    assert finished["results"] == []


ROUTES = [
    ("get", "/api/admin/events", None, "viewer"),
    ("get", "/api/admin/events/{event}/participations", None, "viewer"),
    ("post", "/api/admin/events", BODY, "economy"),
    ("put", "/api/admin/events/{event}", {"priority": 3}, "economy"),
    ("post", "/api/admin/events/{event}/deactivate", None, "economy"),
    ("post", "/api/admin/events/seed/model-index", None, "economy"),
    ("post", "/api/admin/events/{event}/force-claim/{player}", {"reason": "보상"}, "support"),
]
MAY = {"viewer": {"viewer"}, "support": {"viewer", "support"}, "economy": {"viewer", "support", "economy"}}


@pytest.mark.parametrize("who", ["anonymous", "player", "viewer", "support", "security", "economy"])
@pytest.mark.parametrize(("method", "path", "body", "needs"), ROUTES, ids=[f"{row[0]} {row[1]}" for row in ROUTES])
def test_who_may_do_what_on_every_operators_route(call, player, who, method, path, body, needs):
    live = event()
    services.join(player_id=player.pk, event_id=live.pk, now=NOW)
    roles.sync()
    user = (
        {"anonymous": None, "player": player}.get(who)
        if who in ("anonymous", "player")
        else factories.operator(role=who)
    )

    answer = call(method, path.format(event=live.pk, player=player.pk), body, user=user, key=key())

    if who == "anonymous":
        assert (answer.status_code, answer.json()["error"]) == (401, "not_authenticated")
    elif needs in MAY.get(who, {"viewer"} if who == "security" else set()):
        assert answer.status_code in (200, 201)
    else:
        assert (answer.status_code, answer.json()["error"]) == (403, "permission_denied")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/api/events"),
        ("get", "/api/events/1"),
        ("post", "/api/events/join"),
        ("put", "/api/events/progress/1"),
        ("post", "/api/events/claim/1"),
        ("get", "/api/events/missions/daily"),
        ("post", "/api/events/missions/claim/1"),
        ("get", "/api/battlepass"),
        ("post", "/api/battlepass/claim"),
        ("post", "/api/battlepass/upgrade"),
    ],
)
def test_strangers_are_sent_away(call, method, path):
    answer = call(method, path, {})

    assert (answer.status_code, answer.json()["error"]) == (401, "not_authenticated")


HUGE = 2**70


@pytest.mark.parametrize("event_id", [0, -1, HUGE, "1", 1.0, True, None, [], {}, "\u0000"])
def test_a_join_of_something_strange_is_refused(call, player, event_id):
    answer = call("post", "/api/events/join", {"event_id": event_id}, user=player)

    assert (answer.status_code, answer.json()["error"]) == (400, "validation_error")


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("get", f"/api/events/{HUGE}", None),
        ("post", f"/api/events/claim/{HUGE}", None),
        ("put", f"/api/events/progress/{HUGE}", {"progress": {"shares": 1}}),
        ("post", f"/api/events/missions/claim/{HUGE}", None),
        ("post", "/api/events/join", {"event_id": 2**62}),
        ("get", "/api/events/missions/monthly", None),
    ],
)
def test_what_does_not_exist_is_404(call, player, method, path, body):
    answer = call(method, path, body, user=player)

    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("put", f"/api/admin/events/{HUGE}"),
        ("post", f"/api/admin/events/{HUGE}/deactivate"),
        ("get", f"/api/admin/events/{HUGE}/participations"),
        ("post", f"/api/admin/events/{HUGE}/force-claim/1"),
    ],
)
def test_operators_get_404_for_what_does_not_exist(call, economy, method, path):
    answer = call(method, path, {"reason": "because"} if "force" in path else {}, user=economy, key=key())

    assert answer.status_code == 404


@pytest.mark.parametrize(
    "progress",
    [None, [], {}, {"shares": -1}, {"shares": "1"}, {"shares": 1.5}, {"shares": True}, {"shares": HUGE}],
)
def test_strange_progress_is_refused(call, player, progress):
    live = event(requirements=(Asked("shares", 5, daily_cap=2),))
    services.join(player_id=player.pk, event_id=live.pk, now=NOW)

    answer = call("put", f"/api/events/progress/{live.pk}", {"progress": progress}, user=player)

    assert (answer.status_code, answer.json()["error"]) == (400, "validation_error")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "x" * 101),
        ("title", "\u0000"),
        ("title", 5),
        ("description", "\u0000"),
        ("event_type", "hourly"),
        ("start_date", "tomorrow"),
        ("start_date", 5),
        ("start_date", "0001-01-01T00:00:00+14:00"),
        ("end_date", "9999-12-31T23:59:59-14:00"),
        ("end_date", "2026-11-22T00:00:00Z"),
        ("requirements", {}),
        ("requirements", {"plays": 0}),
        ("requirements", {"plays": HUGE}),
        ("requirements", {"nonsense": 1}),
        ("requirements", [1]),
        ("client_reported", {"plays": 5}),
        ("rewards", {}),
        ("rewards", {"gold": -1}),
        ("rewards", {"gold": HUGE}),
        ("image_url", "javascript:alert(1)"),
        ("priority", HUGE),
        ("is_active", "yes"),
    ],
)
def test_a_strange_event_is_refused_and_nothing_is_made(call, economy, field, value):
    answer = call("post", "/api/admin/events", {**BODY, field: value}, user=economy)

    assert (answer.status_code, answer.json()["error"]) == (400, "validation_error")
    assert not Event.objects.exists()


def test_a_list_of_events_takes_the_same_statements_however_long(call, player, django_assert_num_queries):
    def look(size):
        while Event.objects.count() < size:
            joined = event(requirements=(Asked("plays", 3), Asked("wins", 1)))
            services.join(player_id=player.pk, event_id=joined.pk, now=NOW)
        headers = factories.bearer(player)
        with django_assert_num_queries(6):
            answer = call.__closure__[0].cell_contents.get("/api/events?limit=100", headers=headers)
        assert len(answer.json()["results"]) == size

    play(player.pk, at=NOW - DAY)
    look(2)
    look(40)


def test_lists_page_by_cursor_in_order_of_priority(call, player):
    made = [event(priority=priority) for priority in (3, 9, 3, 1)]

    first = call("get", "/api/events?limit=3", user=player).json()
    rest = call("get", f"/api/events?limit=3&cursor={first['next']}", user=player).json()

    expected = [made[1].pk, made[2].pk, made[0].pk, made[3].pk]
    assert [row["id"] for row in first["results"] + rest["results"]] == expected
    assert rest["next"] is None


def test_titles_are_in_the_callers_language(client, player):
    live = event(title_en="Autumn leaves")
    headers = factories.bearer(player)

    korean = client.get(f"/api/events/{live.pk}", headers=headers)
    english = client.get(f"/api/events/{live.pk}", headers={**headers, "Accept-Language": "en"})

    assert (korean.json()["title"], english.json()["title"]) == ("가을 단풍 놀이", "Autumn leaves")


def sample(**labels) -> float:
    return REGISTRY.get_sample_value("event_mission_requests_total", labels) or 0


@pytest.mark.parametrize(
    ("method", "path", "body", "signed_in", "labels"),
    [
        ("get", "/api/events", None, True, ("events", "list", "success", "y")),
        ("get", "/api/events", None, False, ("events", "list", "error", "n")),
        ("get", "/api/events/99999999", None, True, ("events", "detail", "not_found", "y")),
        ("post", "/api/events/join", {"event_id": 0}, True, ("events", "join", "error", "y")),
        (
            "put",
            "/api/events/progress/99999999",
            {"progress": {"plays": 1}},
            True,
            ("events", "progress", "not_found", "y"),
        ),
        ("post", "/api/events/claim/99999999", None, True, ("events", "claim", "not_found", "y")),
        ("get", "/api/events/missions/daily", None, True, ("missions", "list_daily", "success", "y")),
        ("get", "/api/events/missions/weekly", None, True, ("missions", "list_weekly", "success", "y")),
        ("get", "/api/events/missions/all", None, True, ("missions", "list_all", "success", "y")),
        ("post", "/api/events/missions/claim/99999999", None, False, ("missions", "claim", "error", "n")),
    ],
)
def test_requests_are_counted_by_exactly_these_labels(call, player, method, path, body, signed_in, labels):
    labels = dict(zip(("endpoint", "action", "status", "auth"), labels, strict=True))
    before = sample(**labels)

    call(method, path, body, user=player if signed_in else None)

    assert sample(**labels) == before + 1


def test_operators_writes_are_audited(call, economy, player):
    live = event()
    services.join(player_id=player.pk, event_id=live.pk, now=NOW)
    call(
        "post", f"/api/admin/events/{live.pk}/force-claim/{player.pk}", {"reason": "장애 보상"}, user=economy, key=key()
    )
    call("post", f"/api/admin/events/{live.pk}/deactivate", user=economy)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.metadata FROM events_forcedclaimevent e JOIN pghistory_context c ON c.id = e.pgh_context_id"
        )
        (forced,) = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM events_eventevent"
            " WHERE pgh_obj_id = %s AND NOT is_active AND pgh_context_id IS NOT NULL",
            [live.pk],
        )
        (shut,) = cursor.fetchone()
    metadata = json.loads(forced) if isinstance(forced, str) else forced
    assert (metadata["operator"], metadata["reason"]) == (economy.pk, "장애 보상")
    assert shut == 1
    assert Participation.objects.get().is_forced


def test_a_draft_is_nobodys_business_but_operators(call, player, economy):
    hidden = operations.duplicate(event_id=event().pk, operator_id=economy.pk, now=NOW)
    fund(player.pk, at=NOW, gold=1)

    assert call("get", f"/api/events/{hidden.pk}", user=player).status_code == 404
    drafts = call("get", "/api/admin/events?phase=draft", user=economy).json()["results"]
    assert [row["id"] for row in drafts] == [hidden.pk]
