"""Many senders at once: an event is applied once, a nonce is good once, a rotation under load refuses nobody."""

import threading
from collections import Counter

import pytest

from casino_club.core.signing import Keys
from economy.webhooks import sources
from economy.webhooks.models import WebhookEvent
from tests.concurrency.together import together
from tests.economy.webhook_posts import Message, post

pytestmark = pytest.mark.django_db(transaction=True)
KEYS = {"old": "old-secret-0123456789-0123456789-0123", "next": "next-secret-0123456789-0123456789-012"}


@pytest.fixture
def applied(monkeypatch):
    applied = []
    monkeypatch.setitem(sources._sources, "tests", sources.Source(lambda event, now: applied.append(event.id)))
    return applied


def test_one_event_sent_many_times_at_once_is_applied_once(applied):
    message = Message()

    answers = together(16, lambda n: post(Message(event_id=message.event_id, nonce=f"nonce-{n}").signed()).json())

    assert Counter(answer["duplicate"] for answer in answers) == {False: 1, True: 15}
    assert applied == [message.event_id]


def test_one_request_sent_many_times_at_once_comes_in_once(applied):
    message = Message().signed()

    answers = Counter(together(16, lambda n: post(message).status_code))

    # A copy that arrives once the event is known hears so; one that comes earlier is a replay.
    assert answers[200] >= 1
    assert answers[200] + answers[409] == 16
    assert applied == [message.event_id]


def test_a_rotation_under_load_refuses_nobody(applied, settings):
    """Senders sign with the old key, then with the next; the house lists both, makes the next active, drops the old."""
    settings.WEBHOOK_KEYS, settings.WEBHOOK_ACTIVE_KID = KEYS, "old"
    halfway = threading.Barrier(8, action=lambda: setattr(settings, "WEBHOOK_ACTIVE_KID", "next"))

    def send(number):
        answers = [post(Message().signed(Keys.of(KEYS, "old"))).status_code for _ in range(15)]
        halfway.wait(30)
        return answers + [post(Message().signed()).status_code for _ in range(15)]

    answers = Counter(status for statuses in together(8, send) for status in statuses)

    assert answers == {200: 240}
    assert len(applied) == len(set(applied)) == 240
    assert Counter(WebhookEvent.objects.values_list("kid", flat=True)) == {"old": 120, "next": 120}
