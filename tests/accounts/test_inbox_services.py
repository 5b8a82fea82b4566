"""Inboxes: told once, read once, swept after three months, and in the reader's language."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation
from django.utils.translation import ngettext_lazy

from accounts.inbox import rules, services
from accounts.inbox.models import Notification, OperatorMessage
from accounts.inbox.rules import Kind
from accounts.inbox.selectors import count_unread, notifications_of
from accounts.inbox.services import Notice
from casino_club.core.errors import NotFound
from tests import factories

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def kind(monkeypatch):
    """A kind of its own, known during the test."""
    kind = Kind("test.kind", "Headline", "On %(missed_date)s: %(count)s", params=("missed_date", "count"), page="home")
    monkeypatch.setitem(rules.KINDS, kind.name, kind)
    return kind


def tell(player, kind, *, now=NOW, **fields):
    services.notify(
        player_id=player.pk, kind=kind.name, params={"missed_date": "2026-01-31", "count": 2}, now=now, **fields
    )


def test_a_notification_becomes_text_in_the_readers_language(kind):
    player = factories.player()
    tell(player, kind)

    notification = notifications_of(player.pk).get()

    with translation.override("en"):
        assert notification.text == "On Jan. 31, 2026: 2"
    with translation.override("ko"):
        assert notification.text == "On 2026년 1월 31일: 2"
    assert (notification.title, notification.url) == ("Headline", "/")


def test_a_text_may_count(monkeypatch):
    text = ngettext_lazy("%(count)d day", "%(count)d days", "count")
    monkeypatch.setitem(rules.KINDS, "test.days", Kind("test.days", "Days", text, params=("count",)))

    with translation.override("en"):
        assert [rules.text_of("test.days", {"count": n}) for n in (1, 2)] == ["1 day", "2 days"]


def test_the_same_key_tells_a_player_once_but_each_player(kind):
    one, other = factories.player(), factories.player()

    for player in (one, one, other):
        tell(player, kind, key="day:1")
    tell(one, kind)
    tell(one, kind)

    assert [count_unread(player.pk) for player in (one, other)] == [3, 1]


@pytest.mark.parametrize(
    ("name", "params"),
    [("test.unknown", {}), ("test.kind", {}), ("test.kind", {"missed_date": "2026-01-31", "count": 1, "more": 1})],
)
def test_a_kind_or_parameters_that_nobody_registered_are_a_defect(kind, name, params):
    with pytest.raises(ValueError, match=name):
        services.notify(player_id=factories.player().pk, kind=name, params=params, now=NOW)


def test_a_kind_that_is_no_more_still_reads(kind, monkeypatch):
    player = factories.player()
    tell(player, kind)
    monkeypatch.delitem(rules.KINDS, kind.name)

    notification = notifications_of(player.pk).get()

    assert notification.title
    assert (notification.text, notification.url, notification.icon) == ("", None, "bell")


def test_two_kinds_cannot_have_one_name(kind):
    assert rules.register(kind) is kind
    with pytest.raises(ValueError, match=kind.name):
        rules.register(Kind(kind.name, "Another", ""))


def test_reading_is_remembered_once_and_only_by_its_owner(kind):
    player, stranger = factories.player(), factories.player()
    tell(player, kind)
    pk = notifications_of(player.pk).get().pk

    services.read(player_id=player.pk, notification_id=pk, now=NOW)
    again = services.read(player_id=player.pk, notification_id=pk, now=NOW + timedelta(hours=1))

    assert again.read_at == NOW
    assert count_unread(player.pk) == 0
    with pytest.raises(NotFound):
        services.read(player_id=stranger.pk, notification_id=pk, now=NOW)
    with pytest.raises(NotFound):
        services.read(player_id=player.pk, notification_id=10**30, now=NOW)


def test_reading_all_leaves_others_and_what_came_later(kind):
    player, other = factories.player(), factories.player()
    tell(player, kind)
    tell(other, kind)
    tell(player, kind, now=NOW + timedelta(seconds=1))

    assert services.read_all(player_id=player.pk, now=NOW) == 1
    assert [count_unread(one.pk) for one in (player, other)] == [1, 1]


def test_old_notifications_are_swept_in_batches(kind):
    player = factories.player()
    services.notify_all(
        notices=[Notice(player.pk, kind.name, {"missed_date": "2026-01-31", "count": n}) for n in range(5)], now=NOW
    )
    tell(player, kind, now=NOW + timedelta(seconds=1))

    assert services.purge(now=NOW + rules.KEPT_FOR + timedelta(milliseconds=1), batch=2) == 5
    assert services.purge(now=NOW + rules.KEPT_FOR + timedelta(milliseconds=1), batch=2) == 0
    assert Notification.objects.count() == 1


def test_an_operators_message_reaches_each_once_and_its_words_stay_out_of_the_audit():
    operator, one, other = factories.operator(role="support"), factories.player(), factories.player()

    sent = services.send_message(
        operator_id=operator.pk,
        player_ids=[one.pk, other.pk, one.pk],
        message="100% 안내: 점검이 있어요.",
        reason="maintenance",
        now=NOW,
    )

    assert [notifications_of(player.pk).get().text for player in (one, other)] == ["100% 안내: 점검이 있어요."] * 2
    event = OperatorMessage.pgh_event_models["insert"].objects.select_related("pgh_context").get(pgh_obj_id=sent.pk)
    assert (event.operator_id, event.recipients) == (operator.pk, 2)
    assert event.pgh_context.metadata["reason"] == "maintenance"
    assert "안내" not in str(event.pgh_context.metadata) + str(event.__dict__)
