"""The sender: what is due goes out signed, failures come again by the schedule, outcomes are noted once."""

import json
import socketserver
import threading
from collections import Counter
from datetime import timedelta

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from casino_club.core import clock
from casino_club.core.metrics import HOUSE
from casino_club.core.models import Alert
from casino_club.core.signing import Signature
from economy.webhooks import delivery, rules
from economy.webhooks.delivery import deliver_due, purge
from economy.webhooks.models import WebhookAttempt, WebhookEvent
from economy.webhooks.rules import EventType
from economy.webhooks.selectors import house_keys
from economy.webhooks.services import EndpointOff, NotReplayable, publish, renew_secret, replay, send_test_event
from tests import factories
from tests.economy import webhooks
from tests.economy.receiver import Receiver, receiving

pytestmark = pytest.mark.django_db
LONGEST_DELIVERY = timedelta(seconds=rules.DELIVERY_SECONDS)


class Garbled(socketserver.BaseRequestHandler):
    """Answers with what is no HTTP, a NUL in it."""

    def handle(self):
        self.request.recv(65536)
        self.request.sendall(b"\x00nothing of HTTP\r\n\r\n")


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS = ["127.0.0.1"]
    with receiving(Receiver()) as receiver:
        yield receiver


@pytest.fixture
def endpoint(receiver):
    return webhooks.endpoint(url=receiver.url)


@pytest.fixture
def now():
    return clock.now()


def tell(now, **payload):
    publish(event_type=EventType.PURCHASE_PAID, payload=payload or {"purchase_id": 1}, now=now)
    return WebhookEvent.objects.latest("pk")


def exhaust(event, now):
    """Every attempt of the schedule, one after the other; the moment after the last."""
    while (event.refresh_from_db() or event).next_retry_at is not None:
        now = max(now, event.next_retry_at)
        deliver_due(now=now)
    return now


def test_an_event_goes_to_each_endpoint_that_is_on_and_wants_it(now):
    wants = [webhooks.endpoint(), webhooks.endpoint(event_types=["purchase.paid"])]
    webhooks.endpoint(event_types=["jackpot.won"])
    webhooks.endpoint(is_active=False)

    assert publish(event_type="purchase.paid", payload={"purchase_id": 7}, now=now) == 2

    rows = WebhookEvent.objects.all()
    assert {row.endpoint for row in rows} == set(wants)
    assert len({row.external_id for row in rows}) == 1
    assert rows[0].payload["data"] == {"purchase_id": 7}


def test_when_nobody_listens_publishing_is_one_look(now, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert publish(event_type="purchase.paid", payload={}, now=now) == 0

    assert not WebhookEvent.objects.exists()


def test_a_type_that_nobody_can_subscribe_to_is_a_defect(now):
    with pytest.raises(ValueError, match="purchase.stolen"):
        publish(event_type="purchase.stolen", payload={}, now=now)


def test_it_arrives_signed_with_our_key_and_for_stock_verifiers(receiver, endpoint, now):
    event = tell(now, purchase_id=41, note="한글")

    assert deliver_due(now=now) == 1

    (got,) = receiver.received
    assert Webhook(endpoint.secret).verify(got.body, got.headers)["data"] == {"purchase_id": 41, "note": "한글"}
    signature = Signature.read(got.headers["x-webhook-signature"])
    assert signature.holds(house_keys(), event_id=event.external_id, body=got.body)
    assert json.loads(got.body)["id"] == got.headers["webhook-id"] == event.external_id
    event.refresh_from_db()
    assert (event.status, event.attempt_count, event.next_retry_at) == ("DELIVERED", 1, None)
    attempt = event.attempts.get()
    assert (attempt.number, attempt.status_code, attempt.error, attempt.kid) == (1, 200, "", "development")


def test_an_event_settled_is_not_sent_again(receiver, endpoint, now):
    tell(now)
    deliver_due(now=now)

    assert deliver_due(now=now + timedelta(days=1)) == 0
    assert len(receiver.received) == 1


def test_how_long_an_event_waits_is_told_whether_or_not_somebody_sends(receiver, endpoint, now):
    def overdue():
        return HOUSE.get_sample_value("webhook_overdue_seconds")

    assert overdue() == 0
    tell(now - timedelta(hours=1))
    tell(now - timedelta(minutes=1))
    assert 3600 <= overdue() < 4000
    deliver_due(now=now)
    assert overdue() == 0


def test_a_receiver_that_keeps_failing_is_tried_six_times_by_the_schedule(receiver, endpoint, now):
    receiver.answer = lambda _received: (500, {})
    event = tell(now)

    exhaust(event, now)

    assert (event.status, event.attempt_count, event.last_error) == ("FAILED", 6, "HTTP 500")
    moments = list(event.attempts.order_by("number").values_list("at", flat=True))
    for (first, second), pause in zip(zip(moments, moments[1:], strict=False), rules.PAUSES, strict=True):
        assert 0.8 * pause <= second - first <= 1.2 * pause + LONGEST_DELIVERY
    alert = Alert.objects.get(rule="webhook_failures")
    assert alert.key == str(endpoint.pk)
    assert alert.text == f"6번 보냈지만 전달하지 못했어요: {event.type} {event.external_id}. HTTP 500"


def test_each_attempt_has_its_own_nonce_and_moment_and_the_same_event(receiver, endpoint, now):
    receiver.answer = lambda _received: (503, {})
    exhaust(tell(now), now)

    signatures = [Signature.read(got.headers["x-webhook-signature"]) for got in receiver.received]
    assert len({signature.nonce for signature in signatures}) == 6
    assert len({signature.ts for signature in signatures}) == 6
    assert len({(got.headers["webhook-id"], got.body) for got in receiver.received}) == 1


def test_it_is_not_tried_before_its_time(receiver, endpoint, now):
    receiver.answer = lambda _received: (500, {})
    event = tell(now)
    deliver_due(now=now)
    event.refresh_from_db()

    assert deliver_due(now=now + timedelta(seconds=3)) == 0
    assert deliver_due(now=event.next_retry_at) == 1


def test_a_receiver_that_asks_for_time_gets_it(receiver, endpoint, now):
    receiver.answer = lambda _received: (429, {"Retry-After": "3600"})
    event = tell(now)
    deliver_due(now=now)

    event.refresh_from_db()
    assert timedelta(hours=1) <= event.next_retry_at - now <= timedelta(hours=1) + LONGEST_DELIVERY


def test_a_receiver_that_asks_for_nonsense_holds_up_nobody(receiver, endpoint, now):
    receiver.answer = lambda _received: (503, {"Retry-After": "Thu, 01 Jan 99999999999999999999 00:00:00 GMT"})
    event = tell(now)

    assert deliver_due(now=now) == 1

    event.refresh_from_db()
    assert (event.attempt_count, event.last_error) == (1, "HTTP 503")


def test_a_receiver_that_answers_bytes_which_no_text_may_hold_holds_up_nobody(settings, now):
    settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS = ["127.0.0.1"]
    with socketserver.TCPServer(("127.0.0.1", 0), Garbled) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        webhooks.endpoint(url=f"http://127.0.0.1:{server.server_address[1]}/hook")
        event = tell(now)

        assert deliver_due(now=now) == 1
        server.shutdown()

    event.refresh_from_db()
    assert event.attempt_count == 1
    assert "\N{REPLACEMENT CHARACTER}" in event.last_error


def test_a_receiver_that_is_gone_is_switched_off_and_the_rest_fails(receiver, endpoint, now):
    receiver.answer = lambda _received: (410, {})
    event = tell(now)
    deliver_due(now=now)
    endpoint.refresh_from_db()
    event.refresh_from_db()

    assert (endpoint.is_active, event.status, event.attempt_count) == (False, "FAILED", 1)
    assert "410" in endpoint.disabled_why
    assert publish(event_type="purchase.paid", payload={}, now=now) == 0


def test_what_waits_for_an_endpoint_that_was_switched_off_is_not_sent(receiver, endpoint, now):
    event = tell(now)
    endpoint.is_active = False
    endpoint.save()

    assert deliver_due(now=now) == 0

    event.refresh_from_db()
    assert (event.status, event.attempt_count) == ("FAILED", 0)
    assert "switched off" in event.last_error
    assert receiver.received == []


def test_nobody_listening_there_is_a_failed_attempt(settings, now):
    settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS = ["127.0.0.1"]
    webhooks.endpoint(url="http://127.0.0.1:9/")
    event = tell(now)
    deliver_due(now=now)

    event.refresh_from_db()
    assert (event.status, event.attempt_count) == ("PENDING", 1)
    assert "ConnectionRefusedError" in event.last_error


def test_an_address_inside_is_never_posted_to_however_it_came_into_the_table(settings, now):
    settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS = ["127.0.0.1"]
    with receiving(Receiver()) as inside:
        webhooks.endpoint(url=inside.url)
        settings.WEBHOOK_ALLOWED_PRIVATE_HOSTS = []
        event = tell(now)
        deliver_due(now=now)

    event.refresh_from_db()
    assert (event.status, event.attempts.get().status_code) == ("PENDING", None)
    assert "EgressRefused" in event.last_error
    assert inside.connections == 0


def test_a_slow_receiver_holds_up_nobody_else(now, monkeypatch):
    slow, fast = webhooks.endpoint(), webhooks.endpoint()
    for endpoint, events in ((slow, 6), (fast, 60)):
        for _ in range(events):
            send_test_event(endpoint_id=endpoint.pk, now=now)
    done, all_fast_are_through = Counter(), threading.Event()

    def attempt(leased):
        if leased.endpoint_id == slow.pk:
            assert all_fast_are_through.wait(10), "the fast endpoint waits for the slow one"
        done[leased.endpoint_id] += 1
        if done[fast.pk] == 60:
            all_fast_are_through.set()
        return rules.outcome_of(200, None, now), 0.01

    monkeypatch.setattr(delivery, "_attempt", attempt)

    assert deliver_due(now=now) == 66
    assert done == {slow.pk: 6, fast.pk: 60}


def test_a_lease_lost_meanwhile_notes_nothing(receiver, endpoint, now):
    event = tell(now)

    (leased,) = delivery._lease(now, [])
    (again,) = delivery._lease(now + rules.LEASE, [])
    outcome, seconds = delivery._attempt(leased)
    delivery._note(leased, outcome, seconds)

    event.refresh_from_db()
    assert (event.status, event.attempt_count, WebhookAttempt.objects.count()) == ("PENDING", 0, 0)

    delivery._note(again, outcome, seconds)
    event.refresh_from_db()
    assert (event.status, event.attempt_count) == ("DELIVERED", 1)


def test_a_failed_delivery_is_sent_again_and_goes_on_counting(receiver, endpoint, now):
    receiver.answer = lambda _received: (500, {})
    event = tell(now)
    now = exhaust(event, now) + timedelta(hours=1)
    operator = factories.operator(role="economy")

    replayed = replay(event_id=event.pk, operator_id=operator.pk, reason="mended", now=now)
    assert (replayed.status, replayed.next_retry_at) == ("REPLAYED", now)

    receiver.answer = lambda _received: (200, {})
    deliver_due(now=now)
    event.refresh_from_db()
    assert (event.status, event.attempt_count) == ("DELIVERED", 7)
    assert len({got.headers["webhook-id"] for got in receiver.received}) == 1


def test_a_replay_that_fails_has_failed(receiver, endpoint, now):
    receiver.answer = lambda _received: (410, {})
    event = tell(now)
    deliver_due(now=now)
    endpoint.is_active = True
    endpoint.save()
    receiver.answer = lambda _received: (500, {})

    replay(event_id=event.pk, operator_id=factories.operator().pk, reason="", now=now)
    deliver_due(now=now)

    event.refresh_from_db()
    assert (event.status, event.attempt_count) == ("FAILED", 2)


def test_only_what_failed_is_sent_again_and_only_while_the_endpoint_is_on(receiver, endpoint, now):
    operator = factories.operator()
    event = tell(now)
    with pytest.raises(NotReplayable):
        replay(event_id=event.pk, operator_id=operator.pk, reason="", now=now)
    receiver.answer = lambda _received: (410, {})
    deliver_due(now=now)
    with pytest.raises(EndpointOff):
        replay(event_id=event.pk, operator_id=operator.pk, reason="", now=now)


def test_a_new_secret_signs_at_once_and_the_old_one_for_a_day(receiver, endpoint, now):
    old = endpoint.secret
    new = renew_secret(endpoint_id=endpoint.pk, operator_id=factories.operator().pk, now=now).secret
    tell(now)
    deliver_due(now=now)
    tell(now + timedelta(hours=25))
    deliver_due(now=now + timedelta(hours=25))

    first, second = receiver.received
    for secret in (old, new):
        Webhook(secret).verify(first.body, first.headers)
    assert len(second.headers["webhook-signature"].split()) == 1
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(second.body, second.headers)


def test_a_test_event_goes_to_its_endpoint_alone(receiver, endpoint, now):
    webhooks.endpoint(url=receiver.url)
    event_id = send_test_event(endpoint_id=endpoint.pk, now=now)
    deliver_due(now=now)

    (got,) = receiver.received
    assert (got.headers["webhook-id"], json.loads(got.body)["type"]) == (event_id, "webhook.test")


def test_without_keys_only_the_standard_headers_are_sent(receiver, endpoint, now, settings):
    settings.WEBHOOK_KEYS, settings.WEBHOOK_ACTIVE_KID = {}, ""
    tell(now)
    deliver_due(now=now)

    (got,) = receiver.received
    assert "x-webhook-signature" not in got.headers
    Webhook(endpoint.secret).verify(got.body, got.headers)


def test_events_settled_long_ago_go_and_those_waiting_stay(receiver, endpoint, now):
    delivered = tell(now)
    deliver_due(now=now)
    waiting = tell(now)
    receiver.answer = lambda _received: (410, {})
    failed = tell(now)
    WebhookEvent.objects.filter(pk=failed.pk).update(status="FAILED", next_retry_at=None, settled_at=now)

    assert purge(now=now + timedelta(days=29)) == 0
    assert purge(now=now + timedelta(days=31)) == 1
    assert set(WebhookEvent.objects.all()) == {waiting, failed}
    assert purge(now=now + timedelta(days=91)) == 1
    assert not WebhookAttempt.objects.filter(event_id=delivered.pk).exists()
